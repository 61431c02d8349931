// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/workload.h"

#include <memory>
#include <vector>

namespace Interleave
{

// The sets of makeSharingWorkload(), one a file.
[[nodiscard]] std::unique_ptr<Workload> makePermits(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeProducerConsumer(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeReadersWriter(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makePhilosophers(const EngineRun &run);

/// How equal the shares are: 1 when all are, 1/n when one has everything, 0 when nobody has any.
/// Source: Jain, Chiu, Hawe 1984, "A Quantitative Measure of Fairness".
[[nodiscard]] double jainFairness(const std::vector<double> &shares);

/// For results: milliseconds with three decimals.
[[nodiscard]] double roundedMs(DurationNs duration);

} // namespace Interleave
