// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/stopwatcher.h"

#include "core/engine/work/kernelname.h"
#include "core/engine/work/stoppablewait.h"

#include <system_error>
#include <utility>

namespace Interleave
{

StopWatcher::StopWatcher(const SharedRings &rings, std::function<void()> stopped)
    : m_rings(rings)
    , m_stopped(std::move(stopped))
{
    try {
        m_thread = std::thread([this] {
            setKernelName("stop-watch");
            if (!waitWhileEqual(m_done, 0, m_rings.header().stopWord))
                m_stopped();
        });
    } catch (const std::system_error &) {
        // The system gives no thread more: the ladder of signals still ends such a run.
    }
}

StopWatcher::~StopWatcher()
{
    m_done.store(1, std::memory_order_release);
    wakeWord(m_done);
    if (m_thread.joinable())
        m_thread.join();
}

} // namespace Interleave
