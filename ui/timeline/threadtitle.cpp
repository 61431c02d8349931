// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/threadtitle.h"

#include <QCoreApplication>

#include <cstddef>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(ThreadTitle)
};

/// Judged by the first task of each range: those that are defined together are carried together.
bool carriesCoroutines(const Trace &trace, ThreadIndex thread)
{
    for (std::size_t i = 0; i < trace.taskRangeCount(); ++i) {
        const TaskRange &range = trace.taskRange(i);
        if (range.kind == TaskKind::Coroutine && range.first < trace.taskEnd()
            && trace.task(range.first).thread.load(std::memory_order_relaxed) == thread)
            return true;
    }
    return false;
}

} // namespace

QString threadTitle(const Trace &trace, ThreadIndex thread)
{
    if (thread < trace.threadCount()) {
        const ThreadInfo &info = trace.thread(thread);
        const bool isFirst =
            info.tid.load(std::memory_order_relaxed) == info.pid.load(std::memory_order_relaxed);
        if (isFirst && carriesCoroutines(trace, thread))
            return Texts::tr("event loop");
    }
    return QString::fromStdString(trace.threadName(thread));
}

} // namespace Interleave
