// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/catalogue.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace Interleave
{

// A person's own task sets: files that are based on a built-in set, or start a command. The catalogue
// holds them after the built-in ones. Thread: any.

/// The group that they stand in: "Mine".
[[nodiscard]] QString ownGroup();
/// "mine/two-fast-sleepers" for "Two fast sleepers!": the slug of an own set with that title.
[[nodiscard]] QString ownSlug(const QString &title);

/// What stands below the title of a set that is based on a built-in one and says nothing of its own.
[[nodiscard]] QString derivedSummary(const TaskSet &builtIn);

/// Reads the text of a task-set file of any form of taskSetForms(). A built-in form must be that of a
/// set that this program has; it may offer less of it (fewer models, narrower limits), never more.
/// \param fileName  as messages shall name it. Errors: BadInput "FILE, line N: ...".
[[nodiscard]] Result<TaskSet> parseOwnTaskSet(const QByteArray &json, const QString &fileName,
                                              const Catalogue &catalogue);
/// The same of a file. Errors: also NotFound and Io.
[[nodiscard]] Result<TaskSet> readOwnTaskSet(const QString &path, const Catalogue &catalogue);
/// Every *.json in `folder` (which need not exist) and every file of `files` that exists, in the order
/// of their titles. One that cannot be used is there with its fault, after the others.
[[nodiscard]] std::vector<TaskSet> readOwnTaskSets(const QString &folder, const QStringList &files,
                                                   const Catalogue &catalogue);

/// The file of an own set: that of `set` with another title, model and values. `set` has the work of a
/// built-in one; what it says of its own (summary, look, question, answer) is kept.
/// \param builtIn  the set that it is based on.
[[nodiscard]] QByteArray ownTaskSetJson(const TaskSet &set, const TaskSet &builtIn,
                                        const QString &title, const QString &model,
                                        const QJsonObject &params);

/// Whether a set can be run without asking anybody. Errors: BadInput, its fault; Failed, for an own set
/// that starts a command: in the window that is asked about instead.
[[nodiscard]] Result<void> checkRunnable(const TaskSet &set);

} // namespace Interleave
