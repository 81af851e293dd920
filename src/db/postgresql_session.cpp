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

Result<ResultHandle> PostgresSession::run(std::string_view sql, std::span<const Value> parameters) {
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

Result<Rows> PostgresSession::execute_all(std::span<const Sent> statements, std::size_t& done) {
    done = 0;
    std::vector<std::string> numbered(statements.size());
    std::vector<Sent> texts(statements.begin(), statements.end());
    for (std::size_t at = 0; at < texts.size(); ++at) {
        if (texts[at].parameters.empty()) continue;
        numbered[at] = number_placeholders(texts[at].sql).sql;
        texts[at].sql = numbered[at];
        prepare(numbered[at]);
    }
    if (statements.size() < 2 || PQenterPipelineMode(handle_.get()) != 1)
        return Database::execute_all(statements, done);
    auto last = run_pipeline(texts, done);
    if (!last) return tl::unexpected(last.error());
    return rows_of(last->get());
}

Result<Rows> PostgresSession::query(std::string_view sql, std::span<const Value> parameters) {
    // Without parameters a `?` is an operator.
    const Numbered numbered = parameters.empty() ? Numbered{std::string(sql), {}} : number_placeholders(sql);
    if (!parameters.empty() && numbered.at.size() != parameters.size())
        return fail("sql.failed", fmt::format("the statement has {} parameters, {} were given",
                                              numbered.at.size(), parameters.size()));
    if (!parameters.empty()) prepare(numbered.sql);
    auto result = run(numbered.sql, parameters);
    if (!result) {
        if (error_offset_) error_offset_ = numbered.original(*error_offset_);
        return tl::unexpected(result.error());
    }
    return rows_of(result->get());
}

Result<void> PostgresSession::execute(std::string_view sql) {
    auto result = run(sql, {});
    if (!result) return tl::unexpected(result.error());
    return {};
}

Result<void> PostgresSession::copy_in(std::string_view copy_statement, std::string_view data) {
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
