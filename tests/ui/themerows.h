// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QTest>

namespace Interleave
{

/// Test data: a row for each theme, as int(Theme::Kind) in the column "kind".
inline void addRowPerTheme()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("light") << int(Theme::Kind::Light);
    QTest::newRow("dark") << int(Theme::Kind::Dark);
    QTest::newRow("projector") << int(Theme::Kind::Projector);
}

} // namespace Interleave
