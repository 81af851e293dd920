#include "run/redact.hpp"

#include <algorithm>
#include <array>

#include "run/secret_matcher.hpp"
#include "run/spellings.hpp"

namespace migrate {

namespace {

constexpr std::string_view kShown = "***";
constexpr std::size_t kShort = 4;        // shorter secrets are weak
constexpr std::size_t kShortNumber = 8;  // shorter numbers too: they are ports, years and ids as well
constexpr std::size_t kLongLine = 16;    // shorter lines of a long secret are no secret of their own
constexpr std::size_t kLongestUrl = 8192;
constexpr std::size_t kContext = 128;  // what is kept before a weak secret to see its key

/// Passwords so usual that they are words of any output.
constexpr std::array<std::string_view, 40> kCommonWords{
    "admin",   "changeme", "database", "default",  "demo",       "dev",     "development", "docker",
    "example", "false",    "flyway",   "guest",    "hello",      "letmein", "local",       "localhost",
    "mariadb", "migrate",  "mongo",    "mongodb",  "mypassword", "mysql",   "none",        "null",
    "pass",    "passwd",   "password", "postgres", "postgresql", "prisma",  "public",      "qwerty",
    "root",    "secret",   "sqlite",   "test",     "testing",    "true",    "user",        "username"};

constexpr std::array<std::string_view, 7> kSecretKeys{"pass",       "pwd",  "secret", "token",
                                                      "credential", "auth", "key"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
    return out;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '-';
}

bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`' || c == '\\';
}

bool ends_url(char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '"' || c == '\'' || c == '`' ||
           c == '<' || c == '>';
}

bool names_secret(std::string_view key) {
    std::string name = lower(key);
    return std::any_of(kSecretKeys.begin(), kSecretKeys.end(),
                       [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

/// Where a sequence like "ESC [ 1 ; 31 m" begins that ends at `end`; `end` where none does.
std::size_t before_colour(std::string_view text, std::size_t end) {
    std::size_t at = end;
    if (at == 0 || !(lower(text[at - 1]) >= 'a' && lower(text[at - 1]) <= 'z')) return end;
    --at;
    while (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == ';')) --at;
    return at >= 2 && text[at - 1] == '[' && text[at - 2] == '\x1b' ? at - 2 : end;
}

using Range = std::pair<std::size_t, std::size_t>;

/// Where the passwords stand in what follows "://": user:PASSWORD@host and the values of ?password=...
std::vector<Range> passwords_in(std::string_view url) {
    std::vector<Range> found;
    // find_if is several times as fast as find_first_of, and logs are full of URLs.
    auto authority_end =
        std::find_if(url.begin(), url.end(), [](char c) { return c == '/' || c == '?' || c == '#'; });
    std::string_view authority(url.begin(), authority_end);
    std::size_t colon = authority.find(':');
    std::size_t at = authority.rfind('@');
    if (colon != std::string_view::npos && at == std::string_view::npos) {
        // No '@' so far: what follows the colon is a port, or a password with a raw '/', '?' or '#' in it.
        std::string_view port = authority.substr(authority.rfind(':') + 1);
        if (!std::all_of(port.begin(), port.end(), is_digit)) at = url.rfind('@');
    }
    if (colon != std::string_view::npos && at != std::string_view::npos && colon + 1 < at)
        found.emplace_back(colon + 1, at);

    auto query =
        std::find_if(url.begin() + static_cast<std::ptrdiff_t>(at == std::string_view::npos ? 0 : at),
                     url.end(), [](char c) { return c == '?' || c == ';'; });
    std::size_t begin =
        query == url.end() ? std::string_view::npos : static_cast<std::size_t>(query - url.begin());
    while (begin != std::string_view::npos) {
        std::size_t end = std::min(url.find_first_of("&;#", begin + 1), url.size());
        std::string_view pair = url.substr(begin + 1, end - begin - 1);
        std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && equals + 1 < pair.size() &&
            names_secret(pair.substr(0, equals)))
            found.emplace_back(begin + 1 + equals + 1, end);
        begin = end < url.size() ? end : std::string_view::npos;
    }
    return found;
}

bool is_weak(const std::string& secret, const std::set<std::string, std::less<>>& names) {
    if (secret.size() < kShort) return true;
    if (secret.size() < kShortNumber && std::all_of(secret.begin(), secret.end(), is_digit)) return true;
    std::string word = lower(secret);
    return names.contains(word) || std::binary_search(kCommonWords.begin(), kCommonWords.end(), word);
}

void note_secret(std::string_view value, std::set<std::string, std::less<>>& into) {
    if (std::size_t scheme = value.find("://"); scheme != std::string_view::npos) {
        std::string_view rest = value.substr(scheme + 3);
        for (auto [begin, end] : passwords_in(rest)) {
            into.emplace(rest.substr(begin, end - begin));
            into.insert(percent_decoded(rest.substr(begin, end - begin)));
        }
    } else if (!value.empty()) {
        into.emplace(value);
        for (std::size_t begin = 0; value.find('\n') != std::string_view::npos && begin < value.size();) {
            std::size_t end = std::min(value.find('\n', begin), value.size());
            if (end - begin >= kLongLine) into.emplace(value.substr(begin, end - begin));
            begin = end + 1;
        }
    }
}

static_assert(std::is_sorted(kCommonWords.begin(), kCommonWords.end()));

}  // namespace

Redactor::Redactor() {
    rebuild();
}

void Redactor::add_secret(std::string_view value) {
    const std::size_t known = secrets_.size();
    note_secret(value, secrets_);
    if (secrets_.size() != known) rebuild();
}

void Redactor::add_name(std::string_view name) {
    if (names_.insert(lower(name)).second) rebuild();
}

void Redactor::add(const Connection& connection) {
    const std::size_t known = secrets_.size() + names_.size();
    for (std::string_view name : {std::string_view(connection.user), std::string_view(connection.database),
                                  std::string_view(connection.host), std::string_view(connection.schema)})
        if (!name.empty()) names_.insert(lower(name));
    if (connection.engine) names_.emplace(to_string(*connection.engine));
    for (const auto& [name, value] : connection.parameters)
        if (names_secret(name) && !value.empty()) secrets_.insert(value);
    if (!connection.password.empty()) secrets_.insert(connection.password);
    if (connection.url.find("://") != std::string::npos) note_secret(connection.url, secrets_);
    if (secrets_.size() + names_.size() != known) rebuild();
}

void Redactor::rebuild() {
    using Pattern = SecretMatcher::Pattern;
    std::vector<Pattern> patterns{{"://", Pattern::Kind::url}, {":\\/\\/", Pattern::Kind::url}};
    for (const std::string& secret : secrets_) {
        Pattern::Kind kind = is_weak(secret, names_) ? Pattern::Kind::weak : Pattern::Kind::secret;
        for (std::string& spelling : spellings_of(secret)) patterns.push_back({std::move(spelling), kind});
    }
    matcher_ = std::make_shared<const SecretMatcher>(patterns);
}

std::string Redactor::redact(std::string_view text) const {
    std::string out;
    Filter filter(*this);
    filter.feed(text, out);
    filter.finish(out);
    return out;
}

Redactor::Filter::Filter(const Redactor& redactor) : matcher_(redactor.matcher_) {}

void Redactor::Filter::feed(std::string_view piece, std::string& out) {
    text_ += piece;
    scan();
    std::size_t until = back(scanned_, matcher_->depth(state_));
    if (url_) until = std::min(until, *url_);
    for (const Span& weak : weak_) until = std::min(until, weak.begin);
    emit(until, out);
}

void Redactor::Filter::finish(std::string& out) {
    decide_weak('\n');
    if (url_) close_url(text_.size());
    emit(text_.size(), out);
    text_.clear();
    emitted_ = scanned_ = hidden_end_ = 0;
    state_ = 0;
    colour_ = Colour::none;
    colours_.clear();
}

void Redactor::Filter::scan() {
    const SecretMatcher& matcher = *matcher_;
    const std::string_view text = text_;
    std::size_t at = scanned_;
    std::uint32_t state = state_;
    while (at < text.size()) {
        if (state == 0 && !url_) {
            while (at < text.size() && !matcher.begins(static_cast<unsigned char>(text[at]))) ++at;
            if (at == text.size()) break;
        }
        char c = text[at];
        if (!weak_.empty()) decide_weak(c);
        if (url_ && (ends_url(c) || at - *url_ == kLongestUrl)) close_url(at);
        if (state != 0 && is_colour(c)) {
            if (c == '\x1b') colours_.push_back({at, at});
            colours_.back().end = ++at;
            continue;
        }
        state = matcher.next(state, static_cast<unsigned char>(c));
        ++at;
        if (state == 0) colours_.clear();
        if (!matcher.finds(state)) continue;
        const SecretMatcher::Found& found = matcher.found(state);
        if (found.secret != 0) marked_.push_back({back(at, found.secret), at});
        for (std::uint32_t length : found.weak) weak_.push_back({back(at, length), at});
        if (found.url) {
            if (url_) close_url(at);
            url_ = at;
        }
    }
    scanned_ = at;
    state_ = state;
}

/// Whether the byte belongs to a sequence like "ESC [ 1 ; 31 m", which shows nothing.
bool Redactor::Filter::is_colour(char c) {
    if (c == '\x1b') {
        colour_ = Colour::escape;
        return true;
    }
    const bool begins = colour_ == Colour::escape && c == '[';
    const bool goes_on = colour_ == Colour::parameters && c >= 0x20 && c <= 0x3F;
    const bool ends = colour_ == Colour::parameters && c >= 0x40 && c <= 0x7E;
    colour_ = begins || goes_on ? Colour::parameters : Colour::none;
    return begins || goes_on || ends;
}

/// Where so many bytes before `end` begin, those that colour not counted.
std::size_t Redactor::Filter::back(std::size_t end, std::size_t length) const {
    for (auto colour = colours_.rbegin(); colour != colours_.rend() && length > 0; ++colour) {
        const std::size_t between = end - colour->end;
        if (between >= length) break;
        length -= between;
        end = colour->begin;
    }
    return end - length;
}

void Redactor::Filter::decide_weak(char following) {
    for (const Span& weak : weak_)
        if (!is_word(following) && is_value_of_secret_key(weak.begin)) marked_.push_back(weak);
    weak_.clear();
}

bool Redactor::Filter::is_value_of_secret_key(std::size_t begin) const {
    std::size_t at = begin;
    auto skip = [&](auto matches) {
        while (at > 0 && matches(text_[at - 1])) --at;
    };
    // Up to the key, and whatever colours it.
    auto quote_or_blank = [&] {
        for (std::size_t before = at + 1; before != at;) {
            before = at;
            skip([](char c) { return is_quote(c) || c == ' '; });
            at = before_colour(text_, at);
        }
    };
    quote_or_blank();
    if (at == 0 || (text_[at - 1] != '=' && text_[at - 1] != ':')) return false;
    --at;
    quote_or_blank();
    std::size_t end = at;
    skip([](char c) { return is_word(c) || c == '.'; });
    return names_secret(std::string_view(text_).substr(at, end - at));
}

void Redactor::Filter::close_url(std::size_t end) {
    for (auto [from, to] : passwords_in(std::string_view(text_).substr(*url_, end - *url_)))
        marked_.push_back({*url_ + from, *url_ + to});
    url_.reset();
}

void Redactor::Filter::emit(std::size_t until, std::string& out) {
    std::sort(marked_.begin(), marked_.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    std::vector<Span> later;
    for (const Span& span : marked_) {
        if (span.begin >= until) {
            later.push_back(span);
        } else if (span.begin < hidden_end_) {
            hidden_end_ = std::max(hidden_end_, span.end);  // overlaps the one before: shown with it, as one
        } else {
            std::size_t from = std::max(emitted_, hidden_end_);
            out.append(text_, from, span.begin - from);
            out += kShown;
            emitted_ = span.begin;
            hidden_end_ = span.end;
        }
    }
    marked_ = std::move(later);
    std::size_t from = std::max(emitted_, hidden_end_);
    if (from < until) out.append(text_, from, until - from);
    emitted_ = std::max(emitted_, until);
    forget();
}

void Redactor::Filter::forget() {
    if (emitted_ <= kContext) return;
    std::size_t gone = emitted_ - kContext;
    text_.erase(0, gone);
    emitted_ -= gone;
    scanned_ -= gone;
    hidden_end_ -= std::min(hidden_end_, gone);
    if (url_) *url_ -= gone;
    std::erase_if(colours_, [&](const Span& span) { return span.begin < gone; });
    for (std::vector<Span>* spans : {&marked_, &weak_, &colours_})
        for (Span& span : *spans) span = {span.begin - gone, span.end - gone};
}

}  // namespace migrate
