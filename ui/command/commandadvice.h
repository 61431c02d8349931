// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace Interleave
{

// What is said of a command line while it is typed. Thread: any; what looks at files may take as long as
// a slow disk does: not on the GUI thread (see CommandAdvisor).

/// The last word of a command line, finished or not.
struct LastWord {
    qsizetype start = 0; ///< where it begins in the line; the line's length when none has begun
    QString text; ///< without its quotes; a ~ at its start is still one
    bool isProgram = true; ///< it is the first one
};
[[nodiscard]] LastWord lastWordOf(const QString &line);
/// A word as it is written into a line; one that begins with ~/ keeps it outside of the quotes.
[[nodiscard]] QString quotedWord(const QString &word);

/// At most this many are offered: whoever types goes on typing.
constexpr int kMostCompletions = 200;
/// What the last word of the line may become: programs of PATH for the first one, else files and folders
/// (these with a / at the end), in alphabetical order. Nothing for a word that has not begun.
/// \param folder  what relative paths are relative to; empty: the current one.
[[nodiscard]] QStringList completionsOf(const QString &line, const QString &folder);

/// One sentence about a command that could be started.
struct CommandVerdict {
    QString sentence;
    bool isFault = false; ///< it would not start
    bool operator==(const CommandVerdict &) const = default;
};
[[nodiscard]] CommandVerdict verdictOn(const QString &line, const QString &folder,
                                       const QString &inputFile);

} // namespace Interleave
