// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/legendpanel.h"

#include "ui/timeline/scenepainter.h"

#include <QFontMetrics>
#include <QPainter>
#include <QStringList>

#include <utility>

namespace Interleave
{

namespace
{
constexpr int kMargin = 16;
constexpr qreal kSwatchPx = 36; ///< the form and the room behind it
} // namespace

LegendPanel::LegendPanel(QWidget *parent)
    : QWidget(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
{
    setObjectName(QStringLiteral("legendPanel"));
    setAccessibleName(tr("Legend"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setEntries({});
}

void LegendPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    update();
}

void LegendPanel::setRuns(const std::vector<RunView> &runs)
{
    m_legend.update(runs);
    std::vector<LegendEntry> entries = m_legend.entries();
    if (entries != m_entries)
        setEntries(std::move(entries));
}

void LegendPanel::setEntries(std::vector<LegendEntry> entries)
{
    m_entries = std::move(entries);
    QStringList texts;
    for (const LegendEntry &entry : m_entries)
        texts << entry.text;
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
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
    if (m_entries.empty())
        return {180, 0};
    return {180, headingHeight() + rowHeight() * int(m_entries.size()) + 10};
}

void LegendPanel::paintEvent(QPaintEvent *)
{
    if (m_entries.empty())
        return;
    const int inner = width() - 2 * kMargin;
    Scene scene;
    scene.rect(QRectF(kMargin, 0, inner, 1), m_theme.line);
    QFont heading = m_theme.font;
    heading.setWeight(QFont::DemiBold);
    scene.label(QRectF(kMargin, 4, inner, headingHeight() - 4), tr("Legend"), heading,
                m_theme.mutedText);
    int y = headingHeight();
    const QFontMetricsF metrics(m_theme.font);
    for (const LegendEntry &entry : m_entries) {
        const bool fits =
            metrics.horizontalAdvance(entry.text) <= inner - kSwatchPx * m_theme.scale;
        drawLegendEntry(scene, entry, QRectF(kMargin, y, inner, rowHeight()),
                        fits ? m_theme.font : m_theme.smallFont, m_theme);
        y += rowHeight();
    }
    QPainter painter(this); // the panel's own background shows through
    paintScene(scene, painter);
}

} // namespace Interleave
