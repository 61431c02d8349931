// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/statewords.h"

#include "ui/timeline/legend.h"
#include "ui/timeline/threadtitle.h"

#include <QCoreApplication>

#include <cmath>

namespace Interleave
{

namespace
{

struct Words {
    Q_DECLARE_TR_FUNCTIONS(StateWords)
public:
    static QString blocked(WaitReason reason)
    {
        switch (reason) {
        case WaitReason::None:
            return tr("blocked");
        case WaitReason::Sleep:
            return tr("sleeping");
        case WaitReason::Lock:
            return tr("blocked on a lock");
        case WaitReason::Io:
            return tr("waiting for I/O");
        case WaitReason::Child:
            return tr("waiting for a child process");
        case WaitReason::Join:
            return tr("waiting for others to finish");
        case WaitReason::Condition:
            return tr("waiting for a condition");
        case WaitReason::Semaphore:
            return tr("waiting for a semaphore");
        case WaitReason::Barrier:
            return tr("waiting at a barrier");
        case WaitReason::Queue:
            return tr("waiting for a queue");
        case WaitReason::Idle:
            return tr("idle, nothing to do");
        case WaitReason::Yield:
            return tr("gave way to others");
        case WaitReason::Await:
            return tr("awaiting another coroutine");
        case WaitReason::GlobalLock:
            return tr("blocked on the interpreter's lock");
        case WaitReason::Connection:
            return tr("waiting for a connection");
        case WaitReason::Event:
            return tr("waiting for an event");
        case WaitReason::Futex:
            return tr("waiting for a lock or a condition");
        case WaitReason::Poll:
            return tr("waiting for input, output or a timer");
        }
        return tr("blocked");
    }

    static QString state(SliceState state, WaitReason reason)
    {
        switch (state) {
        case SliceState::Running:
            return tr("running");
        case SliceState::Runnable:
            return tr("waiting for a core");
        case SliceState::Blocked:
            return blocked(reason);
        case SliceState::Suspended:
            return reason == WaitReason::None ? tr("suspended")
                                              : tr("suspended, %1").arg(blocked(reason));
        case SliceState::Queued:
            return tr("queued, not started");
        case SliceState::Lost:
            return tr("records lost");
        case SliceState::Sampled:
            return tr("sampled");
        case SliceState::Unknown:
            return tr("in progress");
        case SliceState::Others:
            return tr("other programs");
        case SliceState::Held:
            return tr("held");
        }
        return {};
    }

    static QString inferredGlobalLock() { return tr("waiting for the GIL"); }

    static QString outcome(TaskOutcome outcome)
    {
        switch (outcome) {
        case TaskOutcome::Running:
            return tr("in progress");
        case TaskOutcome::Finished:
            return tr("done");
        case TaskOutcome::Cancelled:
            return tr("cancelled");
        case TaskOutcome::Failed:
            return tr("failed");
        case TaskOutcome::NeverStarted:
            return tr("never started");
        case TaskOutcome::Crashed:
            return tr("crashed");
        }
        return {};
    }

    static QString source(Source source)
    {
        switch (source) {
        case Source::KernelWide:
            return tr("kernel, whole machine");
        case Source::Kernel:
            return tr("kernel");
        case Source::Sampled:
            return tr("sampled");
        case Source::Events:
            return tr("events only");
        }
        return {};
    }

    static QString core(CoreId core) { return tr("core %1").arg(core); }

    static QString unknown() { return tr("not known: the kernel's records were refused"); }
};

} // namespace

QString stateWords(SliceState state, WaitReason reason)
{
    return Words::state(state, reason);
}

QString stateWords(const Slice &slice)
{
    const QString known = derivedText(slice);
    if (known.isEmpty())
        return stateWords(slice.state, slice.reason);
    const QString words = slice.reason == WaitReason::GlobalLock
        ? Words::inferredGlobalLock()
        : stateWords(slice.state, slice.reason);
    return QStringLiteral("%1 (%2)").arg(words, known);
}

QString outcomeWords(TaskOutcome outcome)
{
    return Words::outcome(outcome);
}

QString sourceWords(Source source)
{
    return Words::source(source);
}

QString dashMark()
{
    return QStringLiteral("–");
}

QString unknownWords()
{
    return Words::unknown();
}

QString percentWords(DurationNs part, DurationNs whole)
{
    if (whole <= 0)
        return dashMark();
    const double percent = 100.0 * double(part) / double(whole);
    if (part > 0 && percent < 1)
        return QStringLiteral("< 1 %");
    return QStringLiteral("%1 %").arg(std::llround(percent));
}

QString coreWords(CoreId core)
{
    return Words::core(core);
}

QString sliceName(const Trace &trace, TaskId task, ThreadIndex thread)
{
    if (task != kNoTask)
        return QString::fromStdString(trace.taskName(task));
    if (thread != kNoThread && thread < trace.threadCount())
        return threadTitle(trace, thread);
    return {};
}

} // namespace Interleave
