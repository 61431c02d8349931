// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncfd.h"

#include <QObject>

#include <poll.h>

namespace Interleave
{

bool AsyncDescriptor::isReady(QSocketNotifier::Type type) const
{
    // An error counts as ready, too: whoever reads or writes then gets to know it.
    pollfd fd{m_fd, short(type == QSocketNotifier::Read ? POLLIN : POLLOUT), 0};
    return ::poll(&fd, 1, 0) > 0;
}

void AsyncDescriptor::arm(QSocketNotifier::Type type, WaitingCoroutine &waiting)
{
    Side &side = sideOf(type);
    side.waiting = &waiting;
    if (side.notifier) {
        side.notifier->setEnabled(true);
        return;
    }
    side.notifier = std::make_unique<QSocketNotifier>(m_fd, type);
    QObject::connect(side.notifier.get(), &QSocketNotifier::activated, side.notifier.get(),
                     [&side] {
                         side.notifier->setEnabled(false); // it would come again and again
                         // One that is not parked may have outlived its executor.
                         if (side.waiting && side.waiting->isParked())
                             side.waiting->executor->release(*side.waiting, kNoTask);
                     });
}

void AsyncDescriptor::disarm(QSocketNotifier::Type type, const WaitingCoroutine &waiting)
{
    Side &side = sideOf(type);
    if (side.waiting != &waiting)
        return;
    side.waiting = nullptr;
    side.notifier->setEnabled(false);
}

} // namespace Interleave
