// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/stoppablewait.h"

#include <cerrno>
#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr DurationNs kFallbackNs = 20 * kMillisecond;

timespec toTimespec(std::int64_t ns)
{
    return {time_t(ns / kSecond), long(ns % kSecond)};
}

/// One sleep until either word is no longer what it was, or until the deadline.
/// \return false when the kernel cannot.
bool waitOnBoth(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                const std::atomic<std::uint32_t> &stopWord, TimestampNs deadline)
{
#if defined(SYS_futex_waitv) && defined(FUTEX_32)
    static std::atomic<bool> refused{false};
    if (refused.load(std::memory_order_relaxed))
        return false;
    futex_waitv words[2] = {};
    words[0].val = value;
    words[0].uaddr = reinterpret_cast<std::uintptr_t>(&word);
    words[0].flags = FUTEX_32;
    words[1].val = 0;
    words[1].uaddr = reinterpret_cast<std::uintptr_t>(&stopWord);
    words[1].flags = FUTEX_32;
    timespec until = toTimespec(deadline);
    timespec *const timeout = deadline == kNoDeadline ? nullptr : &until; // absolute
    const long rc = syscall(SYS_futex_waitv, words, 2u, 0u, timeout, CLOCK_MONOTONIC);
    if (rc >= 0 || errno == EAGAIN || errno == EINTR || errno == ETIMEDOUT)
        return true;
    refused.store(true, std::memory_order_relaxed);
#else
    (void)word;
    (void)value;
    (void)stopWord;
    (void)deadline;
#endif
    return false;
}

} // namespace

bool waitWhileEqual(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                    const std::atomic<std::uint32_t> &stopWord)
{
    return waitWhileEqual(word, value, stopWord, kNoDeadline) == WaitEnd::Changed;
}

WaitEnd waitWhileEqual(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                       const std::atomic<std::uint32_t> &stopWord, TimestampNs deadline)
{
    for (;;) {
        if (word.load(std::memory_order_acquire) != value)
            return WaitEnd::Changed;
        if (stopWord.load(std::memory_order_acquire) != 0)
            return WaitEnd::Stopped;
        DurationNs left = kFallbackNs;
        if (deadline != kNoDeadline) {
            left = deadline - monotonicNow();
            if (left <= 0)
                return WaitEnd::TimedOut;
        }
        if (waitOnBoth(word, value, stopWord, deadline))
            continue;
        const timespec patience = toTimespec(std::min(left, kFallbackNs));
        syscall(SYS_futex, &word, FUTEX_WAIT, value, &patience, nullptr, 0);
    }
}

void wakeWord(const std::atomic<std::uint32_t> &word)
{
    syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void wakeOne(const std::atomic<std::uint32_t> &word)
{
    syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

} // namespace Interleave
