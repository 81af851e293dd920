#include "db/timestamps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <optional>

namespace migrate::db {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// Takes what it reads off the front of the text.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool empty() const { return rest_.empty(); }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool take(char wanted) {
        if (peek() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view digits() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(),
                                          [](unsigned char byte) { return std::isdigit(byte) != 0; });
        const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(found.size());
        return found;
    }
    /// Exactly `count` digits.
    std::optional<int> number(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        Reader part(rest_.substr(0, count));
        const std::string_view found = part.digits();
        if (found.size() != count) return std::nullopt;
        rest_.remove_prefix(count);
        int value = 0;
        std::from_chars(found.data(), found.data() + found.size(), value);
        return value;
    }
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

std::optional<sys_seconds> from_parts(std::optional<int> year, std::optional<int> month,
                                      std::optional<int> day, std::optional<int> hour,
                                      std::optional<int> minute, std::optional<int> second) {
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           seconds(*second);
}

/// What stands behind a time: nothing, "Z", "+02", "-05:30", " +0000 UTC", "+00:00". nullopt: not an offset.
std::optional<seconds> read_offset(Reader& reader) {
    while (reader.take(' ')) {
    }
    if (reader.empty() || reader.rest() == "Z" || reader.rest() == "z" || reader.rest() == "UTC")
        return seconds(0);
    const char sign = reader.peek();
    if (sign != '+' && sign != '-') return std::nullopt;
    reader.take(sign);
    const auto hours = reader.number(2);
    if (!hours) return std::nullopt;
    reader.take(':');
    const int minutes = reader.number(2).value_or(0);
    const seconds offset = std::chrono::hours(*hours) + std::chrono::minutes(minutes);
    return sign == '-' ? -offset : offset;
}

std::optional<sys_seconds> from_iso(std::string_view text) {
    Reader reader(text);
    const auto year = reader.number(4);
    if (!reader.take('-')) return std::nullopt;
    const auto month = reader.number(2);
    if (!reader.take('-')) return std::nullopt;
    const auto day = reader.number(2);
    if (reader.empty()) return from_parts(year, month, day, 0, 0, 0);
    if (!reader.take('T') && !reader.take(' ')) return std::nullopt;
    const auto hour = reader.number(2);
    if (!reader.take(':')) return std::nullopt;
    const auto minute = reader.number(2);
    const auto second = reader.take(':') ? reader.number(2) : std::optional(0);
    if (reader.take('.')) reader.digits();
    const auto local = from_parts(year, month, day, hour, minute, second);
    const auto offset = read_offset(reader);
    if (!local || !offset) return std::nullopt;
    return *local - *offset;
}

std::optional<sys_seconds> from_digits(std::string_view digits) {
    if (digits.size() == 14) {
        Reader reader(digits);
        const auto year = reader.number(4);
        const auto month = reader.number(2);
        const auto day = reader.number(2);
        const auto hour = reader.number(2);
        const auto minute = reader.number(2);
        const auto second = reader.number(2);
        // As milliseconds these digits would mean the years after 2286.
        if (auto date = from_parts(year, month, day, hour, minute, second)) return date;
    }
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || digits.size() > 17) return std::nullopt;
    if (digits.size() >= 16)
        value /= 1'000'000;
    else if (digits.size() >= 12)
        value /= 1'000;
    return sys_seconds(seconds(value));
}

}  // namespace

std::string rfc3339_utc(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.empty()) return "";
    Reader reader(text);
    const std::string_view digits = reader.digits();
    const bool number =
        reader.empty() || (reader.take('.') && !digits.empty() && (reader.digits(), reader.empty()));
    const auto time = number ? from_digits(digits) : from_iso(text);
    if (!time) return "";
    constexpr sys_seconds kLast{seconds(253402300799)};  // the end of the year 9999
    if (*time > kLast) return "";
    const auto day = std::chrono::floor<std::chrono::days>(*time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(*time - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace migrate::db
