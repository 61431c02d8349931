// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart/chartview.h"

#include "ui/chart/chartscene.h"
#include "ui/timeline/scenepainter.h"

#include <QPainter>
#include <QSizePolicy>
#include <QStringList>

#include <cmath>

namespace Interleave
{

namespace
{

constexpr int kUsualWidthPx = 220;

} // namespace

ChartView::ChartView(const Chart &chart, const Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_chart(chart)
    , m_theme(theme)
{
    setObjectName(QStringLiteral("chart"));
    setAccessibleName(m_chart.title);
    const QStringList words = chartWords(m_chart);
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    // Escaped, as names of models may come from a file.
    setToolTip(words.join(u'\n').toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

QSize ChartView::sizeHint() const
{
    return {kUsualWidthPx, heightForWidth(kUsualWidthPx)};
}

int ChartView::heightForWidth(int width) const
{
    return int(std::ceil(chartScene(m_chart, m_theme, width).size.height()));
}

void ChartView::paintEvent(QPaintEvent *)
{
    QPainter painter(this); // the panel's own background shows through
    paintScene(chartScene(m_chart, m_theme, width()), painter);
}

} // namespace Interleave
