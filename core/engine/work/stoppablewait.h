// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// Waits while `word` is `value`, until `stopWord` is not 0. Both may lie in shared memory.
/// Whoever changes `word` calls wakeWord() after it.
/// \return true when the word has changed, false when stopped.
/// Source: futex_waitv(2), Linux 5.16: one sleep on both words. Where the kernel or a filter refuses
/// it, a futex wait on `word` that looks at `stopWord` every 20 ms.
bool waitWhileEqual(const std::atomic<std::uint32_t> &word, std::uint32_t value,
                    const std::atomic<std::uint32_t> &stopWord);

/// Wakes everything that waits for `word`, in all processes.
void wakeWord(const std::atomic<std::uint32_t> &word);

} // namespace Interleave
