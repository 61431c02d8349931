// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slice.h"

namespace Interleave
{

const char *sliceStateName(SliceState state)
{
    switch (state) {
    case SliceState::Running:
        return "running";
    case SliceState::Runnable:
        return "runnable";
    case SliceState::Blocked:
        return "blocked";
    case SliceState::Suspended:
        return "suspended";
    case SliceState::Queued:
        return "queued";
    case SliceState::Lost:
        return "lost";
    case SliceState::Sampled:
        return "sampled";
    case SliceState::Unknown:
        return "unknown";
    case SliceState::Others:
        return "others";
    case SliceState::Held:
        return "held";
    }
    return "unknown";
}

const char *waitReasonName(WaitReason reason)
{
    switch (reason) {
    case WaitReason::None:
        return "";
    case WaitReason::Sleep:
        return "sleep";
    case WaitReason::Lock:
        return "lock";
    case WaitReason::Io:
        return "io";
    case WaitReason::Child:
        return "child";
    case WaitReason::Join:
        return "join";
    case WaitReason::Condition:
        return "condition";
    case WaitReason::Semaphore:
        return "semaphore";
    case WaitReason::Barrier:
        return "barrier";
    case WaitReason::Queue:
        return "queue";
    case WaitReason::Idle:
        return "idle";
    case WaitReason::Yield:
        return "yield";
    case WaitReason::Await:
        return "await";
    case WaitReason::GlobalLock:
        return "global lock";
    case WaitReason::Connection:
        return "connection";
    case WaitReason::Event:
        return "event";
    case WaitReason::Futex:
        return "futex";
    case WaitReason::Poll:
        return "poll";
    }
    return "";
}

} // namespace Interleave
