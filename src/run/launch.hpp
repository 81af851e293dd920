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
    Descriptor probe;  ///< of descriptor 3; empty where none was asked for
};

/// Starts the program of a spec. Errors: `tool.missing`, `file.missing` (its directory), `tool.failed` (the
/// system refused). With `talk` descriptor 3 is a socket that both sides read and write, not a pipe to us.
Result<Launched> launch(const ProcessSpec& spec, bool talk = false);

}  // namespace migrate
