// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace Interleave
{

/// The deadline of a wait that does not end by itself.
constexpr TimestampNs kNoDeadline = 0x7fffffffffffffffll;

/// The moment `patience` from now; never kNoDeadline, however long that is.
[[nodiscard]] inline TimestampNs deadlineAfter(DurationNs patience)
{
    const TimestampNs now = monotonicNow();
    return now + std::min(patience, kNoDeadline - 1 - now);
}

/// How a wait on a word ended.
enum class WaitEnd : std::uint8_t { Changed, Stopped, TimedOut };

/// Waits while `word` is `value`, until `stopWord` is not 0. Both may lie in shared memory.
/// Whoever changes `word` calls wakeWord() or wakeOne() after it.
/// \return true when the word has changed, false when stopped.
/// Source: futex_waitv(2), Linux 5.16: one sleep on both words. Where the kernel or a filter refuses
/// it, a futex wait on `word` that looks at `stopWord` every 20 ms.
bool waitWhileEqual(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                    const std::atomic<std::uint32_t> &stopWord);

/// The same until `deadline`. A word that has changed counts more than a stop, and a stop more than
/// the deadline: a wake-up that reached the caller is never reported as anything else.
WaitEnd waitWhileEqual(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                       const std::atomic<std::uint32_t> &stopWord, TimestampNs deadline);

/// Wakes everything that waits for `word`, in all processes.
void wakeWord(const std::atomic<std::uint32_t> &word);

/// Wakes the one that has waited longest for `word`, in whatever process.
void wakeOne(const std::atomic<std::uint32_t> &word);

} // namespace Interleave
