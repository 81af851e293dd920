#include "sql/text.hpp"

#include <algorithm>

#include "base/sha256.hpp"

namespace migrate::sql {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

Position PositionCursor::at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    for (;;) {
        const std::size_t end = text_.substr(0, offset).find('\n', offset_);
        if (end == std::string_view::npos) break;
        ++position_.line;
        position_.column = 1;
        offset_ = end + 1;
    }
    for (; offset_ < offset; ++offset_)
        if (!continues_character(text_[offset_])) ++position_.column;
    return position_;
}

Position position_at(std::string_view text, std::size_t offset) {
    return PositionCursor(text).at(offset);
}

std::string prefix(Position position) {
    return std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
}

namespace {

Result<void> check_bytes(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv) ||
        bytes.starts_with("\0\0\xFE\xFF"sv))
        return fail("migration.invalid", "1:1: the file is UTF-16 or UTF-32, not UTF-8",
                    "Save it as UTF-8; nothing of it was executed.");
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos)
        return fail("migration.invalid", prefix(position_at(bytes, nul)) + "a NUL byte stands here",
                    "The file is not text, or UTF-16 without a mark. Save it as UTF-8; nothing of it was "
                    "executed.");
    return {};
}

}  // namespace

Result<std::string> normalised(std::string_view bytes) {
    if (auto good = check_bytes(bytes); !good) return tl::unexpected(good.error());
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    std::string text;
    text.reserve(bytes.size());
    for (;;) {
        const std::size_t end = bytes.find('\r');
        text += bytes.substr(0, end);
        if (end == std::string_view::npos) return text;
        text += '\n';
        bytes.remove_prefix(end + 1);
        if (bytes.starts_with('\n')) bytes.remove_prefix(1);
    }
}

Result<std::string> normalised_own(std::string bytes) {
    if (bytes.find('\r') != std::string::npos || bytes.starts_with(kByteOrderMark)) return normalised(bytes);
    if (auto good = check_bytes(bytes); !good) return tl::unexpected(good.error());
    return bytes;
}

std::string checksum_of(std::string_view normalised_text) {
    while (normalised_text.ends_with('\n')) normalised_text.remove_suffix(1);
    return sha256_hex(normalised_text);
}

std::string caret(std::string_view text, std::size_t offset, std::string_view indent) {
    constexpr std::size_t kWidth = 200;
    offset = std::min(offset, text.size());
    std::size_t begin = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    std::size_t end = std::min(text.find('\n', offset), text.size());
    if (offset - begin > kWidth / 2) begin = offset - kWidth / 2;
    end = std::min(end, begin + kWidth);
    while (begin < offset && continues_character(text[begin])) ++begin;
    while (end > offset && end < text.size() && continues_character(text[end])) --end;

    std::string result =
        std::string(indent) + std::string(text.substr(begin, end - begin)) + "\n" + std::string(indent);
    for (std::size_t i = begin; i < offset; ++i)
        if (!continues_character(text[i])) result += text[i] == '\t' ? '\t' : ' ';
    return result + "^";
}

}  // namespace migrate::sql
