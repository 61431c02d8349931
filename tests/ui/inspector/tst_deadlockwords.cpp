// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
#include "ui/inspector/deadlockwords.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

RunReport deadlocked()
{
    RunReport report;
    report.outcome = RunOutcome::Deadlocked;
    DeadlockReport deadlock;
    deadlock.cycle = {{1, 2, 2, u"Alice"_s, u"fork 2"_s, u"Bob"_s, u"lock"_s},
                      {2, 1, 1, u"Bob"_s, u"fork 1"_s, u"Alice"_s, u"lock"_s}};
    report.deadlock = deadlock;
    return report;
}

} // namespace

class TestDeadlockWords : public QObject
{
    Q_OBJECT

private slots:
    void theCircleIsNamed()
    {
        QCOMPARE(deadlockSentence(deadlocked()),
                 u"Deadlock: Alice waits for fork 2, held by Bob; Bob waits for fork 1, held by "
                 u"Alice. None of them can go on."_s);
    }

    void aRunWithoutADeadlockHasNoWords() { QVERIFY(deadlockSentence(RunReport()).isEmpty()); }

    void aStarvedPoolIsToldApart()
    {
        HandmadeTrace made;
        made.addObject(5, ObjectKind::Pool, "the pool", 1);
        RunReport report = deadlocked();
        report.trace = made.shared();
        report.deadlock->isStarvation = true;
        report.deadlock->cycle = {{1, 2, kNoObject, u"job 1"_s, QString(), u"job 2"_s, u"join"_s},
                                  {2, 1, 5, u"job 2"_s, u"the pool"_s, u"job 1"_s, QString()}};
        QCOMPARE(deadlockSentence(report),
                 u"Pool starvation: job 1 waits for the end of job 2; job 2 waits for a worker of "
                 u"the pool, taken by job 1. No worker of the pool will ever become free."_s);
        const auto &cycle = report.deadlock->cycle;
        QCOMPARE(wantedWords(cycle[0], report.trace.get()), u"the end of job 2"_s);
        QCOMPARE(wantedWords(cycle[1], report.trace.get()), u"a worker of the pool"_s);
        QCOMPARE(wantedWords(cycle[1], nullptr), u"the pool"_s);
    }

    void whatWasNeverGivenBackIsToldApart()
    {
        RunReport report = deadlocked();
        report.deadlock->isLeak = true;
        report.message = u"query 6 waits for a connection of db: query 1 ended without giving it "
                         u"back"_s;
        const QString sentence = deadlockSentence(report);
        QVERIFY(sentence.startsWith(u"Never given back: query 6 waits"_s));
        QVERIFY(sentence.endsWith(u"giving it back. It will never become free."_s));
    }

    void aSuspicionIsWordedAsOne()
    {
        const QString sentence = standstillSentence(5 * kSecond);
        QVERIFY(sentence.startsWith(u"Nothing has moved for 5.00"_s));
        QVERIFY(sentence.contains(u"perhaps a deadlock"_s));
        QVERIFY(sentence.contains(u"suspected"_s));
        QVERIFY(sentence.contains(u"it may also be waiting for input, a signal"_s));
        QVERIFY(!sentence.contains(u"no thread waits"_s)); // that is more than anybody knows
        // What is known does not sound like a guess.
        for (const QString &known :
             {deadlockSentence(deadlocked()), deadlockFoundSentence(u"Alice waits"_s)}) {
            QVERIFY(!known.contains(u"perhaps"_s));
            QVERIFY(!known.contains(u"suspect"_s));
        }
    }
};

QTEST_GUILESS_MAIN(TestDeadlockWords)
#include "tst_deadlockwords.moc"
