// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/tickclock.h"
#include "core/sched/kernelobserver.h"

#include <QtTest>

#include <algorithm>
#include <cstring>
#include <vector>

#include <sys/prctl.h>
#include <unistd.h>

using namespace Interleave;

/// The recorder's clock against the stamps of the kernel's records: the join rests on their agreement.
class TestClockAgreement : public QObject
{
    Q_OBJECT

private slots:
    /// prctl(PR_SET_NAME) writes a record at once, so that its stamp lies between two readings of our
    /// clock, when both clocks agree (kernel.md, section 4).
    void theKernelsStampsLieBetweenOurReadings()
    {
        auto observer = KernelObserver::open(getpid(), {});
        if (!observer)
            QSKIP(observer.error().message.c_str());
        const TickSource source = bestTickSource();
        char name[16] = {};
        prctl(PR_GET_NAME, name);

        TickConverter converter(source);
        converter.addPair(takeClockPair(source));
        std::vector<DurationNs> errors;
        for (int drain = 0; drain < 40; ++drain) {
            std::vector<std::pair<std::uint64_t, std::uint64_t>> readings;
            for (int i = 0; i < 50; ++i) {
                const std::uint64_t before = readTicks(source);
                prctl(PR_SET_NAME, "clock-test");
                readings.emplace_back(before, readTicks(source));
            }
            converter.addPair(takeClockPair(source));
            std::vector<SchedEvent> events;
            observer.value()->drain(events);
            std::erase_if(events, [](const SchedEvent &event) {
                return event.kind != SchedEventKind::Name
                    || std::strncmp(event.name.data(), "clock-test", 16) != 0;
            });
            // A thread that was moved wrote into two rings.
            std::sort(events.begin(), events.end(),
                      [](const SchedEvent &a, const SchedEvent &b) { return a.time < b.time; });
            QCOMPARE(events.size(), readings.size());
            for (std::size_t i = 0; i < events.size(); ++i) {
                const TimestampNs before = converter.toTime(readings[i].first);
                const TimestampNs after = converter.toTime(readings[i].second);
                errors.push_back(
                    std::max({before - events[i].time, events[i].time - after, DurationNs(0)}));
            }
        }
        prctl(PR_SET_NAME, name);
        QCOMPARE(errors.size(), std::size_t(2000));
        const DurationNs worst = *std::max_element(errors.begin(), errors.end());
        QVERIFY2(worst < 100, qPrintable(QStringLiteral("%1 ns off").arg(worst)));
    }
};

QTEST_GUILESS_MAIN(TestClockAgreement)
#include "tst_clockagreement.moc"
