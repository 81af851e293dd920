#include "target/url.hpp"

#include <doctest/doctest.h>

using namespace migrate;

namespace {

Connection parsed(std::string_view text, UrlContext context = {}) {
    auto connection = parse_url(text, context);
    INFO(text);
    REQUIRE(connection.has_value());
    CHECK(connection->url == text);
    return *connection;
}

/// "engine user:password@host:port/database?schema" with empty parts left out, sockets in braces.
std::string shape(std::string_view text, UrlContext context = {}) {
    Connection c = parsed(text, context);
    std::string out(c.engine ? to_string(*c.engine) : "?");
    out += " " + c.user + ":" + c.password + "@" + c.host + ":" + std::to_string(c.port) + "/" + c.database;
    if (!c.schema.empty()) out += "?" + c.schema;
    if (!c.socket.empty()) out += " {" + c.socket + "}";
    return out;
}

UrlContext at(std::string base, std::optional<Engine> engine = {}, SqliteForm form = SqliteForm::sqlalchemy) {
    return {engine, std::move(base), form};
}

std::string file(std::string_view text, UrlContext context) {
    Connection c = parsed(text, std::move(context));
    CHECK(c.engine == Engine::sqlite);
    return c.database;
}

}  // namespace

TEST_CASE("an '@' without a host behind it makes no database of what may be a password") {
    for (const char* url : {"postgres://u:p@l/se=#1@h:port/x", "postgres://u:12/se@h:port/x",
                            "mysql://u:p@l/se@:x", "postgres://u:p@l/se?a=b#c@h:port/x"}) {
        CAPTURE(url);
        CHECK_FALSE(parse_url(url));
    }
    auto legal = parse_url("postgres://u:p@h/shop?application_name=a@b:c");
    REQUIRE(legal);
    CHECK(legal->host == "h");
    CHECK(legal->database == "shop");
}

TEST_CASE("server URLs of every ecosystem come apart the same way") {
    CHECK(shape("postgres://u:p@h:5433/shop") == "postgresql u:p@h:5433/shop");
    CHECK(shape("postgresql://h/shop") == "postgresql :@h:0/shop");
    CHECK(shape("postgresql+psycopg2://u:p@h/shop") == "postgresql u:p@h:0/shop");
    CHECK(shape("postgresql+asyncpg://u@h/shop") == "postgresql u:@h:0/shop");
    CHECK(shape("postgis://u:p@h/geo") == "postgresql u:p@h:0/geo");
    CHECK(shape("pgx5://u:p@h/x") == "postgresql u:p@h:0/x");
    CHECK(shape("mysql://u:p@h:3307/shop") == "mysql u:p@h:3307/shop");
    CHECK(shape("mysql2://u:p@h/shop") == "mysql u:p@h:0/shop");
    CHECK(shape("mysql+pymysql://u:p@h/shop?charset=utf8mb4") == "mysql u:p@h:0/shop");
    CHECK(shape("mariadb://u:p@h/shop") == "mariadb u:p@h:0/shop");
    CHECK(shape("cockroachdb://u:p@h:26257/shop") == "cockroachdb u:p@h:26257/shop");
    CHECK(shape("mongodb://u:p@h:27017/shop?authSource=admin") == "mongodb u:p@h:27017/shop");
    CHECK(shape("mongodb+srv://u:p@cluster0.ab1cd.mongodb.net/shop") ==
          "mongodb u:p@cluster0.ab1cd.mongodb.net:0/shop");
    CHECK(shape("libsql://shop-acme.turso.io?authToken=t") == "libsql :@shop-acme.turso.io:0/");
    CHECK(shape("POSTGRES://h/shop") == "postgresql :@h:0/shop");
}

TEST_CASE("blanks around a URL do not belong to it") {
    auto connection = parse_url("  postgres://h/shop\n");
    REQUIRE(connection.has_value());
    CHECK(connection->url == "postgres://h/shop");
}

TEST_CASE("percent-encoding is undone, a bare percent sign stays") {
    CHECK(shape("postgres://us%40er:p%3A%2F%23@h/my%20db") == "postgresql us@er:p:/#@h:0/my db");
    CHECK(shape("postgres://u:100%@h/d") == "postgresql u:100%@h:0/d");
    CHECK(shape("postgres://u:a+b@h/d") == "postgresql u:a+b@h:0/d");
}

TEST_CASE("a password that should have been encoded is still found: the last '@' ends it") {
    CHECK(shape("postgres://u:p@ss@h/d") == "postgresql u:p@ss@h:0/d");
    CHECK(shape("postgres://u:p/a#s:s@h:5432/d") == "postgresql u:p/a#s:s@h:5432/d");
    CHECK(shape("postgres://u:p@ss/word@h/d") == "postgresql u:p@ss/word@h:0/d");
    CHECK(shape("postgres://u:what?now@h/d") == "postgresql u:what?now@h:0/d");
    CHECK(shape("mysql://u:a=b?c=d@h/d") == "mysql u:a=b?c=d@h:0/d");
}

