// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace Interleave
{

/// How many units of calibrated work this engine does in a millisecond on this machine, as an earlier
/// run measured; 0 when unknown, or when the engine's file has another size or time of change than
/// then. Kept in the user's cache folder. Thread: any.
[[nodiscard]] std::uint64_t cachedCalibration(const std::string &enginePath);
void storeCalibration(const std::string &enginePath, std::uint64_t unitsPerMs);

} // namespace Interleave
