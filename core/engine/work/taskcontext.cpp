// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/taskcontext.h"

#include "core/engine/sync/globallock.h"
#include "core/record/messages.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

void recordEnd(TaskId task, TaskStatus status)
{
    switch (status) {
    case TaskStatus::Finished:
        Recorder::end(task);
        break;
    case TaskStatus::Cancelled:
        Recorder::cancelled(task);
        break;
    case TaskStatus::Failed:
        Recorder::failed(task);
        break;
    }
}

TaskContext::TaskContext(const RunSetup &setup, TaskId id, int index, std::string name)
    : m_setup(&setup)
    , m_id(id)
    , m_index(index)
    , m_work(std::uint64_t(index) * 1021) // tasks look at different candidates, as a split would
    , m_name(std::move(name))
{
}

void TaskContext::print(std::string_view text)
{
    const std::uint32_t number =
        m_setup->rings->header().nextMark.fetch_add(1, std::memory_order_relaxed);
    Recorder::mark(MarkKind::Printed, m_id, number);
    Message line;
    line.kind = MessageKind::Line;
    line.task = m_id;
    line.number = number;
    line.time = monotonicNow();
    line.text = text;
    const GilRelease released(*this); // a write may block
    sendMessage(m_setup->messageFd, line); // a reader that is gone does not stop the work
}

bool TaskContext::sleepFor(DurationNs duration)
{
    const GilRelease released(*this);
    Recorder::wait(WaitReason::Sleep);
    const bool slept = m_setup->rings->sleepUntil(monotonicNow() + duration);
    Recorder::waitEnd();
    return slept;
}

bool TaskContext::burn(double ms)
{
    m_owedUnits += std::clamp(ms, 0.0, 1e9) * m_setup->unitsPerMs;
    std::uint64_t units = std::uint64_t(m_owedUnits);
    m_owedUnits -= double(units);
    GlobalLock *const globalLock = m_setup->globalLock;
    const DurationNs longest = globalLock ? GlobalLock::kLongestPiece : kMillisecond;
    const double perPiece = m_setup->unitsPerMs * double(longest) / double(kMillisecond);
    const std::uint64_t piece = std::max<std::uint64_t>(1, std::uint64_t(perPiece));
    while (units > 0 && !stopRequested()) {
        const std::uint64_t now = std::min(units, piece);
        m_work.doUnits(now);
        units -= now;
        if (globalLock)
            globalLock->giveWayIfAsked(*this);
    }
    return units == 0 && !stopRequested();
}

TaskStatus TaskContext::fail(std::string why)
{
    m_failure = std::move(why);
    return TaskStatus::Failed;
}

TaskStatus TaskContext::outcome(bool completed)
{
    if (!m_work.isRight()) {
        return fail("task " + std::to_string(m_index + 1) + " counted "
                    + std::to_string(m_work.primesFound()) + " prime numbers in "
                    + std::to_string(m_work.unitsDone())
                    + " units of work, which is not what the sieve gives");
    }
    return completed ? TaskStatus::Finished : TaskStatus::Cancelled;
}

void TaskContext::become(TaskId id, int index)
{
    m_id = id;
    m_index = index;
    m_owedUnits = 0;
    m_work = PrimeWork(std::uint64_t(index) * 1021);
    m_failure.clear();
}

} // namespace Interleave
