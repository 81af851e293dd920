#include "db/postgresql_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "db/libpq.hpp"
#include "db/placeholders.hpp"

namespace migrate::db {

namespace {

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

void collect_notice(void* notices, const char* text) {
    static_cast<std::vector<std::string>*>(notices)->push_back(trimmed(text));
}

Rows rows_of(const PGresult* table) {
    Rows rows;
    const int width = PQnfields(table);
    for (int column = 0; column < width; ++column) rows.columns.emplace_back(PQfname(table, column));
    for (int line = 0; line < PQntuples(table); ++line) {
        auto& row = rows.rows.emplace_back(width);
        for (int column = 0; column < width; ++column)
            if (!PQgetisnull(table, line, column))
                row[column].emplace(PQgetvalue(table, line, column), PQgetlength(table, line, column));
    }
    return rows;
}

/// A statement with parameters that is sent this often is planned no more (as PostgreSQL's own plan cache, it
/// takes a few uses to be worth it).
constexpr int kPreparedFrom = 5;
constexpr std::string_view kNoSuchPrepared = "26000";
/// So many statements together are worth a round trip of their own.
constexpr std::size_t kJoinedFrom = 50;

/// Whether a statement may take prepared ones away: DEALLOCATE, DISCARD, also within a DO or a function.
bool may_deallocate(std::string_view sql) {
    for (const std::string_view word : {"DEALLOCATE", "DISCARD"}) {
        const auto at = std::search(sql.begin(), sql.end(), word.begin(), word.end(),
                                    [](char a, char b) { return (a & ~0x20) == b; });
        if (at != sql.end()) return true;
    }
    return false;
}

}  // namespace

PostgresSession::PostgresSession(Engine engine, PostgresHandle handle, std::string place)
    : engine_(engine), handle_(std::move(handle)), place_(std::move(place)) {
    PQsetNoticeProcessor(handle_.get(), collect_notice, &notices_);
}

bool PostgresSession::in_transaction() const {
    if (!expected_.empty()) return false;
    return begins_ || PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
}

tl::unexpected<Error> PostgresSession::failed(const PGresult* result, std::string_view sql) {
    error_state_ = field(result, PG_DIAG_SQLSTATE);
    if (error_state_ == kNoSuchPrepared) uses_.clear();
    if (PQstatus(handle_.get()) == CONNECTION_BAD)
        return fail(
            "target.unreachable",
            fmt::format("the session with {} is gone: {}", place_, trimmed(PQerrorMessage(handle_.get()))),
            "what the open transaction had done is undone by the server");
    if (const std::string position = field(result, PG_DIAG_STATEMENT_POSITION); !position.empty())
        error_offset_ = byte_offset(sql, std::stoul(position));
    std::string hint;
    for (const int code : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT})
        if (const std::string text = field(result, code); !text.empty())
            hint += (hint.empty() ? "" : "\n") + text;
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty()) message = trimmed(PQerrorMessage(handle_.get()));
    return fail("sql.failed", std::move(message), std::move(hint));
}

/// A statement that opened a COPY is closed again, or the session could not go on.
void PostgresSession::end_copy(ExecStatusType status) {
    if (status == PGRES_COPY_IN) PQputCopyEnd(handle_.get(), "a COPY without its data");
    if (status != PGRES_COPY_OUT) return;
    char* line = nullptr;
    while (PQgetCopyData(handle_.get(), &line, 0) > 0) PQfreemem(line);
}

/// Reads until the session is ready again, or gone. The first error counts.
Result<ResultHandle> PostgresSession::last_result(std::string_view sql) {
    ResultHandle last;
    ResultHandle error;
    while (PGresult* raw = PQgetResult(handle_.get())) {
        last.reset(raw);
        const ExecStatusType status = PQresultStatus(raw);
        end_copy(status);
        if ((status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) && !error) error = std::move(last);
    }
    if (error) return failed(error.get(), sql);
    return last;
}

