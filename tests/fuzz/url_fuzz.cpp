// Any bytes as the place of a database: no crash, errors that show nothing of it, a display without the
// password, and a reading that does not change when it is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "target/host_facts.hpp"
#include "target/level.hpp"
#include "target/url.hpp"

using namespace migrate;

namespace {

void check(std::string_view text, const UrlContext& context) {
    auto connection = parse_url(text, context);
    if (!connection) {
        const Error& error = connection.error();
        if (error.code != "target.unresolved") std::abort();
        // The messages' own words hold no '@'; every URL with a password does.
        if ((error.message + error.hint).find('@') != std::string::npos) std::abort();
        return;
    }
    if (!connection->engine || connection->port < 0 || connection->port > 65535) std::abort();
    for (const auto* field :
         {&connection->host, &connection->database, &connection->user, &connection->socket})
        if (field->find('\0') != std::string::npos) std::abort();
    // What is shown does not depend on what is secret.
    Connection bare = *connection;
    bare.user = bare.password = bare.url = "";
    if (display(bare) != display(*connection)) std::abort();
    auto again = parse_url(connection->url, context);
    if (!again || !same_place(*again, *connection) || again->password != connection->password) std::abort();
    Target target;
    target.connection = *connection;
    LevelFacts facts;
    facts.root = "/repo";
    facts.temporary = "/tmp";
    if (decide_level(target, facts).evidence.empty()) std::abort();
    if (!connection->host.empty()) managed_service(connection->host);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, {});
    for (Engine engine : {Engine::postgresql, Engine::mysql, Engine::sqlite, Engine::libsql, Engine::mssql})
        check(text, {engine, "/repo/app"});
    for (SqliteForm form : {SqliteForm::dbmate, SqliteForm::sequelize}) check(text, {{}, "/repo", form});
    return 0;
}
