// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace Interleave
{

// What a set that starts a program starts. Thread: any.

/// "examples": what stands in braces for the folder of the Python examples.
[[nodiscard]] QString examplesPlaceholder();
/// "python": what stands in braces for the interpreter of the Python examples.
[[nodiscard]] QString pythonPlaceholder();
/// What stands in braces in the words of a program, without the braces and each once: "examples",
/// "python", and names of parameters.
[[nodiscard]] QStringList placeholdersOf(const CommandSpec &command);

/// The program of a set (TaskSet::command), with the values in its words: "{tasks}" becomes that of the
/// parameter "tasks", and stays part of one word, whatever the value is. The words of a file of one's
/// own are taken as they stand.
/// \param params  checked. \param examplesFolder  in place of {examples}. \param python  in place of
/// {python}; the default is for words that are shown: setprogram.h finds the one to be started.
[[nodiscard]] CommandSpec commandOf(const TaskSet &set, const QJsonObject &params,
                                    const QString &examplesFolder,
                                    const QString &python = QStringLiteral("python3"));

} // namespace Interleave
