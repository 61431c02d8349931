// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/networkstate.h"

namespace Interleave
{

/// Fetches one URL of S13, or has one request of S10 answered, by whatever client. \return Finished
/// to go on with the next one.
using FetchOne = TaskStatus (*)(TaskContext &context, NetworkState &state, int number);

/// A task of S13: each of its URLs over a connection from the pool, which it waits for. It has the
/// URL of its number, or, where there are fewer tasks than URLs, a batch: every n-th one from there
/// on.
[[nodiscard]] TaskStatus fetchUrls(TaskContext &context, FetchOne fetchUrl);
/// The same for a task of S10: each of its requests when there is a permit.
[[nodiscard]] TaskStatus sendRequests(TaskContext &context, FetchOne sendRequest);

} // namespace Interleave