Result<void> PostgresSession::send(std::string_view sql, std::span<const Value> parameters) {
    error_offset_.reset();
    error_state_.clear();
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
        error_offset_ = nul;
        return fail("sql.failed", "the statement holds a NUL byte");
    }
    const std::string text(sql);
    std::vector<const char*> values;
    for (const Value& value : parameters) {
        if (value && value->find('\0') != std::string::npos)
            return fail("sql.failed", "a parameter holds a NUL byte, which PostgreSQL's text cannot");
        values.push_back(value ? value->c_str() : nullptr);
    }
    const int count = static_cast<int>(values.size());
    const auto known = count == 0 ? uses_.end() : uses_.find(sql);
    const bool prepared = known != uses_.end() && !known->second.name.empty();
    const int sent = prepared ? PQsendQueryPrepared(handle_.get(), known->second.name.c_str(), count,
                                                    values.data(), nullptr, nullptr, 0)
                              : PQsendQueryParams(handle_.get(), text.c_str(), count, nullptr, values.data(),
                                                  nullptr, nullptr, 0);
    if (sent != 1) return failed(nullptr, sql);
    if (count == 0 && !uses_.empty() && may_deallocate(sql)) uses_.clear();
    return {};
}

/// Counts the use of a statement with parameters, and prepares it where it has come often enough.
void PostgresSession::prepare(const std::string& sql) {
    if (pooled_) return;
    Use& use = uses_[sql];
    if (++use.times < kPreparedFrom || !use.name.empty()) return;
    const std::string name = fmt::format("migrate_{}", ++prepared_);
    const ResultHandle made(PQprepare(handle_.get(), name.c_str(), sql.c_str(), 0, nullptr));
    if (PQresultStatus(made.get()) == PGRES_COMMAND_OK) use.name = name;
}

Result<void> PostgresSession::begin() {
    forget_expected();
    begins_ = true;
    return {};
}

/// For what cannot travel with others.
Result<void> PostgresSession::begin_now() {
    if (!std::exchange(begins_, false)) return {};
    auto begun = run("BEGIN", {});
    if (!begun) return tl::unexpected(begun.error());
    return {};
}

void PostgresSession::expect(std::span<const Sent> questions) {
    if (in_transaction() || !expected_.empty() || PQenterPipelineMode(handle_.get()) != 1) return;
    for (const Sent& question : questions) {
        Expected one{
            question.parameters.empty() ? std::string(question.sql) : number_placeholders(question.sql).sql,
            {question.parameters.begin(), question.parameters.end()}};
        if (!send(one.sql, one.parameters)) break;
        expected_.push_back(std::move(one));
        // An error is then that question's alone.
        if (PQpipelineSync(handle_.get()) != 1) break;
    }
    if (expected_.empty()) PQexitPipelineMode(handle_.get());
}

/// The answer to the first of them.
Result<ResultHandle> PostgresSession::expected_result() {
    const Expected one = std::move(expected_.front());
    expected_.pop_front();
    error_offset_.reset();
    error_state_.clear();
    ResultHandle last;
    ResultHandle error;
    while (PGresult* raw = PQgetResult(handle_.get())) {
        last.reset(raw);
        if (!error && PQresultStatus(raw) == PGRES_FATAL_ERROR) error = std::move(last);
    }
    const ResultHandle mark(PQgetResult(handle_.get()));
    const bool lost = PQstatus(handle_.get()) == CONNECTION_BAD;
    if (lost) expected_.clear();
    if (expected_.empty()) PQexitPipelineMode(handle_.get());
    if (error || lost) return failed(error.get(), one.sql);
    return last;
}

void PostgresSession::forget_expected() {
    while (!expected_.empty()) (void)expected_result();
}

Result<ResultHandle> PostgresSession::run(std::string_view sql, std::span<const Value> parameters) {
    if (!expected_.empty()) {
        const Expected& next = expected_.front();
        if (next.sql == sql &&
            std::equal(next.parameters.begin(), next.parameters.end(), parameters.begin(), parameters.end()))
            return expected_result();
        forget_expected();
    }
    if (begins_ && PQenterPipelineMode(handle_.get()) == 1) {
        const std::array<Sent, 1> one{{{sql, parameters}}};
        std::size_t done = 0;
        return run_pipeline(one, done);
    }
    if (auto begun = begin_now(); !begun) return tl::unexpected(begun.error());
    if (auto sent = send(sql, parameters); !sent) return tl::unexpected(sent.error());
    return last_result(sql);
}

