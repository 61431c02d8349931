// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/sharedrings.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

namespace Interleave
{

/// Calls back once when a stop is requested: for waits that no futex can end, such as an event loop's.
///
/// Its thread sleeps on the stop word and wakes for nothing else, so it leaves no trace on the cores.
/// Thread: made and destroyed by its owner; the callback runs on the watcher's own thread.
class StopWatcher
{
public:
    /// \param rings borrowed. \param stopped called at most once, at once when already requested.
    StopWatcher(const SharedRings &rings, std::function<void()> stopped);
    /// Waits for a callback that is under way.
    ~StopWatcher();
    StopWatcher(const StopWatcher &) = delete;
    StopWatcher &operator=(const StopWatcher &) = delete;

private:
    const SharedRings &m_rings;
    std::function<void()> m_stopped;
    std::atomic<std::uint32_t> m_done{0};
    std::thread m_thread; ///< last: it uses the others
};

} // namespace Interleave
