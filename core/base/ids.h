// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace Interleave
{

/// A task of a run: the unit of work a person thinks in. Dense from 1; given by the engine host.
using TaskId = std::uint32_t;
/// No task: a thread that runs, but not on behalf of any task.
constexpr TaskId kNoTask = 0;

/// Index into Trace::thread(): one life of a kernel thread (a reused tid gets a new index).
using ThreadIndex = std::uint32_t;
constexpr ThreadIndex kNoThread = 0xffffffffu;

/// Index into Trace::process(): one life of a process.
using ProcessIndex = std::uint32_t;
constexpr ProcessIndex kNoProcess = 0xffffffffu;

/// Logical processor number as the kernel counts it.
using CoreId = std::uint16_t;
constexpr CoreId kNoCore = 0xffffu;

/// Index into Trace::track().
using TrackIndex = std::uint32_t;
constexpr TrackIndex kNoTrack = 0xffffffffu;

} // namespace Interleave
