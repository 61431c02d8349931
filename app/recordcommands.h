// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/arguments.h"
#include "core/base/result.h"
#include "core/base/timestamp.h"

#include <QString>

namespace Interleave
{

/// Starts a command, records it and all that it starts, and writes what was asked for. The command keeps
/// the standard streams and the terminal, so that nothing is said while it runs but that it perhaps stands
/// still; with --json both of its output streams go to standard error, and the document alone to standard
/// output. Else a summary follows on standard error.
///
/// SIGINT and SIGQUIT are the command's, which a terminal sends them to; two within a second end it and all
/// that it has started, by the StopLadder, and so does one SIGTERM or SIGHUP. Those that were ignored from
/// the start (nohup) stay so. What was recorded is written in any case.
/// \return the command's own status, or 126 or 127, see CommandReport::shellStatus(); ExitOwnFailure;
/// ExitInterrupted when it was stopped before it had begun.
/// Needs a QCoreApplication; thread: its own.
[[nodiscard]] int record(const Arguments &arguments);

/// Records a process that runs already, with its threads and what it starts from now on, until it ends,
/// the time is over, or SIGINT, SIGTERM, SIGHUP or SIGQUIT come. It is never ended.
/// \return ExitDone; ExitBadUsage when there is no such process; ExitNotAllowed when it may not be
/// observed; ExitInterrupted after a signal; ExitRunFailed.
[[nodiscard]] int attach(const Arguments &arguments);

/// Says on standard error that a program perhaps stands still: one line.
/// \param progress that is shown now (see showProgress()), and goes on below it; may be empty.
void tellStandstill(DurationNs quiet, const QString &progress);

/// Whether this user may observe a process. Errors: NotFound (it does not exist, has ended, or is a thread
/// of another one), NotAllowed. Source: the kernel lets one observe whom one may look into
/// (ptrace(2), PTRACE_MODE_READ), or everybody with CAP_PERFMON: perf_event_open(2).
[[nodiscard]] Result<void> checkAttachable(pid_t pid);

} // namespace Interleave
