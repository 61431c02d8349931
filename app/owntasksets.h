// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/catalogue.h"

#include <QJsonObject>
#include <QString>

#include <vector>

namespace Interleave
{

// Where a person's own task-set files are: in a folder of the user's data, and wherever else one was
// opened, which the settings remember. All of it reads and writes files: in the window it is done by
// OwnSetsWorker. Thread: any, one at a time.

/// The folder; it need not exist.
[[nodiscard]] QString ownTaskSetFolder();
/// Reads all of them into the catalogue, in place of those that it had.
void addOwnTaskSets(Catalogue &catalogue);
/// The own sets among those of a catalogue.
[[nodiscard]] std::vector<TaskSet> ownTaskSets(const Catalogue &catalogue);

/// Where a set with that title is saved: the file of the own set that is called so, else a new one in
/// the folder.
[[nodiscard]] QString ownTaskSetPath(const Catalogue &catalogue, const QString &title);
/// Writes `set` with another title, model and values to a temporary file and renames it to `path`; a
/// file that was there stays as it is when anything fails. Errors: BadInput, Io.
Result<void> saveOwnTaskSet(const Catalogue &catalogue, const TaskSet &set, const QString &title,
                            const QString &model, const QJsonObject &params, const QString &path);
/// Checks a file and remembers it, so that addOwnTaskSets() finds it. Errors: those of readOwnTaskSet().
Result<void> openOwnTaskSet(const Catalogue &catalogue, const QString &path);
/// Deletes the file of an own set in the folder; one that was opened from elsewhere is only forgotten.
/// Errors: Io.
Result<void> removeOwnTaskSet(const TaskSet &set);

} // namespace Interleave
