// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/outputpanel.h"

#include <QFontMetricsF>
#include <QScrollBar>
#include <QTextCharFormat>
#include <QTextCursor>

#include <algorithm>

namespace Interleave
{

OutputPanel::OutputPanel(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setMaximumBlockCount(kMostLines);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_timer.setSingleShot(true);
    m_timer.setInterval(50);
    connect(&m_timer, &QTimer::timeout, this, &OutputPanel::flush);
}

void OutputPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    setFont(theme.font);
    setTabStopDistance(QFontMetricsF(theme.font).horizontalAdvance(QStringLiteral("0000.000 s"))
                       + 12);
    clear();
    m_shown = 0;
    flush();
}

void OutputPanel::addLine(Line line)
{
    // One line is one block of the document, whatever a program prints.
    line.text.replace(u'\n', QChar(0x21b5)).replace(u'\r', u' ');
    line.text.replace(QChar(QChar::ParagraphSeparator), u' ');
    m_lines.push_back(std::move(line));
    if (m_lines.size() > std::size_t(kMostLines)) {
        m_lines.pop_front();
        m_shown -= std::min<std::size_t>(m_shown, 1);
    }
    if (!m_timer.isActive())
        m_timer.start();
}

void OutputPanel::clearLines()
{
    m_timer.stop();
    m_lines.clear();
    m_shown = 0;
    clear();
}

void OutputPanel::flush()
{
    if (m_shown >= m_lines.size())
        return;
    QScrollBar *bar = verticalScrollBar();
    const bool follows = bar->value() >= bar->maximum();
    const int place = bar->value();
    write(m_shown);
    m_shown = m_lines.size();
    bar->setValue(follows ? bar->maximum() : place);
}

void OutputPanel::write(std::size_t first)
{
    QTextCharFormat muted, name, text, alert;
    muted.setForeground(m_theme.mutedText);
    text.setForeground(m_theme.text);
    alert.setForeground(m_theme.alert);
    name.setFontWeight(QFont::DemiBold);
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.beginEditBlock();
    bool isFirstBlock = document()->isEmpty();
    for (std::size_t i = first; i < m_lines.size(); ++i) {
        const Line &line = m_lines[i];
        if (!isFirstBlock)
            cursor.insertBlock();
        isFirstBlock = false;
        cursor.insertText(line.stamp + u'\t', muted);
        if (!line.name.isEmpty()) {
            name.setForeground(m_theme.taskColor(line.task));
            cursor.insertText(line.name + u'\t', name);
        }
        cursor.insertText(line.text, line.isAlert ? alert : text);
    }
    cursor.endEditBlock();
}

QString OutputPanel::secondsStamp(DurationNs sinceOrigin)
{
    return QStringLiteral("%1 s").arg(double(sinceOrigin) / double(kSecond), 0, 'f', 3);
}

} // namespace Interleave
