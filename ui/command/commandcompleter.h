// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCompleter>
#include <QStringList>

class QLineEdit;
class QStringListModel;

namespace Interleave
{

/// Completes the last word of a command line, with what it is given to choose from. GUI thread.
class CommandCompleter : public QCompleter
{
    Q_OBJECT

public:
    /// Becomes the completer, and a child, of the line.
    explicit CommandCompleter(QLineEdit *line);

    /// Words for the last one of the line, and shows them while the line has the focus; none: nothing is
    /// offered.
    void offer(const QStringList &words);

    [[nodiscard]] QStringList splitPath(const QString &path) const override;
    /// The whole line, with the last word completed.
    [[nodiscard]] QString pathFromIndex(const QModelIndex &index) const override;

private:
    QLineEdit *m_line;
    QStringListModel *m_words;
};

} // namespace Interleave
