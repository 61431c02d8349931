// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

namespace Interleave
{

/// Rules for the parts that only the main window has (chip, banner, inspector's box, fields with a
/// slider); to be appended to Theme::styleSheet(). Knows no colour but the theme's.
[[nodiscard]] QString windowStyleSheet(const Theme &theme);

} // namespace Interleave
