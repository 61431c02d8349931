// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/run/watchedtrace.h"

#include <QtTest>

using namespace Interleave;

namespace
{

using Role = StandstillRole;
using News = StandstillWatch::News;

} // namespace

class TestStandstillWatch : public QObject
{
    Q_OBJECT

private slots:
    void itIsSuspectedAtTheLimitAndOnce();
    void whileOneThreadMovesNothingIsSuspected_data();
    void whileOneThreadMovesNothingIsSuspected();
    void whatMovesEndsTheSuspicion();
    void aStretchIsLookedIntoOnce();
    void theEndOfAThreadIsAMovement();
    void threadsThatHaveEndedDoNotCount();
    void otherProgramsDoNotCount();
    void aThreadOfLostRecordsIsAskedWhatItDoes();
    void theSamplersSlicesAreMovements();
    void withEventsAloneNothingIsSuspected();
    void betweenLooksNothingIsDone();
    void theLongestStretchIsKept();
};

void TestStandstillWatch::itIsSuspectedAtTheLimitAndOnce()
{
    Watched watched;
    watched.addBlocked(Role::Lock, kSecond);
    watched.addBlocked(Role::Lock, 2 * kSecond);
    QCOMPARE(int(watched.lookAt(2 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(watched.reads, 0);
    QCOMPARE(int(watched.lookAt(2 * kSecond + kAfter)), int(News::None));
    QCOMPARE(watched.reads, 2);
    QCOMPARE(int(watched.lookAt(9 * kSecond)), int(News::Suspected));
    QCOMPARE(watched.watch.quiet(), 7 * kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 2);
    QVERIFY(!watched.watch.longest()); // it goes on
}

void TestStandstillWatch::whileOneThreadMovesNothingIsSuspected_data()
{
    QTest::addColumn<int>("state");
    QTest::newRow("running") << int(SliceState::Running);
    QTest::newRow("ready") << int(SliceState::Runnable);
    QTest::newRow("not known") << int(SliceState::Unknown);
}

void TestStandstillWatch::whileOneThreadMovesNothingIsSuspected()
{
    QFETCH(int, state);
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex other = watched.addBlocked(Role::Lock);
    watched.setState(other, SliceState(state), kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
    watched.setState(other, SliceState::Blocked, kSecond);
    QCOMPARE(int(watched.judgeAt(101 * kSecond)), int(News::Suspected));
    // Nor while one has just been made, and has done nothing yet.
    Watched grows;
    grows.addBlocked(Role::Lock);
    grows.addThread(Role::Lock);
    QCOMPARE(int(grows.judgeAt(100 * kSecond)), int(News::None));
}

void TestStandstillWatch::whatMovesEndsTheSuspicion()
{
    Watched watched;
    const ThreadIndex thread = watched.addBlocked(Role::Lock);
    watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.judgeAt(10 * kSecond)), int(News::Suspected));
    watched.setState(thread, SliceState::Running, 10 * kSecond);
    QCOMPARE(int(watched.lookAt(11 * kSecond)), int(News::Over));
    QCOMPARE(int(watched.lookAt(12 * kSecond)), int(News::None));
    // Also when it has come to rest again before anybody looked.
    watched.setState(thread, SliceState::Blocked, 12 * kSecond);
    QCOMPARE(int(watched.judgeAt(17 * kSecond)), int(News::Suspected));
    watched.setState(thread, SliceState::Blocked, 18 * kSecond);
    QCOMPARE(int(watched.lookAt(19 * kSecond)), int(News::Over));
    QCOMPARE(int(watched.lookAt(22 * kSecond)), int(News::None));
    QCOMPARE(int(watched.judgeAt(23 * kSecond)), int(News::Suspected));
}

void TestStandstillWatch::aStretchIsLookedIntoOnce()
{
    Watched watched;
    const ThreadIndex thread = watched.addBlocked(Role::Elsewhere);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 1);
    QCOMPARE(int(watched.lookAt(20 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 1);
    watched.setState(thread, SliceState::Blocked, 21 * kSecond);
    QCOMPARE(int(watched.lookAt(30 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 2);
}

void TestStandstillWatch::theEndOfAThreadIsAMovement()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex sleeper = watched.addBlocked(Role::Elsewhere);
    QCOMPARE(int(watched.lookAt(90 * kSecond)), int(News::None));
    watched.end(sleeper, 100 * kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(int(watched.judgeAt(100 * kSecond + kAfter)), int(News::Suspected));
}

void TestStandstillWatch::threadsThatHaveEndedDoNotCount()
{
    Watched watched;
    watched.end(watched.addBlocked(Role::Lock), 2 * kSecond);
    watched.end(watched.addBlocked(Role::Lock), 3 * kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None)); // nobody is left
    QCOMPARE(watched.reads, 0);
    watched.addBlocked(Role::Unknown); // and beside the ended ones it is alone
    QCOMPARE(int(watched.lookAt(101 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 1);
}

void TestStandstillWatch::otherProgramsDoNotCount()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex other = watched.addThread(Role::Elsewhere, false);
    watched.setState(other, SliceState::Running, kSecond);
    QCOMPARE(int(watched.judgeAt(100 * kSecond)), int(News::Suspected));
    QCOMPARE(watched.reads, 1);
}

void TestStandstillWatch::aThreadOfLostRecordsIsAskedWhatItDoes()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex other = watched.addThread(Role::Lock);
    watched.setState(other, SliceState::Lost, 2 * kSecond);
    QCOMPARE(int(watched.lookAt(2 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(watched.reads, 0);
    QCOMPARE(int(watched.judgeAt(2 * kSecond + kAfter)), int(News::Suspected));
    watched.setState(other, SliceState::Running, 20 * kSecond);
    QCOMPARE(int(watched.lookAt(21 * kSecond)), int(News::Over));
}

void TestStandstillWatch::theSamplersSlicesAreMovements()
{
    Watched watched(Source::Sampled);
    const ThreadIndex thread = watched.addThread(Role::Lock);
    const ThreadIndex other = watched.addThread(Role::Lock);
    const auto sample = [&watched](ThreadIndex of, TimestampNs begin, TimestampNs end) {
        watched.made.add(watched.made.shared()->thread(of).track.load(), begin, end,
                         SliceState::Sampled, kNoTask);
    };
    sample(thread, kSecond, 2 * kSecond);
    sample(other, kSecond, 3 * kSecond);
    QCOMPARE(int(watched.lookAt(3 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(int(watched.judgeAt(3 * kSecond + kAfter)), int(News::Suspected));
    sample(thread, 9 * kSecond, 10 * kSecond);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::Over));
}

void TestStandstillWatch::withEventsAloneNothingIsSuspected()
{
    Watched watched(Source::Events);
    watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 0);
}

void TestStandstillWatch::betweenLooksNothingIsDone()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(2 * kSecond)), int(News::None));
    watched.made.publish(100 * kSecond);
    QCOMPARE(int(watched.watch.look(watched.now + StandstillWatch::kLookPitch - 1)),
             int(News::None));
    QCOMPARE(watched.reads, 0);
    QCOMPARE(int(watched.judgeAt(100 * kSecond)), int(News::Suspected));
}

void TestStandstillWatch::theLongestStretchIsKept()
{
    Watched watched;
    const ThreadIndex thread = watched.addBlocked(Role::Lock, 0);
    const TimestampNs origin = HandmadeTrace::kOrigin;
    QVERIFY(!watched.watch.end(origin)); // nothing was suspected
    QCOMPARE(int(watched.judgeAt(6 * kSecond)), int(News::Suspected));
    QVERIFY(watched.watch.end(origin + 20 * kSecond));
    QVERIFY(!watched.watch.end(origin + 21 * kSecond)); // it has been told
    QCOMPARE(watched.watch.longest().value_or(0), 20 * kSecond);
    // A shorter one does not replace it.
    watched.setState(thread, SliceState::Blocked, 5'000 * kSecond);
    QCOMPARE(int(watched.judgeAt(5'000 * kSecond + kAfter)), int(News::Suspected));
    QVERIFY(watched.watch.end(origin));
    QCOMPARE(watched.watch.longest().value_or(0), 20 * kSecond);
}

QTEST_GUILESS_MAIN(TestStandstillWatch)
#include "tst_standstillwatch.moc"
