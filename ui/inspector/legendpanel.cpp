// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/legendpanel.h"

#include <QFontMetrics>
#include <QPainter>

namespace Interleave
{

namespace
{
constexpr int kMargin = 16;
constexpr int kSwatchWidth = 26;
} // namespace

LegendPanel::LegendPanel(QWidget *parent)
    : QWidget(parent)
    , m_rows{{Swatch::Solid, tr("running on a core")},
             {Swatch::Hatched, tr("ready, waiting for a core")},
             {Swatch::ThinLine, tr("waiting: I/O, sleep, join")},
             {Swatch::AlertLine, tr("blocked on a lock")},
             {Swatch::Dotted, tr("coroutine, suspended")},
             {Swatch::Hollow, tr("queued, not started")},
             {Swatch::Pale, tr("other programs")},
             {Swatch::Crossed, tr("records lost")},
             {Swatch::Diamond, tr("printed a line")}}
{
    setObjectName(QStringLiteral("legendPanel"));
    setAccessibleName(tr("Legend"));
    QStringList texts;
    for (const Row &row : m_rows)
        texts << row.text;
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void LegendPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    update();
}

int LegendPanel::rowHeight() const
{
    return QFontMetrics(m_theme.font).height() + 4;
}

int LegendPanel::headingHeight() const
{
    return QFontMetrics(m_theme.font).height() + 14;
}

QSize LegendPanel::sizeHint() const
{
    return {180, headingHeight() + rowHeight() * rowCount() + 10};
}

void LegendPanel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(kMargin, 0, width() - 2 * kMargin, 1), m_theme.line);
    QFont heading = m_theme.font;
    heading.setWeight(QFont::DemiBold);
    painter.setFont(heading);
    painter.setPen(m_theme.mutedText);
    painter.drawText(QRect(kMargin, 4, width() - 2 * kMargin, headingHeight() - 4),
                     int(Qt::AlignLeft | Qt::AlignVCenter), tr("Legend"));
    painter.setFont(m_theme.font);
    const QFontMetrics metrics(m_theme.font);
    int y = headingHeight();
    for (const Row &row : m_rows) {
        const QRectF sample(kMargin, y + (rowHeight() - 12) / 2.0, kSwatchWidth, 12);
        paintSwatch(painter, sample, row.swatch, m_theme.accent, m_theme);
        const QRect text(kMargin + kSwatchWidth + 10, y, width() - 2 * kMargin - kSwatchWidth - 10,
                         rowHeight());
        painter.setPen(m_theme.text);
        painter.drawText(text, int(Qt::AlignLeft | Qt::AlignVCenter),
                         metrics.elidedText(row.text, Qt::ElideRight, text.width()));
        y += rowHeight();
    }
}

} // namespace Interleave
