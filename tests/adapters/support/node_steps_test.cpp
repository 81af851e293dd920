#include "adapters/support/node_steps.hpp"

using namespace migrate;

TEST_CASE("names of new migrations become safe for files and classes") {
    CHECK(node::safe_name("add email to users").value() == "add_email_to_users");
    CHECK(node::safe_name("--all; rm -rf /").value() == "all_rm_-rf");
    CHECK(node::safe_name("../x").value() == "x");
    CHECK(node::safe_name("add-users").value() == "add-users");
    CHECK(node::safe_name("//").error().code == "usage");
}

TEST_CASE("a child gets the parts of its connection under the names that its configuration reads") {
    TargetSource source;
    source.field_variables = {
        {"host", {"DB_HOST", "PGHOST"}}, {"password", {"DB_PASS"}}, {"user", {"DB_USER"}}};
    Target target;
    target.connection.host = "db.test";
    target.connection.password = "s3cret";
    Step step;
    node::pass_fields(step, source, target);
    CHECK(step.env.at("DB_HOST").value == "db.test");
    CHECK_FALSE(step.env.at("DB_HOST").secret);
    CHECK(step.env.at("DB_PASS").secret);
    CHECK_FALSE(step.env.contains("DB_USER"));
}
