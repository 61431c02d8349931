// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
#include "ui/timeline/taskend.h"
#include "ui/timeline/timescale.h"

#include <QTest>

using namespace Interleave;

namespace
{
constexpr DurationNs kMs = kMillisecond;
} // namespace

class TestTaskEnd : public QObject
{
    Q_OBJECT

private slots:
    void everyEndHasItsMark_data();
    void everyEndHasItsMark();
    void anEndIsExplainedWithItsTime();
    void whatHasNotEndedIsNotExplained();
    void anEndThatIsNotPublishedYetIsNotExplained();
    void otherTracksHaveNoEnd();
};

void TestTaskEnd::everyEndHasItsMark_data()
{
    QTest::addColumn<int>("outcome");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isBad");
    QTest::newRow("running") << int(TaskOutcome::Running) << QString() << false;
    QTest::newRow("never") << int(TaskOutcome::NeverStarted) << QString() << false;
    QTest::newRow("done") << int(TaskOutcome::Finished) << QStringLiteral("✓ done") << false;
    QTest::newRow("cancelled") << int(TaskOutcome::Cancelled) << QStringLiteral("✕ cancelled")
                               << true;
    QTest::newRow("failed") << int(TaskOutcome::Failed) << QStringLiteral("! failed") << true;
    QTest::newRow("crashed") << int(TaskOutcome::Crashed) << QStringLiteral("! crashed") << true;
}

void TestTaskEnd::everyEndHasItsMark()
{
    QFETCH(int, outcome);
    QFETCH(QString, text);
    QFETCH(bool, isBad);
    QCOMPARE(endText(TaskOutcome(outcome)), text);
    QCOMPARE(endMark(TaskOutcome(outcome)), text.left(1));
    QCOMPARE(isBadEnd(TaskOutcome(outcome)), isBad);
}

void TestTaskEnd::anEndIsExplainedWithItsTime()
{
    const HandmadeTrace made = HandmadeTrace::twoTasks();
    const TraceSnapshot snapshot(*made.shared());
    const TrackIndex cancelled = made.shared()->task(2).track.load();
    const QString text = endExplanation(snapshot, cancelled, 1e5);
    QVERIFY(text.startsWith(QStringLiteral("cancelled at ") + timeLabel(100 * kMs, 1e5)));
    const TrackIndex done = made.shared()->task(1).track.load();
    QVERIFY(endExplanation(snapshot, done, 1e5).startsWith(QStringLiteral("done at ")));
}

void TestTaskEnd::whatHasNotEndedIsNotExplained()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    made.add(track, 0, 10 * kMs, SliceState::Running, 1);
    made.publish(20 * kMs);
    QVERIFY(endExplanation(TraceSnapshot(*made.shared()), track, 1).isEmpty());
}

void TestTaskEnd::anEndThatIsNotPublishedYetIsNotExplained()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "prime 1");
    made.endTask(1, 30 * kMs, TaskOutcome::Failed);
    made.publish(20 * kMs);
    QVERIFY(endExplanation(TraceSnapshot(*made.shared()), track, 1).isEmpty());
    made.publish(30 * kMs);
    QVERIFY(!endExplanation(TraceSnapshot(*made.shared()), track, 1).isEmpty());
}

void TestTaskEnd::otherTracksHaveNoEnd()
{
    const HandmadeTrace made = HandmadeTrace::twoTasks();
    QVERIFY(endExplanation(TraceSnapshot(*made.shared()), 0, 1).isEmpty()); // core 0
}

QTEST_GUILESS_MAIN(TestTaskEnd)
#include "tst_taskend.moc"
