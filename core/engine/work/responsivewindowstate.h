// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/workparameters.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// What the set "responsive-window" does: one piece of work beside an event loop that wants to show a
/// frame every 16 ms, as that of a window does. Value.
struct ResponsiveWindowPlan {
    static constexpr int kFrameMs = 16; ///< about 60 frames a second
    static constexpr double kPaintMs = 0.5; ///< computing for each frame
    static constexpr int kFramesAround =
        5; ///< shown before the work (where it waits for that) and after

    double workMs = 3000; ///< calibrated CPU time
    double sliceMs = 5; ///< of a coroutine, before it lets others run; 0: never

    [[nodiscard]] static ResponsiveWindowPlan of(const WorkParameters &parameters);
};

/// The shared memory of the set.
struct ResponsiveWindowState {
    std::atomic<std::uint32_t> isDone; ///< 1: the work has ended
};

/// Says that the work has ended when its scope is left, however that happens.
class DoneNote
{
public:
    explicit DoneNote(ResponsiveWindowState &state)
        : m_state(state)
    {
    }
    ~DoneNote() { m_state.isDone.store(1, std::memory_order_release); }
    DoneNote(const DoneNote &) = delete;
    DoneNote &operator=(const DoneNote &) = delete;

private:
    ResponsiveWindowState &m_state;
};

} // namespace Interleave
