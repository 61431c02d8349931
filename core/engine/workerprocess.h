// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QProcess>

#include <memory>
#include <string>

namespace Interleave
{

class EngineRun;
class Workload;

/// A child process, ready to be started, that runs one task of the run in interleave-worker.
///
/// The child shares the engine's standard streams and inherits, by number, the rings, the message
/// pipe and the board: a modifier clears their close-on-exec flag in the child. The modifier does
/// nothing else: the starting thread is held until the child has called exec (CLONE_VFORK).
[[nodiscard]] std::unique_ptr<QProcess> makeWorkerProcess(const EngineRun &run,
                                                          const Workload &workload, int index);

/// What the end of a child means for its task. Tells ProcessEnded, too, and adds to the run's tally.
void tellProcessEnd(EngineRun &run, int index, qint64 pid, int code, QProcess::ExitStatus status);
void tellProcessStart(EngineRun &run, int index, qint64 pid);

} // namespace Interleave
