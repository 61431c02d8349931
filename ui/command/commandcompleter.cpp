// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandcompleter.h"

#include "ui/command/commandadvice.h"

#include <QAbstractItemView>
#include <QLineEdit>
#include <QStringListModel>

namespace Interleave
{

CommandCompleter::CommandCompleter(QLineEdit *line)
    : QCompleter(line)
    , m_line(line)
    , m_words(new QStringListModel(this))
{
    setModel(m_words);
    setCompletionMode(QCompleter::PopupCompletion);
    setCaseSensitivity(Qt::CaseSensitive); // as file names are
    setMaxVisibleItems(10);
    line->setCompleter(this);
}

void CommandCompleter::offer(const QStringList &words)
{
    const bool isComplete = words.size() == 1 && words.first() == lastWordOf(m_line->text()).text;
    const bool isNew = words != m_words->stringList();
    if (isNew)
        m_words->setStringList(words);
    if (words.isEmpty() || isComplete) {
        popup()->hide(); // also what was offered for a part of the word
    } else if (!isNew) {
        return;
    } else if (m_line->hasFocus() && m_line->cursorPosition() == m_line->text().size()) {
        // It is a window of its own, to which neither the theme's colours nor its rules come.
        popup()->setPalette(m_line->palette());
        if (popup()->styleSheet() != m_line->window()->styleSheet())
            popup()->setStyleSheet(m_line->window()->styleSheet());
        setCompletionPrefix(m_line->text());
        complete();
    }
}

QStringList CommandCompleter::splitPath(const QString &path) const
{
    return {lastWordOf(path).text};
}

QString CommandCompleter::pathFromIndex(const QModelIndex &index) const
{
    const QString line = m_line->text();
    return line.left(lastWordOf(line).start) + quotedWord(index.data(Qt::EditRole).toString());
}

} // namespace Interleave
