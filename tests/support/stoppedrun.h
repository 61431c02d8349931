// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"
#include "tests/support/setrun.h"

#include <QTest>

#include <memory>
#include <optional>

namespace Interleave::Support
{

/// How many tasks, without main, wait for input or output as far as the trace knows.
inline int waitingForIo(const Trace &trace)
{
    const TraceSnapshot now(trace);
    int waiting = 0;
    for (TrackIndex i = 0; i < TrackIndex(trace.trackCount()); ++i) {
        const Track &track = trace.track(i);
        if (track.kind != TrackKind::Task)
            continue;
        const TaskRange *const range = trace.rangeOf(track.task);
        if (!range || range->kind == TaskKind::Main)
            continue;
        const std::optional<Slice> open = now.openSlice(i);
        if (!open || open->reason != WaitReason::Io)
            continue;
        if (open->state == SliceState::Blocked || open->state == SliceState::Suspended)
            ++waiting;
    }
    return waiting;
}

/// Stops the run of a set as soon as so many of its tasks are seen to wait for input or output. The
/// test has registered RunReport and the pointer to a constant Trace as metatypes.
/// \return nothing when they never were, or the run did not end
inline std::optional<RunReport> stoppedRun(const QByteArray &slug, const QByteArray &model,
                                           const Params &params, int waiting)
{
    constexpr int kPatienceMs = 20'000;
    static const Catalogue catalogue = Catalogue::load().value();
    RunRequest request;
    request.set = catalogue.named(QString::fromLatin1(slug)).value();
    request.model = QString::fromLatin1(model);
    request.params = checkedParameters(request.set, params).value();
    RunController controller;
    QSignalSpy started(&controller, &RunController::started);
    QSignalSpy finished(&controller, &RunController::finished);
    controller.start(request);
    if (started.isEmpty() && !started.wait(kPatienceMs))
        return std::nullopt;
    const auto trace = started.first().first().value<std::shared_ptr<const Trace>>();
    const bool haveWaited = QTest::qWaitFor(
        [&] { return !finished.isEmpty() || waitingForIo(*trace) >= waiting; }, kPatienceMs);
    controller.stop();
    if ((finished.isEmpty() && !finished.wait(kPatienceMs)) || !haveWaited)
        return std::nullopt;
    return finished.first().first().value<RunReport>();
}

/// Whether the engine ended by itself once it was asked to, and not by the ladder's signals: those come
/// after half a second, in which a sanitized process also looks for leaks, and everything else may take
/// the cores. A wait that was sat out ends by SIGKILL.
inline bool isStoppedInTime(const RunReport &report)
{
#ifdef __SANITIZE_ADDRESS__
    const bool isSlow = true;
#else
    const bool isSlow = !disturbance(report).isEmpty();
#endif
    return report.message == QStringLiteral("stopped on request")
        || (isSlow && report.message.startsWith(QStringLiteral("stopped"))
            && !report.message.contains(QStringLiteral("SIGKILL")));
}

} // namespace Interleave::Support
