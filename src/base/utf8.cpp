#include "base/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace migrate {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_continuation(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

/// What a lead byte promises: the length of the character, and the range of its second byte (Unicode 15,
/// table 3-7). Length 0: no lead byte.
struct Lead {
    std::size_t length;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1};
    if (byte < 0xC2) return {0};
    if (byte < 0xE0) return {2};
    if (byte == 0xE0) return {3, 0xA0};
    if (byte == 0xED) return {3, 0x80, 0x9F};
    if (byte < 0xF0) return {3};
    if (byte == 0xF0) return {4, 0x90};
    if (byte < 0xF4) return {4};
    if (byte == 0xF4) return {4, 0x80, 0x8F};
    return {0};
}

/// Bytes at the front that are well-formed as far as they go, and whether they are a whole character.
struct Piece {
    std::size_t length;
    bool whole;
};

Piece first_piece(std::string_view bytes) {
    Lead lead = lead_of(static_cast<unsigned char>(bytes[0]));
    if (lead.length == 0) return {1, false};
    std::size_t at = 1;
    for (; at < lead.length && at < bytes.size(); ++at) {
        auto byte = static_cast<unsigned char>(bytes[at]);
        if (at == 1 ? byte < lead.low || byte > lead.high : !is_continuation(byte)) return {at, false};
    }
    return {at, at == lead.length};
}

/// Select Graphic Rendition: digits and separators between CSI and 'm'.
bool is_color(std::string_view sequence) {
    return sequence.size() >= 3 && sequence[1] == '[' && sequence.back() == 'm' &&
           sequence.find_first_not_of("0123456789;:", 2) == sequence.size() - 1;
}

/// The length of the terminal sequence at the front, which begins with ESC: CSI up to its final byte, OSC
/// and the other strings up to BEL or ST, everything else two bytes (ECMA-48).
std::size_t sequence_length(std::string_view text) {
    if (text.size() < 2) return text.size();
    if (text[1] == '[') {
        std::size_t at = 2;
        while (at < text.size() && (text[at] < 0x40 || text[at] > 0x7E)) ++at;
        return std::min(at + 1, text.size());
    }
    if (std::string_view("]PX^_").find(text[1]) != std::string_view::npos) {
        for (std::size_t at = 2; at < text.size(); ++at) {
            if (text[at] == '\a') return at + 1;
            if (text[at] == '\x1b') return std::min(at + 2, text.size());
            if (text[at] == '\n') return at;  // not a string after all: do not swallow what follows
        }
        return text.size();
    }
    if (text[1] >= 0x20 && text[1] <= 0x2F) return std::min<std::size_t>(3, text.size());
    return 2;
}

}  // namespace

std::string valid_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        // Most text is ASCII: take it in one piece.
        auto other = std::find_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) != 0; });
        auto ascii = static_cast<std::size_t>(other - bytes.begin());
        text += bytes.substr(0, ascii);
        bytes.remove_prefix(ascii);
        if (bytes.empty()) break;
        Piece piece = first_piece(bytes);
        text += piece.whole ? bytes.substr(0, piece.length) : kReplacement;
        bytes.remove_prefix(piece.length);
    }
    return text;
}

std::size_t unfinished_utf8(std::string_view bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
        auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if (is_continuation(byte)) continue;
        Piece piece = first_piece(bytes.substr(bytes.size() - back));
        return !piece.whole && piece.length == back && lead_of(byte).length > back ? back : 0;
    }
    return 0;
}

std::string terminal_text(std::string_view bytes, bool color) {
    std::string valid = valid_utf8(bytes), text;
    std::string_view rest = valid;
    text.reserve(rest.size());
    bool colored = false;
    while (!rest.empty()) {
        char c = rest.front();
        std::size_t taken = 1;
        if (c == '\x1b') {
            taken = sequence_length(rest);
            // Erase the line (EL 2): spinners write each frame over the one before.
            if (rest.substr(0, taken) == "\x1b[2K") text.erase(text.rfind('\n') + 1);
            if (color && is_color(rest.substr(0, taken))) {
                text += rest.substr(0, taken);
                colored = true;
            }
        } else if (c == '\n' || c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)) {
            text += c;
        }
        rest.remove_prefix(taken);
    }
    return colored ? text + "\x1b[0m" : text;
}

std::string plain_text(std::string_view bytes) {
    return terminal_text(bytes, false);
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

std::string cut_to_columns(std::string_view text, std::size_t width) {
    constexpr std::string_view kCut = "...";
    if (columns(text) <= width) return std::string(text);
    std::size_t room = width > kCut.size() ? width - kCut.size() : 0;
    std::size_t at = 0;
    for (std::size_t seen = 0; at < text.size(); ++at)
        if (!is_continuation(static_cast<unsigned char>(text[at])) && seen++ == room) break;
    return std::string(text.substr(0, at)) + std::string(kCut.substr(0, width));
}

}  // namespace migrate
