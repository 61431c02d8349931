// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/waitforgraph.h"

#include <cstddef>
#include <optional>
#include <string>

namespace Interleave
{

namespace
{

[[nodiscard]] std::optional<ObjectKind> kindOf(const Trace &trace, ObjectId id)
{
    const ObjectInfo *object = trace.findObject(id);
    return object ? std::optional(object->kind) : std::nullopt;
}

/// "fork 2", "a worker of the pool", "the end of Bob"
std::string wantedText(const Trace &trace, const WaitEdge &edge)
{
    if (edge.object == kNoObject)
        return "the end of " + trace.taskName(edge.holder);
    const std::string name = trace.objectName(edge.object);
    const std::optional<ObjectKind> kind = kindOf(trace, edge.object);
    if (kind == ObjectKind::Pool)
        return "a worker of " + name;
    if (kind == ObjectKind::Semaphore)
        return "a permit of " + name;
    return kind == ObjectKind::Connections ? "a connection of " + name : name;
}

/// "query 1", "query 1 and 4 more"
std::string withOthers(const std::string &name, std::size_t count)
{
    return count > 1 ? name + " and " + std::to_string(count - 1) + " more" : name;
}

std::string leakText(const Trace &trace, const Deadlock &deadlock)
{
    std::string text;
    for (std::size_t i = 0; i + 1 < deadlock.cycle.size(); ++i) {
        const WaitEdge &edge = deadlock.cycle[i];
        text += trace.taskName(edge.waiter) + " waits for " + wantedText(trace, edge);
        if (edge.object != kNoObject)
            text += ", held by " + trace.taskName(edge.holder);
        text += "; ";
    }
    const WaitEdge &last = deadlock.cycle.back();
    text += withOthers(trace.taskName(last.waiter), deadlock.leakWaiters);
    text += deadlock.leakWaiters > 1 ? " wait for " : " waits for ";
    text += wantedText(trace, last) + ": ";
    return text + withOthers(trace.taskName(last.holder), deadlock.leakHolders)
        + " ended without giving it back";
}

} // namespace

std::string deadlockText(const Trace &trace, const Deadlock &deadlock)
{
    if (deadlock.isLeak && !deadlock.cycle.empty())
        return leakText(trace, deadlock);
    std::string text;
    const std::size_t count = deadlock.cycle.size();
    for (std::size_t i = 0; i < count; ++i) {
        const WaitEdge &edge = deadlock.cycle[i];
        const WaitEdge &before = deadlock.cycle[(i + count - 1) % count];
        if (!text.empty())
            text += "; ";
        text += trace.taskName(edge.waiter);
        if (before.object != kNoObject) {
            const bool isWorker = kindOf(trace, before.object) == ObjectKind::Pool;
            text += (isWorker ? " has " : " holds ") + wantedText(trace, before) + " and";
        }
        text += " waits for " + wantedText(trace, edge);
        if (edge.object != kNoObject)
            text += ", held by " + trace.taskName(edge.holder);
    }
    return text;
}

} // namespace Interleave
