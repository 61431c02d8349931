// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QPlainTextEdit>
#include <QTimer>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace Interleave
{

/// Lines as they come: the output of the tasks, or the log. Append-only; the oldest go when there are
/// more than kMostLines, and a first line says how many have gone. Stays at the end unless the user has
/// scrolled up. GUI thread.
///
/// Lines are kept and shown in batches, so that a chatty run costs a few updates a second, and no batch
/// keeps the window from answering: of very many lines the later ones are shown in later batches.
class OutputPanel : public QPlainTextEdit
{
    Q_OBJECT

public:
    static constexpr int kMostLines = 100'000;
    static constexpr int kLeastShown = 1000;

    struct Line {
        QString stamp; ///< "0.300 s", or the time of day in the log
        QString name; ///< of the task; may be empty
        TaskId task = kNoTask; ///< gives the name its colour
        QString text;
        bool isAlert = false;
        bool isError =
            false; ///< came out of standard error: has its own tint, and a word before it
    };

    /// \param mostLines that are kept, at least 1.
    explicit OutputPanel(QWidget *parent = nullptr, int mostLines = kMostLines);

    void setTheme(const Theme &theme);
    void addLine(Line line);
    void clearLines();
    /// Shows what is still held back, or, of more than kLeastShown lines, a first part: the others follow
    /// by themselves. Else done 20 times a second.
    void flush();
    [[nodiscard]] int lineCount() const { return int(m_lines.size()); }
    /// Lines that were too many and are gone.
    [[nodiscard]] std::uint64_t goneCount() const { return m_gone; }

    /// "0.300 s" for a time since the origin.
    [[nodiscard]] static QString secondsStamp(DurationNs sinceOrigin);

private:
    void forgetDocument();
    /// Puts the lines from `first` up to before `end` behind what the document has.
    void write(std::size_t first, std::size_t end);
    /// Takes the oldest blocks away until there are as many as lines that are shown. \return how many.
    int removeSurplus();
    /// Writes the line that says how many lines have gone, or brings it up to date. \return how many
    /// blocks that added.
    int writeNotice();

    Theme m_theme;
    std::size_t m_mostLines;
    std::deque<Line> m_lines;
    std::size_t m_shown = 0; ///< how many of m_lines the document has
    std::size_t m_blocks = 0; ///< of the document, without the notice
    std::uint64_t m_gone = 0;
    bool m_hasNotice = false; ///< the document's first block says what has gone
    QTimer m_timer;
};

} // namespace Interleave
