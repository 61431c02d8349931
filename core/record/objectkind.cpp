// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/objectkind.h"

namespace Interleave
{

const char *objectKindName(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Lock:
        return "lock";
    case ObjectKind::ReadWriteLock:
        return "read-write lock";
    case ObjectKind::Semaphore:
        return "semaphore";
    case ObjectKind::Condition:
        return "condition";
    case ObjectKind::Barrier:
        return "barrier";
    case ObjectKind::Latch:
        return "latch";
    case ObjectKind::Channel:
        return "channel";
    case ObjectKind::Pool:
        return "pool";
    case ObjectKind::Connections:
        return "connections";
    case ObjectKind::Counter:
        return "counter";
    case ObjectKind::GlobalLock:
        return "global lock";
    }
    return "lock";
}

std::optional<ObjectKind> objectKindNamed(std::string_view word)
{
    for (int kind = 0; kind < kObjectKindCount; ++kind) {
        if (word == objectKindName(ObjectKind(kind)))
            return ObjectKind(kind);
    }
    return std::nullopt;
}

bool isHeld(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Lock:
    case ObjectKind::ReadWriteLock:
    case ObjectKind::Semaphore:
    case ObjectKind::Connections:
    case ObjectKind::GlobalLock:
        return true;
    case ObjectKind::Condition:
    case ObjectKind::Barrier:
    case ObjectKind::Latch:
    case ObjectKind::Channel:
    case ObjectKind::Pool: // its workers' own tracks show who has them
    case ObjectKind::Counter:
        break;
    }
    return false;
}

} // namespace Interleave
