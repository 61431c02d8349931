// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/bodies.h"

#include <string_view>

namespace Interleave
{

/// Exit codes of a worker, by which the engine host knows how its task ended.
constexpr int kWorkerFinished = 0;
constexpr int kWorkerBadArguments = 2;
constexpr int kWorkerCancelled = 3;
constexpr int kWorkerFailed = 4;

/// The only argument of a worker that ends at once: what its process costs without a task.
constexpr char kWorkerDoesNothing[] = "--nothing";

/// The parameter that may hold a password does not stand in a worker's arguments, which everybody on the
/// machine can read, but in this variable of its environment, which only its owner can.
constexpr char kSecretParameter[] = "database";
constexpr char kSecretVariable[] = "INTERLEAVE_DATABASE";

/// The whole of `interleave-worker`: one task of a set in a process of its own.
///
/// `--rings FD --messages FD --slug S --task ID --index I --count N --name NAME --units-per-ms X
/// [--board FD] [name=value]...`
/// and, where it is not among the arguments, the parameter kSecretParameter from the environment.
/// It records into a ring of the run, and the kernel ends it with the thread that started it.
/// No Qt: loading Qt Core would cost 2 ms a start (performance.md, section 3).
/// \param find the body of a set by its slug, or nullptr
int workerMain(int argc, char **argv, BlockingBody (*find)(std::string_view) = blockingBody);

} // namespace Interleave
