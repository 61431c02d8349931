// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/sync/semaphore.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace Interleave
{

/// The numbers of the set "permits".
constexpr ObjectId kPermitsObject = 1;

struct PermitsPlan {
    int tasks = 12;
    int permits = 3;
    DurationNs hold = 0;
    bool usesLockFiles = false; ///< as far as the parameter goes; only processes can
};
[[nodiscard]] PermitsPlan permitsPlan(const WorkParameters &parameters);

/// What the tasks of the set "permits" share. All bytes 0 is its initial state. Thread: any.
struct PermitsState {
    SemaphoreState permits;
    std::atomic<std::uint32_t> inside; ///< how many hold a permit right now, by their own count
    std::atomic<std::uint32_t> mostInside;
    /// Of the lock files; empty: the semaphore is used. Written before the first task starts.
    std::array<char, 256> folder;

    void enter();
    void leave();
};

/// The lock file of a permit, from 0.
[[nodiscard]] std::string permitFile(const std::string &folder, int permit);

} // namespace Interleave
