// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart/chartview.h"

#include "ui/chart/chartscene.h"

#include <QStringList>

namespace Interleave
{

namespace
{

constexpr int kUsualWidthPx = 220;

} // namespace

ChartView::ChartView(const Chart &chart, const Theme &theme, QWidget *parent)
    : SceneWidget([chart, theme](qreal widthPx) { return chartScene(chart, theme, widthPx); },
                  kUsualWidthPx, parent)
{
    setObjectName(QStringLiteral("chart"));
    setAccessibleName(chart.title);
    const QStringList words = chartWords(chart);
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    // Escaped, as names of models may come from a file.
    setToolTip(words.join(u'\n').toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
}

} // namespace Interleave
