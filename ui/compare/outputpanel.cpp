// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/outputpanel.h"

#include <QElapsedTimer>
#include <QFontMetricsF>
#include <QLocale>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextCharFormat>
#include <QTextCursor>

#include <algorithm>

namespace Interleave
{

namespace
{
/// Of 255: how much of the text's colour is in that of standard error.
constexpr int kErrorTextShare = 110;
constexpr int kUpdateMs = 50;
constexpr qint64 kMostMs = 15; ///< of one batch: about a frame
} // namespace

OutputPanel::OutputPanel(QWidget *parent, int mostLines)
    : QPlainTextEdit(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
    , m_mostLines(std::size_t(std::max(mostLines, 1)))
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &OutputPanel::flush);
}

void OutputPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    setFont(theme.font);
    setTabStopDistance(QFontMetricsF(theme.font).horizontalAdvance(QStringLiteral("0000.000 s"))
                       + 12);
    forgetDocument();
    flush();
}

void OutputPanel::addLine(Line line)
{
    // One line is one block of the document, whatever a program prints.
    line.text.replace(u'\n', QChar(0x21b5)).replace(u'\r', u' ');
    line.text.replace(QChar(QChar::ParagraphSeparator), u' ');
    m_lines.push_back(std::move(line));
    if (m_lines.size() > m_mostLines) {
        m_lines.pop_front();
        m_shown -= std::min<std::size_t>(m_shown, 1);
        ++m_gone;
    }
    if (!m_timer.isActive())
        m_timer.start(kUpdateMs);
}

void OutputPanel::clearLines()
{
    m_timer.stop();
    m_lines.clear();
    m_gone = 0;
    forgetDocument();
}

void OutputPanel::forgetDocument()
{
    clear();
    m_shown = 0;
    m_blocks = 0;
    m_hasNotice = false;
}

void OutputPanel::flush()
{
    if (m_shown >= m_lines.size())
        return;
    QScrollBar *bar = verticalScrollBar();
    const bool follows = bar->value() >= bar->maximum();
    int place = bar->value(); // in lines, as they are not wrapped
    if (m_shown == 0)
        forgetDocument(); // nothing of it is left
    QTextCursor edit(document());
    edit.beginEditBlock();
    QElapsedTimer timer;
    timer.start();
    do {
        const std::size_t end = std::min(m_shown + std::size_t(kLeastShown), m_lines.size());
        write(m_shown, end);
        m_shown = end;
    } while (m_shown < m_lines.size() && timer.elapsed() < kMostMs);
    // What the user reads stays where it is, as long as it is there.
    place -= removeSurplus();
    place += writeNotice();
    edit.endEditBlock();
    bar->setValue(follows ? bar->maximum() : std::max(place, 0));
    if (m_shown < m_lines.size())
        m_timer.start(0); // after whatever the window has to do meanwhile
}

void OutputPanel::write(std::size_t first, std::size_t end)
{
    QTextCharFormat muted, name, text, alert, error, stream;
    muted.setForeground(m_theme.mutedText);
    text.setForeground(m_theme.text);
    alert.setForeground(m_theme.alert);
    // Halfway to the text: lines of the second stream are no failures.
    error.setForeground(
        QColor::fromRgb(Theme::blended(m_theme.alert.rgb(), m_theme.text.rgb(), kErrorTextShare)));
    stream.setForeground(error.foreground());
    stream.setFontWeight(QFont::DemiBold);
    name.setFontWeight(QFont::DemiBold);
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    bool isFirstBlock = document()->isEmpty();
    for (std::size_t i = first; i < end; ++i) {
        const Line &line = m_lines[i];
        if (!isFirstBlock)
            cursor.insertBlock();
        isFirstBlock = false;
        cursor.insertText(line.stamp + u'\t', muted);
        if (!line.name.isEmpty()) {
            name.setForeground(m_theme.taskColor(line.task));
            cursor.insertText(line.name + u'\t', name);
        }
        if (line.isError)
            cursor.insertText(tr("stderr") + u'\t', stream);
        cursor.insertText(line.text, line.isAlert ? alert : line.isError ? error : text);
        ++m_blocks;
    }
}

int OutputPanel::removeSurplus()
{
    if (m_blocks <= m_shown)
        return 0;
    const int surplus = int(m_blocks - m_shown);
    const int oldest = m_hasNotice ? 1 : 0;
    QTextCursor cursor(document()->findBlockByNumber(oldest));
    cursor.setPosition(document()->findBlockByNumber(oldest + surplus).position(),
                       QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    m_blocks = m_shown;
    return surplus;
}

int OutputPanel::writeNotice()
{
    if (m_gone == 0)
        return 0;
    const QLocale locale;
    const QString notice =
        tr("%1 earlier lines are gone: only the newest %2 are kept.")
            .arg(locale.toString(qulonglong(m_gone)), locale.toString(qulonglong(m_mostLines)));
    QTextCharFormat format;
    format.setForeground(m_theme.mutedText);
    format.setFontItalic(true);
    QTextCursor cursor(document());
    if (m_hasNotice) {
        cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        cursor.insertText(notice, format);
        return 0;
    }
    cursor.insertText(notice, format);
    cursor.insertBlock();
    m_hasNotice = true;
    return 1;
}

QString OutputPanel::secondsStamp(DurationNs sinceOrigin)
{
    return QStringLiteral("%1 s").arg(double(sinceOrigin) / double(kSecond), 0, 'f', 3);
}

} // namespace Interleave
