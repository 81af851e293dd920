// What takes seconds of the process runner's tests: the others stand in tests/run.
#include "run/process.hpp"
#include "tests/support/program.hpp"

using namespace migrate;

TEST_CASE("a gigabyte of output neither stops the program nor fills the memory") {
    ProcessSpec spec;
    spec.argv = {(test::program_path().parent_path() / "tests" / "misbehave").string(), "flood",
                 "1000000000"};
    spec.cwd = "/";
    long lines = 0;
    ProcessResult result = run_process(spec, [&](const OutputLine&) { ++lines; });
    CHECK(result.ok());
    CHECK(result.out.bytes == 1'000'000'000);
    CHECK(lines == 100'000);
}
