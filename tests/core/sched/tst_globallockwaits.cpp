// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/globallockwaits.h"

#include <QtTest>

#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

constexpr pid_t kPython = 10; ///< the process, and its first thread
constexpr pid_t kWorker = 11; ///< further threads of it
constexpr pid_t kThird = 12;
constexpr pid_t kOther = 500; ///< another program
constexpr TimestampNs kMs = kMillisecond;
constexpr TimestampNs kUs = kMicrosecond;

/// Writes the records of a Python process down, as the kernel would.
class Script
{
public:
    explicit Script(bool isOff = false)
        : m_waits(isOff, [this] { return now; })
    {
        m_waits.addInterpreter(kPython, 0);
    }

    GlobalLockWaits &waits() { return m_waits; }

    void add(SchedEventKind kind, TimestampNs time, pid_t tid, bool preempted = false,
             pid_t pid = kPython)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.preempted = preempted;
        m_waits.add(event);
    }
    void in(TimestampNs time, pid_t tid, pid_t pid = kPython)
    {
        add(SchedEventKind::SwitchIn, time, tid, false, pid);
    }
    void out(TimestampNs time, pid_t tid, pid_t pid = kPython)
    {
        add(SchedEventKind::SwitchOut, time, tid, false, pid);
    }
    void preempt(TimestampNs time, pid_t tid) { add(SchedEventKind::SwitchOut, time, tid, true); }
    void fork(TimestampNs time, pid_t pid, pid_t tid, pid_t parent)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Fork;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.parentPid = event.parentTid = parent;
        m_waits.add(event);
    }
    void lose(TimestampNs since, TimestampNs until)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Lost;
        event.lostSince = since;
        event.time = until;
        m_waits.add(event);
    }

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
    GlobalLockWaits m_waits;
};

} // namespace

