#include "run/redact.hpp"

#include "run/spellings.hpp"

using namespace migrate;

namespace {

Redactor knowing(std::vector<std::string> secrets, std::vector<std::string> names = {}) {
    Redactor redactor;
    for (const auto& secret : secrets) redactor.add_secret(secret);
    for (const auto& name : names) redactor.add_name(name);
    return redactor;
}

std::string in_two_pieces(const Redactor& redactor, std::string_view text, std::size_t border) {
    Redactor::Filter filter(redactor);
    std::string out;
    filter.feed(text.substr(0, border), out);
    filter.feed(text.substr(border), out);
    filter.finish(out);
    return out;
}

/// The text redacted whole, checked to be the same with a border at every offset and byte by byte.
std::string redacted(const Redactor& redactor, std::string_view text) {
    std::string whole = redactor.redact(text);
    for (std::size_t border = 0; border <= text.size(); ++border)
        CHECK(in_two_pieces(redactor, text, border) == whole);
    Redactor::Filter filter(redactor);
    std::string bytewise;
    for (char c : text) filter.feed(std::string_view(&c, 1), bytewise);
    filter.finish(bytewise);
    CHECK(bytewise == whole);
    return whole;
}

}  // namespace

TEST_CASE("a known secret is hidden wherever it stands") {
    Redactor redactor = knowing({"hunter2hunter"});
    CHECK(redacted(redactor, "hunter2hunter") == "***");
    CHECK(redacted(redactor, "xhunter2huntery") == "x***y");
    CHECK(redacted(redactor, "hunter2hunterhunter2hunter") == "******");
    CHECK(redacted(redactor, "hunter2hunte") == "hunter2hunte");
    CHECK(redacted(redactor, "hunter2hunter2hunter") == "***");  // two that overlap
    CHECK(redacted(redactor, "hhunter2hunhunter2hunter.") == "hhunter2hun***.");
    CHECK(redacted(redactor, "nothing here\n") == "nothing here\n");
    CHECK(redacted(redactor, "").empty());
}

TEST_CASE("of several secrets the longest that fits is hidden as one") {
    Redactor redactor = knowing({"correcthorse", "horsebattery", "horse-x"});
    CHECK(redacted(redactor, "a correcthorsebattery b") == "a *** b");
    CHECK(redacted(redactor, "correcthors horse-x") == "correcthors ***");
}

TEST_CASE("a secret is known in the spellings of URLs, JSON, shells and SQL") {
    Redactor redactor = knowing({"p@ss/w'o\"r d%\\"});
    for (const std::string& spelling : spellings_of("p@ss/w'o\"r d%\\")) {
        CAPTURE(spelling);
        CHECK(redacted(redactor, "<" + spelling + ">") == "<***>");
    }
    for (const char* spelling :
         {"p%40ss%2Fw%27o%22r%20d%25%5C", "p%40ss%2fw%27o%22r%20d%25%5c", "p%40ss%2Fw'o%22r%20d%25%5C",
          "p%40ss%2Fw%27o%22r+d%25%5C", "p@ss/w'o\\\"r d%\\\\", "p@ss\\/w'o\\\"r d%\\\\",
          "p@ss/w'\\''o\"r d%\\", "p@ss/w\\'o\\\"r\\ d%\\\\", "p@ss/w''o\"r d%\\",
          "p%%40ss%%2Fw%%27o%%22r%%20d%%25%%5C"}) {
        CAPTURE(spelling);
        CHECK(redacted(redactor, std::string("x ") + spelling + " y") == "x *** y");
    }
}

TEST_CASE("a secret is known in base64, whatever stands around it there") {
    Redactor redactor = knowing({"pl@nted/s3cret"});
    // user:..., another:..., it alone; with the two alphabets.
    CHECK(redacted(redactor, "Basic dXNlcjpwbEBudGVkL3MzY3JldA== x") == "Basic dXNlcjp***A== x");
    CHECK(redacted(redactor, "Basic YTpwbEBudGVkL3MzY3JldA==") == "Basic YTp***A==");
    CHECK(redacted(redactor, "cGxAbnRlZC9zM2NyZXQ=") == "***Q=");
    CHECK(redacted(knowing({"~~~>>>???~~~"}), "fn5-Pj4-Pz8_fn5-") == "***");
    CHECK(redacted(knowing({"~~~>>>???~~~"}), "fn5+Pj4+Pz8/fn5+") == "***");
    // A short one would be found in any hash.
    CHECK(redacted(knowing({"dog1"}), "sha512-ZG9nMQ") == "sha512-ZG9nMQ");
}

