#pragma once
#include <memory>
#include <string>

namespace migrate::test {

/// A server that speaks MongoDB's protocol (FerretDB with SQLite behind it, tests/tools/ferretdb) in a
/// temporary directory on a free port of 127.0.0.1: started by the first test that asks, stopped when the
/// tests end. It has no transactions, no users and no TTL indexes.
class MongoServer {
  public:
    static MongoServer& shared();
    ~MongoServer();
    MongoServer(const MongoServer&) = delete;
    MongoServer& operator=(const MongoServer&) = delete;

    /// The URL of a new, empty database.
    std::string fresh_database();

  private:
    MongoServer();
    struct Process;
    std::unique_ptr<Process> process_;
    int port_ = 0;
    int databases_ = 0;
};

}  // namespace migrate::test
