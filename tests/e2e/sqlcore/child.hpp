#pragma once
#include "tests/e2e/sqlcore/repo.hpp"
#include "tests/support/child.hpp"

namespace migrate::test {

inline void wait_for_silence(const Repo& repo) {
    wait_for_silence(repo.connection);
}

}  // namespace migrate::test
