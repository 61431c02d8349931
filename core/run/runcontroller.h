// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/taskset/commandspec.h"
#include "core/taskset/taskset.h"

#include <QObject>

#include <cstddef>
#include <memory>
#include <optional>

namespace Interleave
{

struct RunRequest {
    /// One that starts a program (TaskSet::command) has that found out when it is started: see
    /// setprogram.h. Whether a file's may be started has been asked before (checkRunnable()).
    TaskSet set;
    QString model;
    QJsonObject params; ///< checked
    /// Not a task set: this program is started and recorded; `set` then only gives the titles.
    std::optional<CommandSpec> command;
    /// Nor this: the process with that number, which runs already, is recorded; it is never ended.
    std::optional<pid_t> attachTo;
    /// 0: as long as it runs (of a task set: at most 60 s).
    DurationNs longest = 0;
    /// A recording that needs more memory than that, in bytes, is ended as by stop().
    std::size_t largestTrace = std::size_t(4) << 30;
    /// Of a command: when nothing of it has moved for so long, a standstill is suspected. Longer than
    /// programs usually wait for each other, and not longer than a person waits for them (S19 of the
    /// catalogue).
    DurationNs standstillAfter = 5 * kSecond;
    std::optional<Source> source; ///< nothing: the best there is
    bool background =
        false; ///< engine in a session of its own with autogroup 19 (the window's default)
    bool keepSpare = false; ///< start the next engine host ahead
};

/// Runs task sets and commands, one at a time: starts (or takes the spare) engine host, or a command's
/// launcher, observes it, releases it, collects, and ends it by the StopLadder, reaping everything.
///
/// Lives on the caller's thread; the work is done on one permanent thread of its own, the collector,
/// which also is the parent of every engine host. Signals arrive on the owner's thread.
class RunController : public QObject
{
    Q_OBJECT

public:
    explicit RunController(QObject *parent = nullptr);
    ~RunController() override;

    [[nodiscard]] bool isRunning() const;
    /// Starts an engine host ahead, so that the next start() only has to observe and release it.
    void prepare(bool background);
    /// Only while nothing runs; a second call is refused with finished(Failed).
    void start(const RunRequest &request);
    /// Ends the run as cancelled, also one whose engine is still getting ready: then there is no
    /// started(). Does nothing when none runs.
    void stop();

signals:
    /// The engine is observed and released; the trace grows from now on.
    void started(std::shared_ptr<const Interleave::Trace> trace);
    void linePrinted(const Interleave::PrintedLine &line);
    /// Tasks of the run wait for each other in a circle: that in words. The run is left so for as
    /// long as its parameter deadlock_shown_ms says (else 2 s), and then ended as deadlocked; a
    /// person's own program is left as it is.
    void deadlockFound(const QString &text);
    /// Of a command or an attached process: nothing of it has moved for so long, and all that is known
    /// of why its threads wait speaks for a deadlock (see StandstillWatch). It is left as it is. Once in
    /// each such stretch, and always followed by standstillOver().
    void standstillSuspected(Interleave::DurationNs quiet);
    /// Something of it has moved again; or, without `hasMoved`, nobody looks any more: the deadlock is
    /// certain now, it is being stopped, or its recording ends.
    void standstillOver(bool hasMoved);
    /// Once for every start().
    void finished(const Interleave::RunReport &report);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Interleave
