#include "command/adapter_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/adapter.hpp"

namespace migrate {

namespace {

std::string number(const Version& version) {
    if (version.patch > 0) return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
    return fmt::format("{}.{}", version.major, version.minor);
}

std::string versions(const VersionRange& range) {
    constexpr VersionRange kAll{};
    const bool begins = range.from != kAll.from, ends = range.before != kAll.before;
    if (begins && ends) return fmt::format("{}, before {}", number(range.from), number(range.before));
    if (begins) return "since " + number(range.from);
    return ends ? "before " + number(range.before) : "";
}

/// A cell of a table: a vertical line would end it.
std::string cell(std::string_view text) {
    std::string result;
    for (char c : text) result += c == '|' ? "\\|" : std::string(1, c);
    return result;
}

std::string code(std::string_view text) {
    return text.empty() ? "" : "`" + cell(text) + "`";
}

std::string line(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const auto& one : cells) text += " " + one + (one.empty() ? "|" : " |");
    return text + "\n";
}

std::string heading(std::initializer_list<std::string_view> names) {
    std::string text = "|", below = "|";
    for (auto name : names) {
        text += fmt::format(" {} |", name);
        below += "---|";
    }
    return text + "\n" + below + "\n";
}

std::string way(const Adapter& adapter, const Row& row) {
    if (row.how == How::native) return code(std::string(adapter.program) + " " + std::string(row.argv));
    return row.how == How::unsupported ? "cannot" : std::string(to_string(row.how));
}

/// What should be known, and for what cannot be done the nearest command.
std::string remark(const Row& row) {
    std::string text = cell(row.note);
    if (!row.next.empty()) text += (text.empty() ? "" : "; ") + code(row.next);
    return text;
}

std::string verbs_of(const Adapter& adapter) {
    std::string text = heading({"verb", "form", "how", "versions", "risk", "what to know"});
    for (const Verb verb : all_verbs())
        for (const Row& row : adapter.rows) {
            if (row.verb != verb || row.how == How::classify) continue;
            text += line({code(to_string(verb)), std::string(row.variant), way(adapter, row),
                          versions(row.versions),
                          row.how == How::unsupported ? "" : std::string(to_string(row.risk)), remark(row)});
        }
    return text;
}

std::string others_of(const Adapter& adapter) {
    std::string text;
    for (const Row& row : adapter.rows)
        if (row.how == How::classify)
            text += line({code(row.argv), row.verb ? code(to_string(*row.verb)) : "",
                          std::string(to_string(row.risk)), versions(row.versions), cell(row.note)});
    if (text.empty()) return "";
    return "\n## Command lines that are only recognised\n\n" +
           heading({"command line", "verb", "risk", "versions", "what to know"}) + text;
}

std::string flags_of(const Adapter& adapter) {
    std::string text;
    for (const Flag& flag : adapter.flags) {
        if (flag.risk <= Risk::read && !flag.retargets) continue;
        const std::string risk(flag.risk > Risk::read ? to_string(flag.risk) : "");
        text += line({code(flag.name), code(flag.command), risk, flag.retargets ? "yes" : "",
                      versions(flag.versions)});
    }
    if (text.empty()) return "";
    return "\n## Options that matter\n\nThe others that are known change nothing of the risk; one that is "
           "not "
           "known is refused on a protected database.\n\n" +
           heading({"option", "of", "raises to", "names another database", "versions"}) + text;
}

std::string traits_of(Tool tool, const Traits& traits) {
    return fmt::format(
        "\n## Locks, transactions, checksums\n\n"
        "- A lock of its own: {}.\n- Checksums in its history, so that an edit is known: {}.\n"
        "- Times in its history: {}.\n- A transaction wraps: {}.\n- A limit for waiting on locks reaches it "
        "by: {}.\n{}",
        traits.locks ? "yes" : "no", traits.keeps_checksums ? "yes" : "no", traits.keeps_times ? "yes" : "no",
        traits.transaction.empty() ? "nothing" : traits.transaction,
        traits.lock_timeout.empty() || traits.lock_timeout == "cannot" ? "nothing" : traits.lock_timeout,
        tool == Tool::migrate_mongo || tool == Tool::sql ? ""
                                                         : "  On PostgreSQL, MySQL and MariaDB the wait is "
                                                           "watched from outside besides, and ended where no "
                                                           "limit does it\n  ([safety](../safety.md)).\n");
}

}  // namespace

std::string adapter_page(Tool tool) {
    const Adapter& adapter = adapter_of(tool);
    return fmt::format(
               "# {}\n\nGenerated by `scripts/adapter-pages` from the adapter's table and {}.notes.md.\n\n",
               adapter.title, to_string(tool)) +
           "## Verbs\n\n" + verbs_of(adapter) + others_of(adapter) + flags_of(adapter) +
           traits_of(tool, adapter.traits);
}

}  // namespace migrate
