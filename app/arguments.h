// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/timestamp.h"
#include "core/sched/observer.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What was asked for on the command line. Value.
struct Arguments {
    enum class Command { Window, List, Run, Compare, Record, Attach, Stats, Doctor, Help, Version };
    Command command = Command::Window;
    QString subject; ///< task set, its file, or trace file
    QString model;
    QStringList models;
    std::vector<std::pair<QString, QString>> params;
    int repeat = 1;
    QStringList outs;
    bool json = false;
    bool schema = false; ///< list: of task-set files, instead of the sets
    std::optional<Source> source;
    QSize size{1600, 900};
    qreal scale = 1.0;
    QString theme;
    QStringList words; ///< record: the command and its arguments, untouched: see textOfBytes()
    bool askPython = true; ///< record: the helper is loaded into Python programs
    bool showLocks = false; ///< record: and tells of their waits for locks and queues
    bool follow = false; ///< record: go on until what the command left running has ended, too
    pid_t pid = 0; ///< attach: of the process
    DurationNs longest = 0; ///< record, attach: end the recording after that; 0: as long as it runs
    QString help; ///< text for Help
    bool measureStart = false; ///< end after the first frame: for the benchmark of the start
};

/// Reads the command line, each word as textOfBytes() has it. Of `record`, everything from "--" on, or from
/// the first word that is no option on, is the command, whatever it looks like. Errors: BadInput, one
/// sentence, with the nearest valid word.
[[nodiscard]] Result<Arguments> parseArguments(const QStringList &words);

} // namespace Interleave