class TestGlobalLockWaits : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void nothingComesOfNothing()
    {
        Script script;
        QCOMPARE(script.told(), QString());
    }

    /// Python's own trace of python.md, section 1.4: after a sleep of 10.04 ms the wait, and its ends.
    void aSleeperBesideACruncherWaitsForOneInterval()
    {
        Script script;
        script.in(0, kPython); // the cruncher
        script.out(100, kWorker);
        TimestampNs t = 10'040 * kUs;
        script.in(t, kWorker);
        t += 16 * kUs;
        script.out(t, kWorker);
        const TimestampNs begin = t;
        t += 5'070 * kUs;
        script.in(t, kWorker);
        const TimestampNs timedOut = t;
        t += 10 * kUs;
        script.out(t, kWorker);
        script.out(t + 4 * kUs, kPython); // the holder gives the lock up
        t += 9 * kUs;
        script.in(t, kWorker);
        const TimestampNs end = t;
        t += 3 * kUs;
        script.out(t, kWorker);
        t += 6 * kUs;
        script.in(t, kWorker);
        t += 21 * kUs;
        script.out(t, kWorker); // has worked, sleeps again
        script.in(t + 5 * kUs, kPython);
        script.in(t + 10 * kMs, kWorker);
        script.out(t + 10 * kMs + 16 * kUs, kWorker);

        const QString told = script.told();
        QCOMPARE(script.events.size(), std::size_t(3));
        QCOMPARE(script.events[0].lostSince, begin);
        QCOMPARE(script.events[0].time, timedOut);
        QCOMPARE(script.events[1].lostSince, timedOut + 10 * kUs);
        QCOMPARE(script.events[1].time, end);
        QVERIFY2(script.events[2].time - script.events[2].lostSince == 6 * kUs, qPrintable(told));
        for (const SchedEvent &event : script.events) {
            QVERIFY(event.kind == SchedEventKind::GlobalLockWait);
            QCOMPARE(event.pid, kPython);
            QCOMPARE(event.tid, kWorker);
        }
    }

    /// 100 sleeps of 10 ms beside a cruncher: at least 95 of the waits, 90 % of their time, and none of
    /// the sleeps.
    void ofAHundredWaitsNoneIsMissedAndNoneInvented()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kUs, kWorker);
        TimestampNs t = kUs;
        DurationNs trueTime = 0;
        for (int i = 0; i < 100; ++i) {
            t += 10'040 * kUs + i % 7 * 13 * kUs;
            script.in(t, kWorker);
            t += 16 * kUs;
            script.out(t, kWorker);
            const TimestampNs begin = t;
            t += 5'055 * kUs + i % 11 * 60 * kUs; // woken up to 0.66 ms late
            script.in(t, kWorker);
            t += 8 * kUs;
            script.out(t, kWorker);
            t += 5 * kUs;
            script.out(t, kPython);
            t += 6 * kUs;
            script.in(t, kWorker);
            trueTime += t - begin;
            t += 25 * kUs;
            script.out(t, kWorker);
            script.in(t + 4 * kUs, kPython);
        }
        (void)script.told();
        int intervals = 0;
        DurationNs told = 0;
        for (const SchedEvent &event : script.events) {
            intervals += event.time - event.lostSince >= kMs ? 1 : 0;
            told += event.time - event.lostSince;
        }
        QCOMPARE(intervals, 100);
        QVERIFY(told <= trueTime);
        QVERIFY(double(told) >= 0.99 * double(trueTime));
    }

    void twoCrunchersWaitInTurn()
    {
        Script script;
        TimestampNs t = kMs;
        pid_t holder = kPython, waiter = kWorker;
        script.in(t, holder);
        script.out(t + 5 * kUs, waiter);
        int rounds = 0;
        for (; rounds < 20; ++rounds) {
            t += 5'065 * kUs; // the waiter's interval is over
            script.in(t + 5 * kUs, waiter);
            script.out(t + 12 * kUs, waiter);
            script.out(t + 30 * kUs, holder); // until somebody else has the lock
            script.in(t + 34 * kUs, waiter);
            script.in(t + 40 * kUs, holder); // wants it back
            t += 45 * kUs;
            script.out(t, holder);
            t -= 5 * kUs;
            std::swap(holder, waiter);
        }
        (void)script.told();
        int intervals = 0, parts = 0;
        for (const SchedEvent &event : script.events)
            ++(event.time - event.lostSince >= kMs ? intervals : parts);
        QCOMPARE(intervals, rounds);
        QCOMPARE(parts, rounds);
    }

    /// The third one's first interval ends while the lock goes to another; its second ends early, because
    /// the holder drops the lock, which the others see.
    void threeCrunchersWaitForSeveralIntervals()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kThird);
        script.in(6'060 * kUs, kThird); // a look: somebody else got the lock meanwhile
        script.out(6'070 * kUs, kThird);
        script.in(11'140 * kUs, kThird); // a second one
        script.out(11'152 * kUs, kThird);
        script.out(14'000 * kUs, kPython); // the holder drops it
        script.in(14'030 * kUs, kThird);
        script.preempt(18 * kMs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6060; 12: 6070-11140; 12: 11152-14030"));
    }

    void aLastPartIsOneWhenTheHolderLeavesJustAfterwards()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.out(6'070 * kUs, kWorker);
        script.in(9'000 * kUs, kWorker);
        script.out(9'100 * kUs, kPython); // of another core, and not final yet
        QCOMPARE(script.toldUntil(9'050 * kUs), QStringLiteral("11: 1000-6060; 11: 6070-9000"));
    }

    /// After the lock was handed over between two looks of one wait it reads something for 2 ms.
    void aReadAfterTheWaitIsNoPartOfIt()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.out(6'100 * kUs, kWorker);
        script.in(8'100 * kUs, kWorker);
        script.out(8'120 * kUs, kWorker);
        script.in(8'150 * kUs, kWorker); // and what follows is none either
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void whoRunsForLongerThanALookHasTheLock()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.out(6'060 * kUs + GlobalLockWaits::kLongestLook + 1, kWorker);
        script.in(6'300 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void aPreemptedLookIsStillALook()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.preempt(6'064 * kUs, kWorker);
        script.in(9'000 * kUs, kWorker); // 3 ms in the queue: that is no wait for the lock
        script.out(9'006 * kUs, kWorker);
        script.in(9'020 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060; 11: 9006-9020"));
    }

    void aPreemptedHolderHoldsTheLock()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.preempt(1'100 * kUs, kPython); // by another program, for the whole interval
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void aPreemptionIsNoWait()
    {
        Script script;
        script.in(0, kPython);
        script.in(0, kWorker);
        script.preempt(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aSleepWhileNobodyElseRunsIsNone()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kPython); // waits for the other one's end
        script.in(1 * kMs, kWorker);
        for (int i = 0; i < 10; ++i) {
            script.out((2 + 6 * i) * kMs, kWorker);
            script.in((2 + 6 * i) * kMs + 5'070 * kUs, kWorker);
        }
        QCOMPARE(script.told(), QString());
    }

    void aSiblingThatOnlyLooksInDoesNotMakeASleepAWait()
    {
        Script script;
        script.out(1 * kMs, kWorker);
        script.in(3'000 * kUs, kPython);
        script.out(3'300 * kUs, kPython); // 0.3 ms of 5: it cannot have kept the lock
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aBusyProgramBesideItIsNoHolder()
    {
        Script script;
        script.in(0, kOther, kOther);
        for (int i = 0; i < 10; ++i) {
            script.out((2 + 6 * i) * kMs, kPython);
            script.in((2 + 6 * i) * kMs + 5'070 * kUs, kPython);
        }
        QCOMPARE(script.told(), QString());
    }

    void twoPythonProcessesDoNotWaitForEachOther()
    {
        Script script;
        script.waits().addInterpreter(kOther, 0);
        script.in(0, kOther, kOther);
        script.out(1 * kMs, kPython);
        script.in(6'060 * kUs, kPython);
        QCOMPARE(script.told(), QString());
    }

    void gapsOfOtherLengthsAreNone_data()
    {
        QTest::addColumn<qint64>("gap");
        QTest::addColumn<bool>("isWait");
        QTest::newRow("earlier than any") << qint64(4'899 * kUs) << false;
        QTest::newRow("left a little late") << qint64(4'901 * kUs) << true;
        QTest::newRow("the interval") << qint64(5 * kMs) << true;
        QTest::newRow("woken late") << qint64(5'900 * kUs) << true;
        QTest::newRow("later than any") << qint64(5'901 * kUs) << false;
        QTest::newRow("two intervals in one") << qint64(10'070 * kUs) << false;
    }
    void gapsOfOtherLengthsAreNone()
    {
        QFETCH(qint64, gap);
        QFETCH(bool, isWait);
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(1 * kMs + gap, kWorker);
        QCOMPARE(!script.told().isEmpty(), isWait);
    }

    void theIntervalIsTheProgramsOwn()
    {
        Script script;
        script.waits().addInterpreter(kPython, 20 * kMs);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker); // a sleep now
        script.out(7 * kMs, kWorker);
        script.in(27'070 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 7000-27070"));
        script.waits().addInterpreter(kPython, 0); // back to the default
        script.out(30 * kMs, kWorker);
        script.in(35'070 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 30000-35070"));
    }

    void belowAMillisecondNothingIsToldApart()
    {
        Script script;
        script.waits().addInterpreter(kPython, 100 * kUs);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(1'150 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void lostRecordsEndAllThatWasKnown()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.lose(2 * kMs, 3 * kMs);
        script.in(6'060 * kUs, kWorker); // it may have run in between
        script.out(7 * kMs, kWorker);
        script.preempt(8 * kMs, kPython); // known again
        script.in(12'070 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 7000-12070"));
    }

    void aGapWithinALossIsNotJudged()
    {
        Script script;
        script.in(0, kPython);
        script.lose(1 * kMs, 20 * kMs); // of the other core
        script.in(1'500 * kUs, kPython);
        script.out(2 * kMs, kWorker);
        script.in(7'070 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aThreadThatEndsLeavesNothingBehind()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.add(SchedEventKind::Exit, 2 * kMs, kWorker);
        script.fork(3 * kMs, kPython, kWorker, kPython); // its number again
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aSiblingThatHasEndedIsNoHolder()
    {
        Script script;
        script.in(0, kThird);
        script.add(SchedEventKind::Exit, 1 * kMs, kThird);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void afterAnExecTheProcessIsNoPythonAnyMore()
    {
        Script script;
        script.in(0, kPython);
        script.add(SchedEventKind::Exec, 500 * kUs, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void anInterpreterThatIsTellingOfItselfSurvivesTheExecBeforeIt()
    {
        Script script;
        script.now = 10 * kMs;
        script.waits().addInterpreter(kPython, 0); // its helper is heard before its exec is drained
        script.add(SchedEventKind::Exec, 5 * kMs, kPython);
        script.fork(6 * kMs, kPython, kWorker, kPython);
        script.in(7 * kMs, kWorker);
        script.out(8 * kMs, kWorker);
        script.in(13'070 * kUs, kWorker); // the leader has run since its exec
        QCOMPARE(script.told(), QStringLiteral("11: 8000-13070"));
    }

    void anExecEndsTheOtherThreads()
    {
        Script script;
        script.in(0, kPython);
        script.in(0, kWorker);
        script.in(0, kThird);
        script.out(1 * kMs, kPython);
        script.now = 3 * kMs;
        script.waits().addInterpreter(kPython, 0);
        script.add(SchedEventKind::Exec, 2 * kMs, kPython); // the others never say that they ended
        script.out(4 * kMs, kPython);
        script.in(9'070 * kUs, kPython);
        QCOMPARE(script.told(), QString());
    }

    void aForkedProcessIsPythonToo()
    {
        Script script;
        script.fork(1 * kMs, kOther, kOther, kPython);
        script.in(2 * kMs, kOther, kOther);
        script.fork(3 * kMs, kOther, 501, kOther);
        script.in(4 * kMs, 501, kOther);
        script.out(5 * kMs, 501, kOther);
        script.in(10'070 * kUs, 501, kOther);
        QCOMPARE(script.told(), QStringLiteral("501: 5000-10070"));
        script.add(SchedEventKind::Exec, 11 * kMs, kOther, false,
                   kOther); // python starts a compiler
        script.in(12 * kMs, kOther, kOther);
        script.out(13 * kMs, 501, kOther);
        script.in(18'070 * kUs, 501, kOther);
        QCOMPARE(script.told(), QString());
    }

    void withoutALockThereAreNoWaits()
    {
        Script script;
        script.waits().removeInterpreter(kPython);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void whereSwitchesAreNotKnownNothingIsFound()
    {
        Script script(true);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void theCoresMayBeDrainedOneAfterTheOther()
    {
        Script script;
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.in(0, kPython); // another core
        script.out(8 * kMs, kPython);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void aGapIsToldAsSoonAsItsEndIsFinal()
    {
        Script script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.toldUntil(6'060 * kUs), QString());
        QCOMPARE(script.toldUntil(6'061 * kUs), QStringLiteral("11: 1000-6060"));
        QCOMPARE(script.told(), QString());
    }

    void aThreadThatWasFoundRunningIsAHolder()
    {
        Script script;
        SchedEvent found;
        found.kind = SchedEventKind::Found;
        found.time = 0;
        found.pid = found.tid = kPython;
        found.waiting = false;
        script.waits().add(found);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }
};

QTEST_GUILESS_MAIN(TestGlobalLockWaits)
#include "tst_globallockwaits.moc"
