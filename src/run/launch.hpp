#pragma once
#include "model/error.hpp"
#include "run/descriptor.hpp"
#include "run/process.hpp"

namespace migrate {

/// A child that has been started: the leader of its own session and process group, which nobody waits for
/// yet, and our ends of its pipes.
struct Launched {
    int pid = -1;
    Descriptor out, err;
    Descriptor probe;  ///< empty where none was asked for
};

/// Starts the program of a spec. Errors: `tool.missing`, `file.missing` (its directory), `tool.failed` (the
/// system refused).
Result<Launched> launch(const ProcessSpec& spec);

}  // namespace migrate
