// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/taskcontext.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace Interleave
{

/// The work of one task of a set, as plain code that blocks its thread: what threads, pool jobs,
/// worker processes and the sequential model run. It may throw; the caller makes that a failure.
using BlockingBody = TaskStatus (*)(TaskContext &);

/// The body of a set by its slug, or nullptr. To add a set: one file with its body, one line in
/// bodies.cpp.
[[nodiscard]] BlockingBody blockingBody(std::string_view slug);
/// The slugs that have a body, the hidden test sets included.
[[nodiscard]] std::vector<std::string_view> bodySlugs();

/// Runs a body; an exception becomes a failure with its text.
TaskStatus runGuarded(BlockingBody body, TaskContext &context);
/// Begin, the body (under the run's global lock, if it has one), and the end that fits its status.
TaskStatus runRecorded(BlockingBody body, TaskContext &context);

/// 64 well mixed bits of a seed and up to three numbers, the same on every machine.
/// Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
[[nodiscard]] std::uint64_t mixed(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0,
                                  std::uint64_t c = 0);
/// mixed() as a fraction in [0, 1).
[[nodiscard]] double mixedFraction(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0,
                                   std::uint64_t c = 0);

// The bodies, by set.
TaskStatus twoSleepersBody(TaskContext &context);
TaskStatus mainKeepsGoingBody(TaskContext &context);
TaskStatus namedWorkersBody(TaskContext &context);
TaskStatus primesBody(TaskContext &context);
TaskStatus ioOrCpuBody(TaskContext &context);
TaskStatus oversubscriptionBody(TaskContext &context);
TaskStatus poolSaturationBody(TaskContext &context);
TaskStatus spawnCostBody(TaskContext &context);
TaskStatus orderingBody(TaskContext &context);
TaskStatus permitsBody(TaskContext &context);
TaskStatus producerConsumerBody(TaskContext &context);
TaskStatus readersWriterBody(TaskContext &context);
TaskStatus philosophersBody(TaskContext &context);
TaskStatus stragglerBody(TaskContext &context);
TaskStatus lostUpdateBody(TaskContext &context);
TaskStatus lockCostBody(TaskContext &context);
TaskStatus deadlockBody(TaskContext &context);
TaskStatus sharedOrNotBody(TaskContext &context);
TaskStatus manyRequestsBody(TaskContext &context);
TaskStatus asyncHttpBody(TaskContext &context);
TaskStatus clientsAndServerBody(TaskContext &context);
TaskStatus fileIoBody(TaskContext &context);
TaskStatus pipelineBody(TaskContext &context);
TaskStatus mapReduceBody(TaskContext &context);
TaskStatus globalLockBody(TaskContext &context);
TaskStatus falseSharingBody(TaskContext &context);
TaskStatus niceLevelsBody(TaskContext &context);
TaskStatus amdahlBody(TaskContext &context);
TaskStatus joinOrderBody(TaskContext &context);
TaskStatus gatherBody(TaskContext &context);
TaskStatus blockingCallBody(TaskContext &context);
TaskStatus responsiveWindowBody(TaskContext &context);
TaskStatus testCrashBody(TaskContext &context);
TaskStatus testIgnoreTermBody(TaskContext &context);
TaskStatus testHangBody(TaskContext &context);
TaskStatus testStormBody(TaskContext &context);

} // namespace Interleave
