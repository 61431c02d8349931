// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>

namespace Interleave
{

/// A parameter of a run as a person would read it: "work 400 ms" of work_ms. Empty when there is nothing
/// to say, as its value stands for "all that there are", "nothing" or "not at all". Thread: any.
[[nodiscard]] QString parameterText(const QString &name, const QJsonValue &value);

} // namespace Interleave
