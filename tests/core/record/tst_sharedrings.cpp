// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/sharedrings.h"

#include <QtTest>

#include <latch>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace Interleave;

class TestSharedRings : public QObject
{
    Q_OBJECT

private slots:
    void aSecondMappingSeesTheSameRings()
    {
        auto made = SharedRings::create({4, 16, 1}, TickSource::Monotonic);
        QVERIFY(made.isOk());
        auto attached = SharedRings::attach(made.value().fd());
        QVERIFY(attached.isOk());
        QCOMPARE(attached.value().ringCount(), 4u);
        QCOMPARE(attached.value().ringCapacity(), 16u);
        QCOMPARE(int(attached.value().tickSource()), int(TickSource::Monotonic));
        QCOMPARE(attached.value().claim(), 0);
        QCOMPARE(made.value().claim(), 1);
        made.value().eventsOf(3)[15].task = 77;
        QCOMPARE(attached.value().eventsOf(3)[15].task, TaskId(77));
    }

    void taskIdsAreDenseFromOneAcrossMappings()
    {
        auto made = SharedRings::create({1, 16, 1}, TickSource::Monotonic);
        auto attached = SharedRings::attach(made.value().fd());
        QCOMPARE(made.value().takeTaskIds(3), TaskId(1));
        QCOMPARE(attached.value().takeTaskIds(1), TaskId(4));
    }

    void theMemoryCannotShrinkUnderItsReader()
    {
        auto made = SharedRings::create({1, 16, 1}, TickSource::Monotonic);
        QVERIFY(ftruncate(made.value().fd(), 0) != 0);
    }

    void aCapacityThatIsNoPowerOfTwoIsRefused()
    {
        QVERIFY(!SharedRings::create({1, 17, 1}, TickSource::Monotonic));
        QVERIFY(!SharedRings::create({0, 16, 1}, TickSource::Monotonic));
    }

    void whatIsNotARecordingIsRefused()
    {
        QVERIFY(!SharedRings::attach(-1));
        QVERIFY(!SharedRings::attach(STDIN_FILENO));
        const int unsealed = memfd_create("plain", MFD_CLOEXEC);
        QVERIFY(ftruncate(unsealed, 1 << 20) == 0);
        QVERIFY(!SharedRings::attach(unsealed));
        ::close(unsealed);
        const int zeros = memfd_create("zeros", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        QVERIFY(ftruncate(zeros, 1 << 20) == 0);
        QVERIFY(fcntl(zeros, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
        const auto result = SharedRings::attach(zeros);
        QVERIFY(!result);
        QVERIFY(!result.error().message.empty());
        ::close(zeros);
    }

    void sleepEndsAtItsDeadline()
    {
        auto made = SharedRings::create({1, 16, 1}, TickSource::Monotonic);
        const TimestampNs deadline = monotonicNow() + 2 * kMillisecond;
        QVERIFY(made.value().sleepUntil(deadline));
        QVERIFY(monotonicNow() >= deadline);
    }

    void aStopRequestEndsEverySleep()
    {
        auto made = SharedRings::create({1, 16, 1}, TickSource::Monotonic);
        auto attached = SharedRings::attach(made.value().fd());
        std::latch sleeping(2);
        bool slept = true;
        std::thread sleeper([&] {
            sleeping.arrive_and_wait();
            slept = attached.value().sleepUntil(monotonicNow() + 60 * kSecond);
        });
        sleeping.arrive_and_wait();
        made.value().requestStop();
        sleeper.join();
        QVERIFY(!slept);
        QVERIFY(attached.value().isStopRequested());
    }
};

QTEST_GUILESS_MAIN(TestSharedRings)
#include "tst_sharedrings.moc"