TEST_CASE("an '@' in a parameter does not hide the host") {
    CHECK(shape("postgres://u:p@h/d?application_name=me@x") == "postgresql u:p@h:0/d");
    CHECK(shape("jdbc:postgresql://h:5432/d?user=me@corp&password=s@x") == "postgresql me@corp:s@x@h:5432/d");
}

TEST_CASE("IPv6, several hosts and their ports") {
    CHECK(shape("postgres://u:p@[::1]:5433/d") == "postgresql u:p@::1:5433/d");
    CHECK(shape("postgres://[2001:db8::7]/d") == "postgresql :@2001:db8::7:0/d");
    Connection c = parsed("postgres://u:p@a:5432,b:5433,c/d?target_session_attrs=read-write");
    CHECK(c.host == "a,b,c");
    CHECK(c.port == 5432);
    CHECK(c.parameters.at("port") == "5432,5433,");
    CHECK(hosts_of(c) == std::vector<std::string>{"a", "b", "c"});
    CHECK(shape("mongodb://h1:27017,h2:27018/d?replicaSet=rs") == "mongodb :@h1,h2:27017/d");
}

TEST_CASE("sockets are told from hosts") {
    CHECK(shape("postgresql:///shop") == "postgresql :@:0/shop");
    CHECK(shape("postgresql:///shop?host=/var/run/postgresql") ==
          "postgresql :@:0/shop {/var/run/postgresql}");
    CHECK(shape("postgresql://%2Fvar%2Frun%2Fpg/shop") == "postgresql :@:0/shop {/var/run/pg}");
    CHECK(shape("mysql://u@localhost/d?unix_socket=/run/mysqld.sock") ==
          "mysql u:@localhost:0/d {/run/mysqld.sock}");
    CHECK(shape("postgresql://u@/d?host=/cloudsql/p:r:i") == "postgresql u:@:0/d {/cloudsql/p:r:i}");
}

TEST_CASE("the query's host wins over the authority's, as libpq has it") {
    CHECK(shape("postgresql://localhost/d?host=db.example.com&port=6000") ==
          "postgresql :@db.example.com:6000/d");
    Connection c = parsed("postgresql://localhost/d?hostaddr=10.1.2.3");
    CHECK(hosts_of(c) == std::vector<std::string>{"localhost", "10.1.2.3"});
}

TEST_CASE("the schema is found under each of its names") {
    CHECK(parsed("postgres://h/d?schema=app").schema == "app");
    CHECK(parsed("jdbc:postgresql://h/d?currentSchema=app,public").schema == "app");
    CHECK(parsed("postgres://h/d?search_path=app").schema == "app");
    CHECK(parsed("postgres://h/d?options=-c%20search_path%3Dapp").schema == "app");
    Connection c = parsed("postgres://h/d?sslmode=require&schema=app");
    CHECK(c.parameters.at("sslmode") == "require");
    CHECK_FALSE(c.parameters.contains("schema"));
}

TEST_CASE("JDBC URLs") {
    CHECK(shape("jdbc:postgresql://h:5432/shop?user=u&password=p%20q") == "postgresql u:p q@h:5432/shop");
    CHECK(shape("jdbc:postgresql:shop") == "postgresql :@localhost:0/shop");
    CHECK(shape("jdbc:p6spy:postgresql://h/shop") == "postgresql :@h:0/shop");
    CHECK(shape("jdbc:mysql://h:3306/shop?useSSL=false&user=u") == "mysql u:@h:3306/shop");
    CHECK(shape("jdbc:mysql:replication://m,s/shop") == "mysql :@m,s:0/shop");
    CHECK(shape("jdbc:mariadb://h/shop") == "mariadb :@h:0/shop");
    CHECK(shape("jdbc:sqlserver://h\\SQLEXPRESS:1433;databaseName=shop;user=sa;password={a;b}") ==
          "mssql sa:a;b@h:1433/shop");
    CHECK(shape("jdbc:oracle:thin:u/p@//h:1521/svc") == "oracle u:p@h:1521/svc");
    CHECK(shape("jdbc:oracle:thin:@h:1521:sid") == "oracle :@h:1521/sid");
    CHECK(shape("jdbc:sqlite:data/x.db", at("/srv/app")) == "sqlite :@:0//srv/app/data/x.db");
    CHECK(shape("jdbc:h2:mem:test;DB_CLOSE_DELAY=-1") == "h2 :@:0/:memory:");
    CHECK(shape("jdbc:h2:file:./data/shop;USER=sa", at("/srv/app")) == "h2 sa:@:0//srv/app/data/shop");
    CHECK(shape("jdbc:h2:tcp://h:9092/~/shop") == "h2 :@h:9092/~/shop");
}

