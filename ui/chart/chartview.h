// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/chart.h"
#include "ui/theme/theme.h"

#include <QWidget>

namespace Interleave
{

/// A chart as a widget, as high as its width asks for; its accessible description has the numbers.
/// GUI thread.
class ChartView : public QWidget
{
    Q_OBJECT

public:
    ChartView(const Chart &chart, const Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Chart m_chart;
    Theme m_theme;
};

} // namespace Interleave
