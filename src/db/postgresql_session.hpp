#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "db/postgresql_connect.hpp"

namespace migrate::db {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// How statements are sent to PostgreSQL through libpq, and what comes back. Every statement goes through the
/// extended protocol, where the server itself refuses more than one; only those that may be joined
/// (Sent::joins) and are many go as one query string, of which the server says how many it was.
class PostgresSession : public Database {
  public:
    PostgresSession(Engine engine, PostgresHandle handle, std::string place);

    Engine engine() const override { return engine_; }
    Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override;
    Result<void> each(std::string_view sql, std::span<const Value> parameters, const RowTaker& take) override;
    void expect(std::span<const Sent> questions) override;
    Result<void> execute(std::string_view sql) override;
    Result<Rows> execute_all(std::span<const Sent> statements, std::size_t& done) override;
    Result<void> begin() override;
    Result<void> copy_in(std::string_view copy_statement, std::string_view data) override;
    bool in_transaction() const override;
    std::optional<std::size_t> error_offset() const override { return error_offset_; }
    std::string error_state() const override { return error_state_; }
    std::vector<std::string> take_notices() override { return std::exchange(notices_, {}); }

  protected:
    PGconn* handle() const { return handle_.get(); }
    /// Whether each statement may reach another server process (so it is until somebody knows better): then
    /// nothing is prepared there.
    bool pooled() const { return pooled_; }
    void set_pooled(bool pooled) { pooled_ = pooled; }

  private:
    Result<ResultHandle> ask(std::string_view sql, std::span<const Value> parameters);
    Result<ResultHandle> run(std::string_view sql, std::span<const Value> parameters);
    Result<ResultHandle> run_pipeline(std::span<const Sent> statements, std::size_t& done);
    std::size_t joined(std::span<const Sent> statements) const;
    Result<ResultHandle> run_joined(std::span<const Sent> statements, std::size_t& done);
    Result<ResultHandle> expected_result();
    void forget_expected();
    Result<void> send(std::string_view sql, std::span<const Value> parameters);
    Result<void> begin_now();
    void prepare(const std::string& sql);
    Result<ResultHandle> last_result(std::string_view sql);
    void end_copy(ExecStatusType status);
    tl::unexpected<Error> failed(const PGresult* result, std::string_view sql);

    Engine engine_;
    PostgresHandle handle_;
    std::string place_;
    std::vector<std::string> notices_;
    std::optional<std::size_t> error_offset_;
    std::string error_state_;
    bool begins_ = false;  ///< a BEGIN goes out with the next statement
    bool pooled_ = true;
    struct Use {
        int times = 0;
        std::string name;  ///< of the prepared statement, once it is one
    };
    std::map<std::string, Use, std::less<>> uses_;  ///< of statements with parameters
    int prepared_ = 0;
    struct Expected {
        std::string sql;
        std::vector<Value> parameters;
    };
    std::deque<Expected> expected_;  ///< asked, in pipeline mode, each followed by a mark
};

}  // namespace migrate::db
