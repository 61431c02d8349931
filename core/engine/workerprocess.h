// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/timestamp.h"

#include <QProcess>

#include <memory>
#include <string>

namespace Interleave
{

class EngineRun;
class Workload;

/// A child process, ready to be started, that runs one task of the run in interleave-worker, or in
/// interleave-qt-worker where the set needs Qt.
///
/// The child shares the engine's standard streams and inherits, by number, the rings, the message
/// pipe and the board: a modifier clears their close-on-exec flag in the child. The modifier does
/// nothing else: the starting thread is held until the child has called exec (CLONE_VFORK). What may hold
/// a password (kSecretParameter) is in its environment and not among its arguments.
[[nodiscard]] std::unique_ptr<QProcess> makeWorkerProcess(const EngineRun &run,
                                                          const Workload &workload, int index);

struct CpuTime {
    DurationNs user = 0;
    DurationNs system = 0;
};

/// The CPU time of one child after the other, from the sum that the kernel keeps of all that were
/// reaped (getrusage(2), RUSAGE_CHILDREN): QProcess reaps one child and tells of its end in one go.
///
/// The kernel's peak of memory is of no use here: at exec it takes over that of the engine, in whose
/// memory the child was started (CLONE_VM).
class ReapedCpu
{
public:
    ReapedCpu(); ///< from now on
    /// Of the children reaped since the last call.
    [[nodiscard]] CpuTime take();

private:
    CpuTime m_total;
};

/// What the end of a child means for its task. Tells ProcessEnded, adds to the run's tally, and prints a
/// line when it did not end as it should.
void tellProcessEnd(EngineRun &run, int index, qint64 pid, int code, QProcess::ExitStatus status,
                    CpuTime cpu);
/// The same for a child that main has ended on purpose: its task is cancelled, and nothing has failed.
void tellProcessKilled(EngineRun &run, int index, qint64 pid, int signal, CpuTime cpu);
void tellProcessStart(EngineRun &run, int index, qint64 pid);

} // namespace Interleave
