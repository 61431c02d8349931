// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/run/resourcefolder.h"
#include "core/taskset/taskset.h"

#include <QJsonObject>
#include <QString>

namespace Interleave
{

// What a set that starts a program starts on this machine. All of it reads files, and some writes
// them: that is the collector's affair, never that of the thread that draws. Thread: any, one at a
// time.

/// The program of a set (TaskSet::command): that of commandOf(), with the Python examples on the
/// disk, and with their interpreter. What its words do not name is not looked for.
/// \param params  checked. Errors: those of examplesFolder().
[[nodiscard]] Result<CommandSpec> programOf(const TaskSet &set, const QJsonObject &params,
                                            const QString &cache = ResourceFolder::defaultCache());

/// Where the Python examples are: the files of the resource ":/python/examples" on the disk, kept in
/// the cache as resourcefolder.h says. It is not the folder of the Python helper: that is on the path
/// of the programs that are recorded, where nothing else may be found.
/// Errors: NotFound when this build has no examples, Io.
[[nodiscard]] Result<QString> examplesFolder(const QString &cache = ResourceFolder::defaultCache());

/// The Python that the examples are started with: the first python3 in PATH that is machine code. A
/// script that comes before it is left out: that of a version manager starts some forty processes
/// before it becomes Python, and all of them would be in the picture. Where there are only scripts it
/// is the first of those; where there is nothing, "python3".
[[nodiscard]] QString pythonInterpreter();

} // namespace Interleave
