// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace Interleave
{

/// A person's own program: what is started, and how. Value. Thread: any.
struct CommandSpec {
    /// Where its standard output and error go.
    enum class Streams {
        Captured, ///< read, stamped and shown line by line (the window)
        Kept, ///< the recording program's own (`interleave record`)
        ToError ///< both to the recording program's standard error (`record --json`)
    };

    /// The program and its arguments, as it gets them: no shell is involved. Bytes that are no UTF-8 as
    /// textOfBytes() has them.
    QStringList words;
    QString folder; ///< where it runs; empty: the current one
    QStringList environment; ///< "NAME=value" is set, "NAME" alone is removed
    QString inputFile; ///< its standard input; empty: nothing (Captured) or the recorder's own
    Streams streams = Streams::Captured;
    bool askPython = true; ///< the helper tells names and asyncio tasks of Python programs
    bool showLocks = false; ///< and their waits for locks and queues
    /// Go on until everything that it left running has ended, too. Else those have a second.
    bool follow = false;

    [[nodiscard]] bool isEmpty() const { return words.isEmpty(); }
    /// "python3 my script.py" quoted so that splitCommandLine() reads the same words from it; bytes that
    /// are no UTF-8 so that bash(1) does.
    [[nodiscard]] QString text() const;
    /// What is remembered and written into reports: {"words", "folder", "environment", "input_file",
    /// "ask_python", "show_locks", "follow"}; values of variables whose names speak of secrets (TOKEN,
    /// PASSWORD, SECRET, KEY) as "...", and bytes that are no UTF-8 as "\xff".
    [[nodiscard]] QJsonObject toJson() const;
    /// Reads what toJson() wrote. Errors: BadInput, naming the key.
    [[nodiscard]] static Result<CommandSpec> fromJson(const QJsonObject &json);
    bool operator==(const CommandSpec &) const = default;
};

/// Cuts a line that a person typed into words: blanks separate, '…', "…" and backslash quote as in
/// sh(1), ~ at the start of a word is the home folder. No shell is started: variables and patterns are
/// not expanded, and an unquoted | & ; < > or backquote is refused with the sentence that says how to ask
/// for a shell. Errors: BadInput, with the column.
[[nodiscard]] Result<QStringList> splitCommandLine(const QString &line);
/// The opposite: quoted where it is needed. See CommandSpec::text().
[[nodiscard]] QString joinCommandLine(const QStringList &words);

/// Where the program is: `word` itself when it has a slash (from `folder` on), else looked for in PATH.
/// Errors: NotFound ("there is no program fooo in PATH; ..."), BadInput for a folder or a file that
/// is not executable (a Python script: with the words that would run it).
[[nodiscard]] Result<QString> findProgram(const QString &word, const QString &folder);

/// The words that run a file that was dropped on the window: a script by its interpreter (*.py:
/// python3), an executable by itself. Errors: BadInput when it is neither.
[[nodiscard]] Result<QStringList> commandForFile(const QString &path);

} // namespace Interleave