/// One round trip for all of them, and for a BEGIN that waits. The first error makes the server pass over
/// what follows. Placeholders have their numbers already. Gives what the last one answers.
Result<ResultHandle> PostgresSession::run_pipeline(std::span<const Sent> statements, std::size_t& done) {
    const std::size_t begins = std::exchange(begins_, false) ? 1 : 0;
    std::size_t sent = 0;
    Result<void> outcome;
    if (begins > 0) outcome = send("BEGIN", {});
    for (; outcome && sent < statements.size(); ++sent) {
        outcome = send(statements[sent].sql, statements[sent].parameters);
        if (!outcome) break;
    }
    PQpipelineSync(handle_.get());
    // The results of each end with a null; behind the last of them stands the mark of the whole.
    ResultHandle last;
    ResultHandle error;
    for (std::size_t at = 0; at < begins + sent; ++at) {
        while (PGresult* raw = PQgetResult(handle_.get())) {
            last.reset(raw);
            const ExecStatusType status = PQresultStatus(raw);
            if (!error && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE))
                error = std::move(last);
        }
        if (!error && at >= begins) done = at + 1 - begins;
    }
    while (PGresult* raw = PQgetResult(handle_.get())) {
        const ResultHandle result(raw);
        if (PQresultStatus(raw) == PGRES_PIPELINE_SYNC) break;
    }
    PQexitPipelineMode(handle_.get());
    // Only now is it known whether the session is gone, too.
    if (error) return failed(error.get(), statements[done].sql);
    if (!outcome) return tl::unexpected(outcome.error());
    if (PQstatus(handle_.get()) == CONNECTION_BAD) return failed(nullptr, "");
    return last;
}

/// How many statements from the first on go as one query string: 0 where they are not worth it. A backslash
/// must mean the same to the server as to us, or it might end a string elsewhere than we do.
std::size_t PostgresSession::joined(std::span<const Sent> statements) const {
    const char* plain = PQparameterStatus(handle_.get(), "standard_conforming_strings");
    if (plain == nullptr || plain != std::string_view("on")) return 0;
    const auto other = std::find_if(statements.begin(), statements.end(),
                                    [](const Sent& one) { return !one.joins || !one.parameters.empty(); });
    const auto size = static_cast<std::size_t>(other - statements.begin());
    return size < kJoinedFrom ? 0 : size;
}

/// One query string for all of them. The server takes it apart before it begins with the first.
Result<ResultHandle> PostgresSession::run_joined(std::span<const Sent> statements, std::size_t& done) {
    if (auto begun = begin_now(); !begun) return tl::unexpected(begun.error());
    std::string text;
    std::vector<std::size_t> starts;
    for (const Sent& one : statements) {
        starts.push_back(text.size());
        text.append(one.sql).append("\n;\n");
    }
    error_offset_.reset();
    error_state_.clear();
    if (text.find('\0') != std::string::npos) return fail("sql.failed", "a statement holds a NUL byte");
    if (PQsendQuery(handle_.get(), text.c_str()) != 1) return failed(nullptr, text);
    std::size_t results = 0;
    ResultHandle last;
    ResultHandle error;
    while (PGresult* raw = PQgetResult(handle_.get())) {
        last.reset(raw);
        const ExecStatusType status = PQresultStatus(raw);
        if (!error && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)) error = std::move(last);
        if (!error) ++results;
    }
    if (!error && results == statements.size()) {
        done = results;
        return last;
    }
    done = std::min(results, statements.size() - 1);
    if (!error)
        return fail(
            "sql.failed",
            fmt::format("the server sees {} statements here, and not {}", results, statements.size()),
            "It takes one of these apart otherwise than we do. In a file of its own each is sent alone.");
    auto why = failed(error.get(), text);
    if (error_offset_) {
        done = std::upper_bound(starts.begin(), starts.end(), *error_offset_) - starts.begin() - 1;
        error_offset_ = std::min(*error_offset_ - starts[done], statements[done].sql.size());
    }
    return why;
}

