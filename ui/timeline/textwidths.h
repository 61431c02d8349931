// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QFontMetricsF>
#include <QHash>
#include <QString>

namespace Interleave
{

/// Widths of texts in one font, remembered: measuring a name costs more than drawing its slice.
/// Thread: one owner.
class TextWidths
{
public:
    void setFont(const QFont &font)
    {
        if (font == m_font)
            return;
        m_font = font;
        m_widths.clear();
    }

    [[nodiscard]] qreal of(const QString &text)
    {
        if (const auto found = m_widths.constFind(text); found != m_widths.constEnd())
            return *found;
        if (m_widths.size() > kMostRemembered)
            m_widths.clear();
        const qreal width = QFontMetricsF(m_font).horizontalAdvance(text);
        m_widths.insert(text, width);
        return width;
    }

private:
    static constexpr qsizetype kMostRemembered = 10'000;

    QFont m_font;
    QHash<QString, qreal> m_widths;
};

} // namespace Interleave