TEST_CASE("a secret is known in the JSON, XML and properties of several languages") {
    Redactor redactor = knowing({"z\u00f6<&'=\"\U0001F511"});
    for (const char* spelling :
         {R"(z\u00f6<&'=\"\ud83d\udd11)", R"(z\u00f6\u003c\u0026'=\"\ud83d\udd11)",
          R"(z\u00f6\u003c\u0026\u0027\u003d\"\ud83d\udd11)",
          R"(z\u00F6\u003C\u0026\u0027=\u0022\uD83D\uDD11)", "z\u00f6&lt;&amp;&apos;=&quot;\U0001F511",
          "z\u00f6&lt;&amp;&#39;=&quot;\U0001F511"}) {
        CAPTURE(spelling);
        CHECK(redacted(redactor, std::string("<") + spelling + ">") == "<***>");
    }
    CHECK(redacted(knowing({"a:b=c d#e"}), R"(a\:b\=c\ d\#e)") == "***");
    CHECK(redacted(knowing({"hunter2"}), "%68%75%6E%74%65%72%32 %68%75%6e%74%65%72%32") == "*** ***");
}

TEST_CASE("colours in the midst of a secret, or between it and its key, do not show it") {
    Redactor redactor = knowing({"hunter2hunter", "dev"});
    CHECK(redacted(redactor, "\x1b[31mhunter2\x1b[0mhunter\x1b[0m.") == "\x1b[31m***\x1b[0m.");
    CHECK(redacted(redactor, "h\x1b[1;31mu\x1b[mn\x1b[Kter2hunter hunter2hunter") == "*** ***");
    CHECK(redacted(redactor, "hunter2\x1b[31m, hunter2\x1b[31mhunter") == "hunter2\x1b[31m, ***");
    CHECK(redacted(redactor, "{ password: \x1b[32m'dev'\x1b[39m }") == "{ password: \x1b[32m'***'\x1b[39m }");
    CHECK(redacted(redactor, "\x1b[34mpassword\x1b[0m=\x1b[32mdev\x1b[0m") ==
          "\x1b[34mpassword\x1b[0m=\x1b[32m***\x1b[0m");
    CHECK(redacted(redactor, "[dev] \x1b[32mdev\x1b[39m") == "[dev] \x1b[32mdev\x1b[39m");
    // However much is coloured before.
    std::string much;
    for (int i = 0; i < 200; ++i) much += "h\x1b[31mu\x1b[0mm ";
    CHECK(redacted(redactor, much + "hunter2\x1b[1mhunter") == much + "***");
}

TEST_CASE("the password of any URL is hidden, known or not") {
    Redactor redactor;
    CHECK(redacted(redactor, "postgres://me:hunter2@db:5432/shop") == "postgres://me:***@db:5432/shop");
    CHECK(redacted(redactor, "at mongodb+srv://me:a@b@c.d/x failed") ==
          "at mongodb+srv://me:***@c.d/x failed");
    CHECK(redacted(redactor, "\"redis://:pw@h\"") == "\"redis://:***@h\"");
    CHECK(redacted(redactor, "mysql://u:a/b?c@h/db\n") == "mysql://u:***@h/db\n");
    CHECK(redacted(redactor, "mongodb://u:p@h1:27017,h2:27017/x") == "mongodb://u:***@h1:27017,h2:27017/x");
    CHECK(redacted(redactor, "a://u:p@h b://v:q@i") == "a://u:***@h b://v:***@i");
    CHECK(redacted(redactor, "jdbc:sqlserver://h:1433;user=sa;password=Top;x=y") ==
          "jdbc:sqlserver://h:1433;user=sa;password=***;x=y");
    CHECK(redacted(redactor, "libsql://x.turso.io?authToken=eyJh.bGc&tls=1") ==
          "libsql://x.turso.io?authToken=***&tls=1");
    CHECK(redacted(redactor, R"("url":"postgres:\/\/me:hunter2@db\/shop")") ==
          R"("url":"postgres:\/\/me:***@db\/shop")");
}

