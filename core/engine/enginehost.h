// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"
#include "core/record/sharedrings.h"

#include <thread>

namespace Interleave
{

/// The whole of `interleave-engine`: a process that runs one task set and ends.
///
/// `--host --rings FD --control FD --messages FD [--units-per-ms X]`
///
///   started --Ready--> held (in read(2) on the control pipe) --one line of JSON--> runs --> Outcome, exit
///                        `-- end of file: exit
///
/// A run's parameter "cores" is obeyed first: the engine and all that it starts are then only on so many
/// of the cores that it may use.
/// Until it is released it has one thread, so that whoever observes it sees all that follows. The
/// kernel ends it with the thread that started it. When the control pipe is closed during the run, a
/// stop is requested. \return the exit code: 0 also for a run that failed, which the outcome tells;
/// 2 for wrong arguments.
int engineHostMain(int argc, char **argv);

/// Requests a stop when the control pipe reaches its end: whoever started the run is gone.
/// Its thread, "control", sleeps in poll(2) and wakes for nothing else. Thread: made and destroyed by
/// its owner.
class ControlWatcher
{
public:
    /// \param control,rings borrowed
    ControlWatcher(int control, const SharedRings &rings);
    ~ControlWatcher();
    ControlWatcher(const ControlWatcher &) = delete;
    ControlWatcher &operator=(const ControlWatcher &) = delete;

private:
    void watch() const;

    int m_control;
    const SharedRings &m_rings;
    UniqueFd m_end; ///< an eventfd
    std::thread m_thread; ///< last: it uses the others
};

} // namespace Interleave
