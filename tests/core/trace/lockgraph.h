// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/waitforgraph.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace Interleave
{

/// Locks 1 to 9, by default.
struct LockGraph : WaitForGraph {
    LockGraph()
    {
        for (ObjectId id = 1; id < 10; ++id)
            defineObject(id, ObjectKind::Lock, 0);
    }
    void take(TaskId task, ObjectId object) { acquire(task, object, AccessMode::Exclusive); }
    void want(TaskId task, ObjectId object, TimestampNs now = 0, bool isTimed = false)
    {
        wait(task, WaitReason::Lock, object, kNoTask, isTimed, now);
    }
    void await(TaskId task, TaskId awaited, TimestampNs now = 0)
    {
        wait(task, WaitReason::Join, kNoObject, awaited, false, now);
    }
};

/// "1 wants 2 of 2; 2 wants 1 of 1"
inline QString textOf(const std::optional<Deadlock> &deadlock)
{
    if (!deadlock)
        return QStringLiteral("none");
    QStringList texts;
    for (const WaitEdge &edge : deadlock->cycle)
        texts.append(
            QStringLiteral("%1 wants %2 of %3").arg(edge.waiter).arg(edge.object).arg(edge.holder));
    return texts.join(QStringLiteral("; "));
}

} // namespace Interleave
