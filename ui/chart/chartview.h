// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/chart.h"
#include "ui/theme/theme.h"
#include "ui/timeline/scenewidget.h"

namespace Interleave
{

/// A chart as a widget; its accessible description has the numbers. GUI thread.
class ChartView final : public SceneWidget
{
    Q_OBJECT

public:
    ChartView(const Chart &chart, const Theme &theme, QWidget *parent = nullptr);
};

} // namespace Interleave