TEST_CASE("URLs without a password stay as they are") {
    Redactor redactor;
    for (const char* text :
         {"https://registry.example.org:443/@scope/package", "http://localhost:3000/@vite/client",
          "postgres://me@db:5432/shop", "postgres://db/shop?host=/tmp", "http://[::1]:5432/x", "a://",
          "://:@", "see https://example.org/a:b and mail me@example.org", "postgres://me:@db/shop"}) {
        CAPTURE(text);
        CHECK(redacted(redactor, text) == text);
    }
}

TEST_CASE("a password that is also a word of the output is hidden only where it is a value") {
    Redactor redactor = knowing({"postgres", "dev", "shop", "1234"}, {"Shop"});
    CHECK(redacted(redactor, "engine postgres, database shop, dev, port 1234") ==
          "engine postgres, database shop, dev, port 1234");
    CHECK(redacted(redactor, "user=postgres password=postgres dbname=shop") ==
          "user=postgres password=*** dbname=shop");
    CHECK(redacted(redactor, "PGPASSWORD=dev") == "PGPASSWORD=***");
    CHECK(redacted(redactor, R"({"user": "shop", "password": "shop"})") ==
          R"({"user": "shop", "password": "***"})");
    CHECK(redacted(redactor, "{ password: '1234' }") == "{ password: '***' }");
    CHECK(redacted(redactor, "password=developer") == "password=developer");
    CHECK(redacted(redactor, "postgres://postgres:postgres@h/postgres") ==
          "postgres://postgres:***@h/postgres");
}

TEST_CASE("a name learned later makes a secret of the same value weak, and a connection tells all at once") {
    Connection connection;
    connection.engine = Engine::postgresql;
    connection.url = "postgres://shop_app:s%40les@db.internal/shopdb?sslpassword=keypass1";
    connection.user = "shop_app";
    connection.password = "s@les";
    connection.database = "shopdb";
    connection.host = "db.internal";
    Redactor redactor;
    redactor.add(connection);
    CHECK(redacted(redactor, "s@les s%40les keypass1 shop_app shopdb db.internal postgresql") ==
          "*** *** *** shop_app shopdb db.internal postgresql");
    CHECK(redacted(redactor, connection.url) == "postgres://shop_app:***@db.internal/shopdb?sslpassword=***");
    redactor.add_secret("hostname9");
    CHECK(redactor.redact("hostname9") == "***");
    redactor.add_name("hostname9");
    CHECK(redactor.redact("hostname9") == "hostname9");
}

TEST_CASE("the lines of a private key are hidden one by one") {
    std::string key =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBq7\nkR9s\n-----END PRIVATE KEY-----\n";
    Redactor redactor = knowing({key});
    CHECK(redacted(redactor, "a " + key + " b") == "a *** b");
    CHECK(redacted(redactor, "  MC4CAQAwBQYDK2VwBCIEIBq7\r\n") == "  ***\r\n");
}

TEST_CASE("a stream gives out what is certain and holds back only what may become a secret") {
    Redactor redactor = knowing({"hunter2hunter"});
    Redactor::Filter filter(redactor);
    std::string out;
    filter.feed("Password for hunt", out);
    CHECK(out == "Password for ");
    filter.feed("ing: ", out);
    CHECK(out == "Password for hunting: ");
    filter.feed("postgres://me:h", out);
    CHECK(out == "Password for hunting: postgres://");
    filter.feed("unter2@db ", out);
    CHECK(out == "Password for hunting: postgres://me:***@db ");
    filter.feed("hunter2hunter", out);
    filter.feed("hunter2hunte", out);
    CHECK(out == "Password for hunting: postgres://me:***@db ***");
    filter.finish(out);
    CHECK(out == "Password for hunting: postgres://me:***@db ***hunter2hunte");
}

TEST_CASE("a secret that repeats without end is not held back without end") {
    Redactor redactor = knowing({"aaaaaaaa"});
    Redactor::Filter filter(redactor);
    std::string out;
    for (int i = 0; i < 1000; ++i) filter.feed(std::string(1000, 'a'), out);
    CHECK(out == "***");
    filter.finish(out);
    CHECK(out == "***");
    // A URL without an end is given up after a while.
    std::string endless;
    Redactor::Filter second(redactor);
    for (int i = 0; i < 100; ++i) second.feed("x://u:" + std::string(1000, 'b'), endless);
    CHECK(endless.size() > 80'000);
}
