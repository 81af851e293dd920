#include "tests/adapters/support/project.hpp"

using namespace migrate;

TEST_CASE("every verb of every version of the four Node tools has an answer") {
    const std::pair<Tool, std::vector<const char*>> tools[] = {
        {Tool::knex, {"0.95.0", "2.0.0", "2.5.1", "3.1.0", "3.2.0", "3.3.0", "4.0.0"}},
        {Tool::typeorm, {"0.2.30", "0.2.45", "0.3.0", "0.3.7", "0.3.31", "1.1.1"}},
        {Tool::sequelize, {"5.5.1", "6.0.0", "6.2.0", "6.4.1", "6.6.5"}},
        {Tool::migrate_mongo, {"8.2.3", "11.0.0", "12.0.0", "12.1.3", "13.0.0", "14.0.7"}},
    };
    for (const auto& one : tools)
        for (const char* version : one.second)
            for (Verb verb : all_verbs()) {
                const Tool tool = one.first;
                CAPTURE(to_string(tool));
                CAPTURE(version);
                CAPTURE(to_string(verb));
                const Row* row = support(adapter_of(tool), verb, parse_version(version));
                REQUIRE(row);
                if (row->how == How::native) CHECK_FALSE(row->argv.empty());
                if (row->how != How::native) CHECK_FALSE(row->note.empty());
                if (row->how == How::unsupported) CHECK_FALSE(row->next.empty());
            }
}
