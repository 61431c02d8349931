// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/taskcontext.h"

namespace Interleave
{

/// The work of one task of the set "database", as plain code that blocks its thread: the query of its
/// number, or, where there are fewer tasks than queries, every n-th one from there on. Each takes a
/// connection from the pool, asks, and gives it back, or not (DatabasePlan::leaks).
///
/// Not among the bodies of core/engine/work, which know no Qt: worker processes that run it are
/// interleave-qt-worker.
[[nodiscard]] TaskStatus databaseBody(TaskContext &context);

} // namespace Interleave
