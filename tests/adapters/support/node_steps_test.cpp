#include "adapters/support/node_steps.hpp"

using namespace migrate;

TEST_CASE("names of new migrations become safe for files and classes") {
    CHECK(node::safe_name("add email to users").value() == "add_email_to_users");
    CHECK(node::safe_name("--all; rm -rf /").value() == "all_rm_-rf");
    CHECK(node::safe_name("../x").value() == "x");
    CHECK(node::safe_name("add-users").value() == "add-users");
    CHECK(node::safe_name("//").error().code == "usage");
}