TEST_CASE("SQL Server URLs with semicolons and with a query") {
    CHECK(shape("sqlserver://h:1433;database=shop;user=sa;password=p;encrypt=true") ==
          "mssql sa:p@h:1433/shop");
    CHECK(shape("sqlserver://sa:p@h:1433?database=shop") == "mssql sa:p@h:1433/shop");
    CHECK(shape("mssql+pyodbc://sa:p@h/shop?driver=x") == "mssql sa:p@h:0/shop");
}

TEST_CASE("libpq connection strings") {
    CHECK(shape("host=h port=5433 dbname=shop user=u password=p sslmode=disable") ==
          "postgresql u:p@h:5433/shop");
    CHECK(shape("dbname = shop  password = 'it\\'s me' user=u") == "postgresql u:it's me@:0/shop");
    CHECK(shape("host=/var/run/postgresql dbname=shop") == "postgresql :@:0/shop {/var/run/postgresql}");
    CHECK(hosts_of(parsed("host=localhost hostaddr=10.0.0.9 dbname=x")).back() == "10.0.0.9");
}

TEST_CASE("go-sql-driver connection strings") {
    CHECK(shape("u:p@tcp(h:3307)/shop?parseTime=true") == "mysql u:p@h:3307/shop");
    // golang-migrate's form, encoded as a URL is.
    CHECK(shape("mysql://u:p%40+x@tcp(h:3307)/shop?x-migrations-table=v") == "mysql u:p@ x@h:3307/shop");
    CHECK(shape("mysql://u:p@ss@h:3307/shop") == "mysql u:p@ss@h:3307/shop");
    CHECK(shape("u:p@ss/w@tcp(h)/shop") == "mysql u:p@ss/w@h:0/shop");
    CHECK(shape("u@unix(/run/mysqld.sock)/shop") == "mysql u:@:0/shop {/run/mysqld.sock}");
    CHECK(shape("u:p@/shop") == "mysql u:p@127.0.0.1:0/shop");
    CHECK(shape("u:p@cloudsql(p:r:i)/shop", {Engine::mysql, {}}) == "mysql u:p@:0/shop {/cloudsql/p:r:i}");
    CHECK(shape("u:p@tcp([::1]:3306)/shop", {Engine::mariadb, {}}) == "mariadb u:p@::1:3306/shop");
}

TEST_CASE("SQLite: three slashes are relative and four absolute, as SQLAlchemy has it") {
    CHECK(file("sqlite:///data/x.db", at("/srv")) == "/srv/data/x.db");
    CHECK(file("sqlite:////data/x.db", at("/srv")) == "/data/x.db");
    CHECK(file("sqlite:data/x.db", at("/srv")) == "/srv/data/x.db");
    CHECK(file("sqlite:/data/x.db", at("/srv")) == "/data/x.db");
    CHECK(file("sqlite+aiosqlite:///./x.db", at("/srv/app")) == "/srv/app/x.db");
    CHECK(file("sqlite://", at("/srv")) == ":memory:");
    CHECK(file("sqlite:///:memory:", at("/srv")) == ":memory:");
    CHECK(file("sqlite::memory:", at("/srv")) == ":memory:");
    CHECK(file("sqlite:x.db?mode=memory&cache=shared", at("/srv")) == ":memory:");
}

TEST_CASE("SQLite: dbmate and Sequelize read the slashes in their own ways") {
    CHECK(file("sqlite:db/x.sqlite3", at("/srv", {}, SqliteForm::dbmate)) == "/srv/db/x.sqlite3");
    CHECK(file("sqlite:/db/x.sqlite3", at("/srv", {}, SqliteForm::dbmate)) == "/db/x.sqlite3");
    CHECK(file("sqlite:///db/x.sqlite3", at("/srv", {}, SqliteForm::dbmate)) == "/db/x.sqlite3");
    CHECK(file("sqlite3://db/x.sqlite3", at("/srv", {}, SqliteForm::dbmate)) == "/db/x.sqlite3");
    CHECK(file("sqlite:./dev.sqlite", at("/srv", {}, SqliteForm::sequelize)) == "/dev.sqlite");
    CHECK(file("sqlite://./dev.sqlite", at("/srv", {}, SqliteForm::sequelize)) == "/srv/dev.sqlite");
    CHECK(file("sqlite:///abs/dev.sqlite", at("/srv", {}, SqliteForm::sequelize)) == "/abs/dev.sqlite");
}

