// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QString>

#include <utility>
#include <vector>

namespace Interleave
{

// How runs of programs are spoken of. Thread: any.

/// "SIGKILL"; "signal 42" where the system has no name for it.
[[nodiscard]] QString signalWords(int signal);
/// "status 3", "SIGKILL", "not known".
[[nodiscard]] QString exitWords(const CommandReport &command);
/// "ended with status 3 after 2.1 s", "ended by SIGKILL after 2.1 s", "was not started: there is ...",
/// "still ran after 2.1 s"; and what it left running, in a second sentence. For a run with a command.
[[nodiscard]] QString commandEndWords(const RunReport &report);
/// Whether that is worth more than a line in the status bar: it did not end with status 0, or left
/// something running.
[[nodiscard]] bool isEndRemarkable(const RunReport &report);
/// "It said: a.py: no such table": the last line that it wrote to standard error, of those that the
/// report has, without what is not text, and of at most 160 characters. Empty when it wrote none,
/// and unless it ended with a status other than 0. For a run with a command.
[[nodiscard]] QString lastErrorWords(const RunReport &report);
/// The process that was started or attached to; nullptr when none is known.
[[nodiscard]] const ProcessReport *rootProcess(const CommandReport &command);

/// What a page of numbers says of it beside the numbers of all runs: key and value.
[[nodiscard]] std::vector<std::pair<QString, QString>> commandFacts(const CommandReport &command);
/// What pictures say beside the note of their source: "helper on", "attached to 4711".
[[nodiscard]] QString commandStamp(const CommandReport &command);

/// A command line for one line of the window: what is beyond 60 characters is left out.
[[nodiscard]] QString shortCommand(const QString &text);

} // namespace Interleave
