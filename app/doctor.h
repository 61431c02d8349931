// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

namespace Interleave
{

/// What this machine allows, why not more, and the one command that would improve it. Opens perf
/// events for a moment (1 to 2 ms), and asks python3, where there is one, what it is (some 20 ms).
[[nodiscard]] QJsonObject examineMachine();
/// The same for a person.
[[nodiscard]] QString doctorText(const QJsonObject &findings);

} // namespace Interleave
