// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/run/watchedtrace.h"
#include "tests/support/heldchild.h"

#include <QtTest>

#include <memory>

#include <unistd.h>

using namespace Interleave;

namespace
{

using Role = StandstillRole;
using News = StandstillWatch::News;

} // namespace

/// How a StandstillWatch reads what the threads of a quiet run do.
class TestStandstillReading : public QObject
{
    Q_OBJECT

private slots:
    void theTraceHasToPassTheReading();
    void aThreadThatIsReadAsEndedHasMoved();
    void anEndWithoutARecordIsNoneForEver();
    void anUnseenChildMayBeWhatIsWaitedFor();
    void housekeepingDoesNotCount();
    void manyThreadsAreReadInSeveralLooks();
    void whatMovesMeanwhileBeginsTheReadingAnew();
    void aLookCostsOnePercentAtMost();
    void whatIsAboutToMoveIsLookedAtAgain();
};

void TestStandstillReading::theTraceHasToPassTheReading()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex worker = watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None)); // it is read at 10 s
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None)); // and not yet in the trace
    // It woke up for the last time just before that, and waits again.
    watched.setState(worker, SliceState::Blocked, 10 * kSecond - 1);
    QCOMPARE(int(watched.lookAt(10 * kSecond + 1)), int(News::None));
    QCOMPARE(watched.reads, 2);
    QCOMPARE(int(watched.lookAt(20 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 4);
    QCOMPARE(int(watched.lookAt(20 * kSecond)), int(News::None));
    QCOMPARE(int(watched.lookAt(20 * kSecond + 1)), int(News::Suspected));
}

void TestStandstillReading::aThreadThatIsReadAsEndedHasMoved()
{
    Watched watched;
    watched.addBlocked(Role::Lock); // joins the other one
    const ThreadIndex worker = watched.addBlocked(Role::Ended);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None)); // its record is still to come
    QCOMPARE(watched.reads, 4); // and until then it is asked again
    watched.end(worker, 10 * kSecond - 1);
    QCOMPARE(int(watched.judgeAt(11 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 4);
    QCOMPARE(int(watched.judgeAt(16 * kSecond)), int(News::Suspected));
}

void TestStandstillReading::anEndWithoutARecordIsNoneForEver()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    watched.addBlocked(Role::Ended); // the trace never learns it
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(int(watched.judgeAt(11 * kSecond)), int(News::Suspected));
}

void TestStandstillReading::anUnseenChildMayBeWhatIsWaitedFor()
{
    auto child = std::make_unique<HeldChild>("none"); // it is never let go
    {
        Watched watched;
        watched.addBlocked(Role::Lock);
        const ProcessIndex parent = watched.addProcess(::getpid());
        watched.addProcess(child->pid(), parent); // the trace has it: it is one of them
        QCOMPARE(int(watched.judgeAllAt(100 * kSecond)), int(News::Suspected));
    }
    Watched watched;
    watched.addBlocked(Role::Lock);
    watched.addProcess(::getpid());
    QCOMPARE(int(watched.judgeAllAt(100 * kSecond)), int(News::None));
    child.reset(); // and what waited for it waits on
    QCOMPARE(int(watched.judgeAllAt(200 * kSecond)), int(News::Suspected));
}

void TestStandstillReading::housekeepingDoesNotCount()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex tracker = watched.addBlocked(Role::Elsewhere); // waits for the others to end
    const ProcessIndex process = watched.addProcess(kNobodysPid);
    Trace &trace = watched.made.writable();
    trace.writableThread(tracker).process.store(process);
    QCOMPARE(int(watched.judgeAllAt(100 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 2);
    trace.writableProcess(process).isHousekeeping.store(true);
    watched.setState(tracker, SliceState::Blocked, 300 * kSecond);
    QCOMPARE(int(watched.judgeAllAt(400 * kSecond)), int(News::Suspected));
    QCOMPARE(watched.reads, 3);
}

void TestStandstillReading::manyThreadsAreReadInSeveralLooks()
{
    constexpr int kMost = StandstillWatch::kMostReads;
    Watched watched;
    for (int i = 0; i < 2 * kMost + 1; ++i)
        watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, kMost);
    QCOMPARE(int(watched.lookAt(11 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 2 * kMost);
    QCOMPARE(int(watched.lookAt(12 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 2 * kMost + 1);
    QCOMPARE(int(watched.lookAt(13 * kSecond)), int(News::Suspected));
    QCOMPARE(watched.reads, 2 * kMost + 1);
}

void TestStandstillReading::whatMovesMeanwhileBeginsTheReadingAnew()
{
    constexpr int kMost = StandstillWatch::kMostReads;
    Watched watched;
    const ThreadIndex first = watched.addBlocked(Role::Lock);
    for (int i = 0; i < kMost; ++i)
        watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, kMost);
    watched.setState(first, SliceState::Blocked, 11 * kSecond);
    watched.roles.begin()->second = Role::Elsewhere; // it has been read as another one
    QCOMPARE(int(watched.lookAt(16 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, kMost + 1);
    QCOMPARE(int(watched.judgeAt(17 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, kMost + 1); // harmless
}

void TestStandstillReading::aLookCostsOnePercentAtMost()
{
    Watched watched;
    for (int i = 0; i < 10; ++i)
        watched.addBlocked(Role::Lock);
    watched.readCost = 5 * kMillisecond;
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 10);
    watched.made.publish(20 * kSecond);
    const TimestampNs due = HandmadeTrace::kOrigin + 15 * kSecond; // 100 * 50 ms later
    QCOMPARE(int(watched.watch.look(due - 1)), int(News::None));
    QCOMPARE(int(watched.watch.look(due)), int(News::Suspected));
}

void TestStandstillReading::whatIsAboutToMoveIsLookedAtAgain()
{
    Watched watched;
    watched.addBlocked(Role::Moves);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    watched.roles.begin()->second = Role::Lock; // it was another one's wake-up
    QCOMPARE(int(watched.judgeAt(11 * kSecond)), int(News::Suspected));
}

QTEST_GUILESS_MAIN(TestStandstillReading)
#include "tst_standstillreading.moc"
