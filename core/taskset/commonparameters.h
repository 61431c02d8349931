// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

namespace Interleave
{

/// Adds the parameters that every built-in set has, behind its own; one that the set defines itself
/// stays as it is. Thread: any.
///
/// "cores": on how many of its cores the engine may run, 0: on all. The engine host obeys it before it
/// starts anything (core/engine/enginehost.h). What else sets have in common (tasks, seed,
/// start_stagger_ms) stands in their files, because it does not make sense for all of them.
void addCommonParameters(TaskSet &set);

} // namespace Interleave
