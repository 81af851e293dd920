#include "sql/migration_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <tuple>

#include "base/files.hpp"
#include "sql/marker.hpp"
#include "sql/split.hpp"

namespace migrate::sql {

namespace {

using Kind = Directive::Kind;

/// A run of statements under one mark.
struct Section {
    bool down = false;
    bool transaction = true;
    std::size_t first = 0, last = 0;  ///< statements, half open
    std::size_t begin = 0, end = 0;   ///< text, from its mark on
};

class Parser {
  public:
    Parser(std::string_view name, Convention convention, Part part)
        : name_(name), convention_(convention), facts_(facts_of(convention)), part_(part) {}

    Result<ParsedMigration> parse(Result<std::string> text, Dialect dialect);

  private:
    tl::unexpected<Error> invalid(Position position, std::string_view what, std::string hint) const {
        return fail("migration.invalid", name_ + ":" + prefix(position) + std::string(what), std::move(hint));
    }
    Result<void> take(const Marker& marker);
    Result<void> open_section(const Marker& marker, const Directive& directive);
    Result<void> check_order(const Marker& marker, bool down) const;
    Result<void> check_complete() const;
    std::string_view names_of_marks() const;
    void collect();

    std::string name_;
    Convention convention_;
    const ConventionFacts& facts_;
    Part part_;
    Split split_;
    std::vector<Section> sections_;
    std::optional<Marker> held_;   ///< the StatementBegin that is open
    bool no_transaction_ = false;  ///< of the whole file
    ParsedMigration result_;
};

std::string_view Parser::names_of_marks() const {
    switch (convention_) {
        case Convention::dbmate:
            return "-- migrate:up and -- migrate:down";
        case Convention::goose:
            return "-- +goose Up and -- +goose Down";
        case Convention::sql_migrate:
            return "-- +migrate Up and -- +migrate Down";
        default:
            return "-- UP and -- DOWN";
    }
}

Result<void> Parser::check_order(const Marker& marker, bool down) const {
    // dbmate and sql-migrate take several pairs in one file.
    const bool repeats = convention_ == Convention::dbmate || convention_ == Convention::sql_migrate;
    const bool wants_up = part_ != Part::stored_down;
    if (wants_up && sections_.empty() && down)
        return invalid(marker.position, "the way back stands before the way forward",
                       "Put the UP part first; nothing of the file was executed.");
    const bool twice = std::any_of(sections_.begin(), sections_.end(),
                                   [&](const Section& section) { return section.down == down; });
    if (twice && !repeats)
        return invalid(marker.position, down ? "a second DOWN part" : "a second UP part",
                       "A file holds one part of each kind; nothing of it was executed.");
    return {};
}

Result<void> Parser::open_section(const Marker& marker, const Directive& directive) {
    const bool down = directive.kind == Kind::down;
    if (auto order = check_order(marker, down); !order) return order;
    if (sections_.empty() && marker.statements_before > 0)
        return invalid(split_.statements.front().position, "a statement before the first mark",
                       "Put it under the UP mark; nothing of the file was executed.");
    if (!sections_.empty()) sections_.back().last = marker.statements_before;
    if (!sections_.empty()) sections_.back().end = marker.offset;
    sections_.push_back({down, directive.transaction, marker.statements_before, split_.statements.size(),
                         marker.offset, result_.text->size()});
    if (down) result_.irreversible |= directive.irreversible;
    return {};
}

Result<void> Parser::take(const Marker& marker) {
    const bool indented = marker.position.column > 1;
    const Directive directive = read_directive(marker.text, indented, convention_);
    switch (directive.kind) {
        case Kind::none:
            return {};
        case Kind::bad:
            return invalid(marker.position, directive.problem,
                           directive.hint + " Nothing of the file was executed.");
        case Kind::no_transaction:
            no_transaction_ = true;
            return {};
        case Kind::begin:
            if (sections_.empty() || held_)
                return invalid(
                    marker.position,
                    held_ ? "StatementBegin inside StatementBegin" : "StatementBegin before the first mark",
                    "Nothing of the file was executed.");
            held_ = marker;
            return {};
        case Kind::end:
            if (!held_)
                return invalid(marker.position, "StatementEnd without StatementBegin",
                               "Nothing of the file was executed.");
            held_.reset();
            return {};
        case Kind::up:
        case Kind::down:
            if (held_) break;
            return open_section(marker, directive);
    }
    return invalid(held_->position, "StatementBegin without StatementEnd",
                   "Nothing of the file was executed.");
}

Result<void> Parser::check_complete() const {
    if (held_)
        return invalid(held_->position, "StatementBegin without StatementEnd",
                       "Nothing of the file was executed.");
    if (facts_.sections && sections_.empty())
        return invalid({}, "there is no mark that says where the way forward begins",
                       "Files of " + std::string(facts_.title) + " hold " + std::string(names_of_marks()) +
                           " on lines of their own.");
    // Its own program refuses such a file.
    if (convention_ == Convention::dbmate && part_ == Part::whole && !result_.has_down)
        return invalid({}, "there is no -- migrate:down",
                       "dbmate wants both marks, even if nothing follows.");
    if (facts_.empty_is_error && part_ == Part::whole && result_.up.empty())
        return invalid({}, "the way forward is empty", "Write its statements, or delete the file.");
    return {};
}

void Parser::collect() {
    auto copy = [&](const Section& section, std::vector<Statement>& to) {
        to.insert(to.end(), split_.statements.begin() + static_cast<std::ptrdiff_t>(section.first),
                  split_.statements.begin() + static_cast<std::ptrdiff_t>(section.last));
    };
    if (no_transaction_) result_.down_text = "-- migrate: transaction=false\n";
    result_.up_transaction = result_.down_transaction = !no_transaction_;
    for (const Section& section : sections_) {
        if (section.down) {
            result_.has_down = true;
            result_.down_transaction &= section.transaction;
            result_.down_text += result_.text->substr(section.begin, section.end - section.begin);
            if (!result_.down_text.ends_with('\n')) result_.down_text += '\n';
        } else {
            result_.up_transaction &= section.transaction;
        }
    }
    // A file may be large: where it is one pair, its statements are not copied.
    if (sections_.size() == 2 && !sections_[0].down && sections_[1].down && sections_[0].first == 0) {
        copy(sections_[1], result_.down);
        split_.statements.resize(sections_[0].last);
        result_.up = std::move(split_.statements);
        return;
    }
    for (const Section& section : sections_)
        if (!section.down) copy(section, result_.up);
    // Several pairs in one file: dbmate reverts the last pair first, sql-migrate in the order of the file.
    if (convention_ == Convention::dbmate) {
        for (auto section = sections_.rbegin(); section != sections_.rend(); ++section)
            if (section->down) copy(*section, result_.down);
    } else {
        for (const Section& section : sections_)
            if (section.down) copy(section, result_.down);
    }
    if (!result_.has_down) result_.down_text.clear();
}

Result<ParsedMigration> Parser::parse(Result<std::string> text, Dialect dialect) {
    auto located = [&](Error error) {
        error.message = name_ + ":" + error.message;
        return tl::unexpected(std::move(error));
    };
    if (!text) return located(text.error());
    result_.text = std::make_shared<const std::string>(std::move(*text));
    auto split = split_marked(*result_.text, dialect, [&](std::string_view comment, bool indented) {
        return mark_of(read_directive(comment, indented, convention_));
    });
    if (!split) return located(split.error());
    split_ = std::move(*split);
    for (const Marker& marker : split_.markers)
        if (auto taken = take(marker); !taken) return tl::unexpected(taken.error());
    if (facts_.sections) {
        collect();
    } else {
        const bool down = part_ != Part::whole;
        (down ? result_.down : result_.up) = std::move(split_.statements);
        result_.has_down = down;
        if (down) result_.down_text = *result_.text;
        result_.up_transaction = result_.down_transaction = !no_transaction_;
    }
    if (auto complete = check_complete(); !complete) return tl::unexpected(complete.error());
    return std::move(result_);
}

/// The last large migration that was taken apart.
class Kept {
  public:
    using How = std::tuple<Convention, Dialect, Part>;
    static constexpr std::size_t kLarge = 1u << 18;  ///< bytes

