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

constexpr long kFallbackNs = 20'000'000;

/// One sleep until either word is no longer what it was. \return false when the kernel cannot.
bool waitOnBoth(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                const std::atomic<std::uint32_t> &stopWord)
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
    const long rc = syscall(SYS_futex_waitv, words, 2u, 0u, nullptr, CLOCK_MONOTONIC);
    if (rc >= 0 || errno == EAGAIN || errno == EINTR || errno == ETIMEDOUT)
        return true;
    refused.store(true, std::memory_order_relaxed);
#else
    (void)word;
    (void)value;
    (void)stopWord;
#endif
    return false;
}

} // namespace

bool waitWhileEqual(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                    const std::atomic<std::uint32_t> &stopWord)
{
    for (;;) {
        if (word.load(std::memory_order_acquire) != value)
            return true;
        if (stopWord.load(std::memory_order_acquire) != 0)
            return false;
        if (waitOnBoth(word, value, stopWord))
            continue;
        const timespec patience{0, kFallbackNs};
        syscall(SYS_futex, &word, FUTEX_WAIT, value, &patience, nullptr, 0);
    }
}

void wakeWord(const std::atomic<std::uint32_t> &word)
{
    syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

} // namespace Interleave
