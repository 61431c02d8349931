// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/globallockwaits.h"
#include "tests/core/sched/recordwriter.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace Interleave
{

constexpr pid_t kPython = RecordWriter::kProcess; ///< the process, and its first thread
constexpr pid_t kWorker = 11; ///< further threads of it
constexpr pid_t kThird = 12;
constexpr pid_t kOther = 500; ///< another program
constexpr TimestampNs kMs = kMillisecond;
constexpr TimestampNs kUs = kMicrosecond;

/// The records of a Python process, and what GlobalLockWaits makes of them.
class GlobalLockScript : public RecordWriter
{
public:
    /// \param isOff  switches are not known.
    explicit GlobalLockScript(bool isOff = false)
        : m_waits(isOff, [this] { return now; })
    {
        m_waits.addInterpreter(kPython, 0);
    }

    GlobalLockWaits &waits() { return m_waits; }

    /// "11: 1000-6070; 11: 6080-6090" in microseconds: all that is final before `horizon`.
    QString toldUntil(TimestampNs horizon)
    {
        events.clear();
        m_waits.collect(horizon, events);
        QStringList texts;
        for (const SchedEvent &event : events) {
            texts.append(QStringLiteral("%1: %2-%3")
                             .arg(event.tid)
                             .arg(event.lostSince / kUs)
                             .arg(event.time / kUs));
        }
        return texts.join(QStringLiteral("; "));
    }
    QString told() { return toldUntil(3600 * kSecond); }

    TimestampNs now = 0;
    std::vector<SchedEvent> events;

private:
    void take(const SchedEvent &event) override { m_waits.add(event); }

    GlobalLockWaits m_waits;
};

} // namespace Interleave