    Parsed find(const How& how, const std::function<bool(const std::string& text)>& is_same) {
        const std::lock_guard lock(mutex_);
        return parsed_ && how_ == how && is_same(*parsed_->text) ? parsed_ : nullptr;
    }
    void keep(Parsed parsed, const How& how) {
        const std::lock_guard lock(mutex_);
        parsed_ = std::move(parsed);
        how_ = how;
    }

  private:
    std::mutex mutex_;
    Parsed parsed_;
    How how_;
};

Kept& kept() {
    static Kept one;
    return one;
}

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 30;

}  // namespace

Result<ParsedMigration> parse_migration(std::string_view bytes, Convention convention, Dialect dialect,
                                        std::string_view name, Part part) {
    return Parser(name, convention, part).parse(normalised(bytes), dialect);
}

Result<Parsed> parse_own(std::string bytes, Convention convention, Dialect dialect, std::string_view name,
                         Part part) {
    auto text = normalised_own(std::move(bytes));
    const bool large = text && text->size() >= Kept::kLarge;
    const Kept::How how{convention, dialect, part};
    if (large)
        if (auto known = kept().find(how, [&](const std::string& other) { return other == *text; }))
            return known;
    auto parsed = Parser(name, convention, part).parse(std::move(text), dialect);
    if (!parsed) return tl::unexpected(parsed.error());
    auto shared = std::make_shared<const ParsedMigration>(std::move(*parsed));
    if (large) kept().keep(shared, how);
    return shared;
}

Result<Parsed> parse_file(const std::filesystem::path& file, Convention convention, Dialect dialect,
                          std::string_view name, Part part) {
    // Compared as it is read, not beside a second copy of the whole.
    const Kept::How how{convention, dialect, part};
    if (auto known = kept().find(how, [&](const std::string& text) { return file_holds(file, text); }))
        return known;
    auto bytes = read_file(file, kLargestFile);
    if (!bytes)
        return fail("migration.invalid", fmt::format("{}: cannot be read", name), "Nothing was executed.");
    return parse_own(std::move(*bytes), convention, dialect, name, part);
}

}  // namespace migrate::sql