Result<Rows> PostgresSession::execute_all(std::span<const Sent> statements, std::size_t& done) {
    forget_expected();
    done = 0;
    std::vector<std::string> numbered(statements.size());
    std::vector<Sent> texts(statements.begin(), statements.end());
    for (std::size_t at = 0; at < texts.size(); ++at) {
        if (texts[at].parameters.empty()) continue;
        numbered[at] = number_placeholders(texts[at].sql).sql;
        texts[at].sql = numbered[at];
        prepare(numbered[at]);
    }
    if (texts.size() < 2) return Database::execute_all(statements, done);
    Result<ResultHandle> last;
    for (std::span<const Sent> rest = texts; last && !rest.empty();) {
        std::size_t size = joined(rest), part_done = 0;
        if (size > 0) {
            last = run_joined(rest.first(size), part_done);
        } else {
            do ++size;
            while (size < rest.size() && joined(rest.subspan(size)) == 0);
            if (PQenterPipelineMode(handle_.get()) != 1) return failed(nullptr, rest.front().sql);
            last = run_pipeline(rest.first(size), part_done);
        }
        done += part_done;
        rest = rest.subspan(size);
    }
    if (!last) return tl::unexpected(last.error());
    return rows_of(last->get());
}

Result<ResultHandle> PostgresSession::ask(std::string_view sql, std::span<const Value> parameters) {
    // Without parameters a `?` is an operator.
    const Numbered numbered = parameters.empty() ? Numbered{std::string(sql), {}} : number_placeholders(sql);
    if (!parameters.empty() && numbered.at.size() != parameters.size())
        return fail("sql.failed", fmt::format("the statement has {} parameters, {} were given",
                                              numbered.at.size(), parameters.size()));
    if (!parameters.empty() && expected_.empty()) prepare(numbered.sql);
    auto result = run(numbered.sql, parameters);
    if (!result && error_offset_) error_offset_ = numbered.original(*error_offset_);
    return result;
}

Result<Rows> PostgresSession::query(std::string_view sql, std::span<const Value> parameters) {
    auto result = ask(sql, parameters);
    if (!result) return tl::unexpected(result.error());
    return rows_of(result->get());
}

Result<void> PostgresSession::each(std::string_view sql, std::span<const Value> parameters,
                                   const RowTaker& take) {
    auto result = ask(sql, parameters);
    if (!result) return tl::unexpected(result.error());
    const PGresult* table = result->get();
    const int width = PQnfields(table);
    std::vector<std::string_view> columns;
    for (int column = 0; column < width; ++column) columns.emplace_back(PQfname(table, column));
    std::vector<std::optional<std::string_view>> values(columns.size());
    const int height = PQntuples(table);
    for (int line = 0; line < height; ++line) {
        for (int column = 0; column < width; ++column) {
            auto& value = values[static_cast<std::size_t>(column)];
            value.reset();
            if (!PQgetisnull(table, line, column))
                value.emplace(PQgetvalue(table, line, column),
                              static_cast<std::size_t>(PQgetlength(table, line, column)));
        }
        take({columns, values, static_cast<std::size_t>(height)});
    }
    return {};
}

Result<void> PostgresSession::execute(std::string_view sql) {
    auto result = run(sql, {});
    if (!result) return tl::unexpected(result.error());
    return {};
}

Result<void> PostgresSession::copy_in(std::string_view copy_statement, std::string_view data) {
    forget_expected();
    error_offset_.reset();
    error_state_.clear();
    if (auto begun = begin_now(); !begun) return begun;
    const std::string text(copy_statement);
    if (PQsendQueryParams(handle_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
        return failed(nullptr, copy_statement);
    const ResultHandle opened(PQgetResult(handle_.get()));
    if (PQresultStatus(opened.get()) != PGRES_COPY_IN) {
        end_copy(PQresultStatus(opened.get()));
        const bool error = PQresultStatus(opened.get()) == PGRES_FATAL_ERROR;
        auto why = error ? failed(opened.get(), copy_statement)
                         : fail("sql.failed", "the statement is no COPY ... FROM STDIN");
        (void)last_result(copy_statement);
        return why;
    }
    // The end mark belongs to the file, not to the data (PostgreSQL 18 takes it for data in CSV).
    if (data == "\\.") data = "";
    for (const std::string_view mark : {"\n\\.\n", "\n\\.\r\n", "\n\\."})
        if (data.ends_with(mark)) data.remove_suffix(mark.size() - 1);
    constexpr std::size_t kChunk = 1u << 20;
    for (std::size_t from = 0; from < data.size(); from += kChunk) {
        const std::string_view part = data.substr(from, kChunk);
        if (PQputCopyData(handle_.get(), part.data(), static_cast<int>(part.size())) != 1) break;
    }
    PQputCopyEnd(handle_.get(), nullptr);
    auto result = last_result(copy_statement);
    if (!result) return tl::unexpected(result.error());
    return {};
}

}  // namespace migrate::db
