// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/wakedelay.h"
#include "tests/core/sched/recordwriter.h"

#include <QString>
#include <QStringList>

#include <map>
#include <vector>

namespace Interleave
{

constexpr pid_t kRoot = RecordWriter::kProcess;
constexpr TimestampNs kMs = kMillisecond;
constexpr TimestampNs kUs = kMicrosecond;

inline QString textOf(const SchedEvent &event)
{
    return QStringLiteral("%1 %2: %3 us in %4-%5 us")
        .arg(event.kind == SchedEventKind::Woken ? QStringLiteral("woken") : QStringLiteral("sum"))
        .arg(event.tid)
        .arg(event.readyNs / kUs)
        .arg(event.lostSince / kUs)
        .arg(event.time / kUs);
}

/// A kernel with counters and a clock that the test sets, and what WakeDelay makes of its records.
class CountingMachine : public RecordWriter
{
public:
    explicit CountingMachine(Source source = Source::Kernel)
        : m_delay(
              source,
              [this](pid_t, pid_t tid, ThreadSchedStat &out) {
                  ++readings;
                  const auto found = counters.find(tid);
                  if (found != counters.end())
                      out = found->second;
                  return found != counters.end();
              },
              [this] { return now; })
    {
    }

    /// The usual beginning of thread 11: 1 ms in the queue, then on a core until 6 ms.
    void start(pid_t tid = 11)
    {
        fork(1 * kMs, tid);
        in(2 * kMs, tid);
        out(6 * kMs, tid);
    }
    void addRoot() { m_delay.addRoot(kRoot); }
    /// What the kernel has counted up to now.
    void count(pid_t tid, DurationNs runDelay, std::uint64_t timesRun)
    {
        counters[tid].waitedOnRunQueue = runDelay;
        counters[tid].timesRun = timesRun;
    }
    /// A drain at `time`: what is older than 1 ms is final.
    QString collectAt(TimestampNs time)
    {
        now = time;
        told.clear();
        m_delay.collect(time - kMs, told);
        QStringList texts;
        for (const SchedEvent &event : told)
            texts.append(textOf(event));
        return texts.join(QStringLiteral("; "));
    }

    /// Threads that it has room for.
    [[nodiscard]] std::size_t entries() const { return m_delay.threadEntries(); }

    std::map<pid_t, ThreadSchedStat> counters;
    std::vector<SchedEvent> told;
    TimestampNs now = 0;
    int readings = 0;

private:
    void take(const SchedEvent &event) override { m_delay.add(event); }

    WakeDelay m_delay;
};

} // namespace Interleave
