// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <functional>

namespace Interleave
{

/// Reads the "predict" of a task set. Tells each fault with the path of its member ("predict/kind") and
/// goes on with an empty value.
[[nodiscard]] Prediction
readPrediction(const QJsonValue &value,
               const std::function<void(const QString &path, const QString &sentence)> &fail);

} // namespace Interleave
