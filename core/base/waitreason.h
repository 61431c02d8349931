// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace Interleave
{

/// Why a thread or a coroutine waits.
enum class WaitReason : std::uint8_t {
    None = 0, ///< not known: just "blocked"
    Sleep, ///< a timer
    Lock,
    Io, ///< file, socket or pipe
    Child, ///< the end of a child process
    Join, ///< the end of a thread, or of all jobs of a pool
    Condition,
    Semaphore,
    Barrier,
    Queue, ///< an empty or full queue or channel
    Idle, ///< a pool worker or an event loop with nothing to do
    Yield, ///< a coroutine that lets the others run
    Await, ///< a coroutine that waits for another coroutine
    GlobalLock, ///< the one lock under which all threads of an interpreter run
    Connection, ///< a connection of a connection pool
    Event, ///< something that another task has yet to say (a promise, a latch)
    Futex, ///< a lock or a condition: the kernel sees only that it waits at an address (futex(2))
    Poll, ///< input, output or a timer, whichever comes first (poll(2), epoll(7), select(2))
};
constexpr std::uint8_t kWaitReasonCount = 18;

} // namespace Interleave
