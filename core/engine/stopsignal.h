// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"
#include "core/engine/stopwatcher.h"

#include <sys/eventfd.h>

namespace Interleave
{

/// A descriptor that becomes readable once a stop is requested: for poll(2) and for notifiers,
/// which cannot wait for a futex. It is inherited on purpose, so that worker processes wait for it,
/// too, by the same number; whatever else is started meanwhile should not mind.
class StopSignal
{
public:
    /// \param rings borrowed.
    explicit StopSignal(const SharedRings &rings)
        : m_fd(eventfd(0, EFD_NONBLOCK))
        , m_watcher(rings, [fd = m_fd.get()] { eventfd_write(fd, 1); })
    {
    }

    /// -1 when the system gave none.
    [[nodiscard]] int fd() const { return m_fd.get(); }

private:
    UniqueFd m_fd;
    StopWatcher m_watcher; ///< last: it uses the descriptor
};

} // namespace Interleave