TEST_CASE("file URLs and plain paths") {
    CHECK(file("file:./dev.db", at("/srv/prisma")) == "/srv/prisma/dev.db");
    CHECK(file("file:dev.db?connection_limit=1", at("/srv/prisma")) == "/srv/prisma/dev.db");
    CHECK(file("file:///var/dev.db", at("/srv")) == "/var/dev.db");
    CHECK(file("file::memory:?cache=shared", at("/srv")) == ":memory:");
    CHECK(file("./dev.db", at("/srv", Engine::sqlite)) == "/srv/dev.db");
    CHECK(file("../data/app", at("/srv/api", Engine::sqlite)) == "/srv/data/app");
    CHECK(file("file:local.db", at("/srv", Engine::libsql)) == "/srv/local.db");
    CHECK(file("dev.sqlite3", at("/srv")) == "/srv/dev.sqlite3");
    // Go's drivers take settings behind a name.
    CHECK(file("app.db?_synchronous=NORMAL&_fk=1", at("/srv", Engine::sqlite)) == "/srv/app.db");
    CHECK(file("data/app.db?_fk=1", at("/srv")) == "/srv/data/app.db");
    CHECK(file("what?.db", at("/srv", Engine::sqlite)) == "/srv/what?.db");
}

TEST_CASE("the declared engine refines the scheme and never contradicts it") {
    CHECK(parsed("mysql://h/d", {Engine::mariadb, {}}).engine == Engine::mariadb);
    CHECK(parsed("postgres://h/d", {Engine::cockroachdb, {}}).engine == Engine::cockroachdb);
    CHECK(parsed("postgres://h/d", {Engine::sqlite, {}}).engine == Engine::postgresql);
    CHECK(parsed("https://shop.turso.io", {Engine::libsql, {}}).engine == Engine::libsql);
}

TEST_CASE("what cannot be read is an error that shows nothing of the value") {
    for (std::string text :
         {"", "   ", "hunter2", "postgres://u:hunter2@h:port/d", "postgres://u:hunter2@h:99999/d",
          "ftp://u:hunter2@h/d", "prisma://accelerate.example/?api_key=hunter2",
          "jdbc:tc:postgresql:15:///hunter2", "postgres://u:hunter2@ho st/d", "postgres://u:hunter2@[::1/d",
          "jdbc:derby:hunter2", "a=b c='hunter2", "postgres://u:p@h/hunter2%00x"}) {
        CAPTURE(text);
        auto result = parse_url(text);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().code == "target.unresolved");
        CHECK(result.error().message.find("hunter2") == std::string::npos);
        CHECK(result.error().hint.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("a place is shown with its default port and without credentials") {
    CHECK(display(parsed("postgres://u:hunter2@localhost/shop")) == "postgresql://localhost:5432/shop");
    CHECK(display(parsed("mysql://u:hunter2@[::1]:3310/shop")) == "mysql://[::1]:3310/shop");
    CHECK(display(parsed("postgresql:///shop?host=/run/pg&password=hunter2")) ==
          "postgresql:///shop (socket /run/pg)");
    CHECK(display(parsed("postgres://h/shop?schema=app")) == "postgresql://h:5432/shop schema app");
    CHECK(display(parsed("file:dev.db", at("/srv"))) == "sqlite:/srv/dev.db");
    CHECK(display(parsed("mongodb+srv://u:p@c.mongodb.net/shop")) == "mongodb://c.mongodb.net/shop");
}

TEST_CASE("a person confirms by the database's name, a file's name, or the host where there is none") {
    CHECK(confirm_name(parsed("postgres://h/shop")) == "shop");
    CHECK(confirm_name(parsed("file:data/dev.db", at("/srv"))) == "dev.db");
    CHECK(confirm_name(parsed("libsql://shop-acme.turso.io")) == "shop-acme");
}

TEST_CASE("secrets are the password and whatever is called one") {
    CHECK(secrets_of(parsed("libsql://h.turso.io?authToken=hunter2")) == std::vector<std::string>{"hunter2"});
    CHECK(secrets_of(parsed("postgres://u:hunter2@h/d?sslmode=require")) ==
          std::vector<std::string>{"hunter2"});
}

TEST_CASE("the same place is recognised under different spellings") {
    CHECK(same_place(parsed("postgres://a:b@h/d"), parsed("postgresql+asyncpg://c:d@h:5432/d")));
    CHECK_FALSE(same_place(parsed("postgres://h/d"), parsed("postgres://h/e")));
    CHECK_FALSE(same_place(parsed("postgres://h/d"), parsed("postgres://h:5433/d")));
    CHECK_FALSE(same_place(parsed("postgres://h/d?schema=a"), parsed("postgres://h/d?schema=b")));
}
