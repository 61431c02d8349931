// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/printed.h"

#include <QTest>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S33: how long an event loop shows no frame, by where the work is done.
class TestProofResponsiveWindow : public QObject
{
    Q_OBJECT

private:
    static constexpr DurationNs kFrame = 16 * kMillisecond;
    /// Two frames: what a person begins to see.
    static constexpr DurationNs kVisible = 33 * kMillisecond;
    static constexpr DurationNs kSlack = 12 * kMillisecond;

    static RunReport run(const char *model, int sliceMs)
    {
        return runSet("responsive-window", model,
                      {{u"work_ms"_s, u"300"_s}, {u"slice_ms"_s, QString::number(sliceMs)}});
    }
    static TaskStatistics taskNamed(const RunReport &report, const std::string &name)
    {
        for (const TaskStatistics &task : report.statistics.tasks) {
            if (task.name == name)
                return task;
        }
        return {};
    }
    /// By the records of the frames.
    static std::vector<TimestampNs> framesOf(const RunReport &report)
    {
        const TaskId frames = taskNamed(report, "frames").id;
        std::vector<TimestampNs> times;
        for (std::size_t i = 0; i < report.trace->marks().size(); ++i) {
            const MarkInfo &mark = report.trace->marks()[i];
            if (mark.task == frames && mark.kind == MarkKind::Value)
                times.push_back(mark.time);
        }
        return times;
    }
    static DurationNs longestGap(const RunReport &report)
    {
        const std::vector<TimestampNs> times = framesOf(report);
        DurationNs longest = 0;
        for (std::size_t i = 1; i < times.size(); ++i)
            longest = std::max(longest, times[i] - times[i - 1]);
        return longest;
    }
    /// Why the loop could not be in time, other than by the work; empty when there is no such reason.
    static QString excuse(const RunReport &report)
    {
        if (std::thread::hardware_concurrency() < 2)
            return u"needs two cores"_s;
        if (const QString why = disturbance(report); !why.isEmpty())
            return why;
        const DurationNs ready = mainTask(report).runnable + taskNamed(report, "frames").runnable;
        return ready > 5 * kMillisecond ? u"the event loop had to wait for a core"_s : QString();
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void workElsewhereKeepsTheFramesComing_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes", "coroutines"})
            QTest::addRow("%s", model) << QByteArray(model);
    }
    void workElsewhereKeepsTheFramesComing()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), 5);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const DurationNs gap = longestGap(report);
        const double expected = report.result.value("frames_expected"_L1).toDouble();
        const double shown = report.result.value("frames"_L1).toDouble();
        QVERIFY(expected > 10);
        if (gap >= kVisible || shown < 0.8 * expected) {
            if (const QString why = excuse(report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QVERIFY2(gap < kVisible, qPrintable(QString::number(gap)));
        QVERIFY2(shown >= 0.8 * expected, qPrintable(report.sentence));
    }

    void onTheSameThreadTheGapIsTheLongestTurnOfTheWork_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("sliceMs");
        QTest::newRow("in an event handler") << QByteArray("sequential") << 5;
        QTest::newRow("a coroutine that never gives way") << QByteArray("coroutines") << 0;
        QTest::newRow("a coroutine that seldom gives way") << QByteArray("coroutines") << 50;
        QTest::newRow("a coroutine that often gives way") << QByteArray("coroutines") << 5;
    }
    void onTheSameThreadTheGapIsTheLongestTurnOfTheWork()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, sliceMs);
        const RunReport report = run(model.constData(), sliceMs);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const TaskStatistics work = taskNamed(report, "work");
        const DurationNs turn = longestTurn(report, work);
        const DurationNs gap = longestGap(report);
        const QString told = u"gap %1 ns, turn %2 ns"_s.arg(gap).arg(turn);
        QVERIFY2(gap >= turn, qPrintable(told));
        const bool isInOnePiece = model == QByteArray("sequential") || sliceMs == 0;
        const DurationNs whole = work.end - work.start;
        QCOMPARE(turn >= whole * 95 / 100, isInOnePiece);
        if (const QString why = excuse(report); !why.isEmpty() && gap > turn + kFrame + kSlack)
            QSKIP(qPrintable(why));
        QVERIFY2(gap <= turn + kFrame + kSlack, qPrintable(told));
    }

    void theResultSaysWhatTheRecordsSay()
    {
        const RunReport report = run("threads", 5);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<TimestampNs> times = framesOf(report);
        QCOMPARE(report.result.value("frames"_L1).toInt(), int(times.size()));
        const auto told =
            DurationNs(report.result.value("longest_gap_ms"_L1).toDouble() * double(kMillisecond));
        if (const QString why = excuse(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY(std::abs(told - longestGap(report)) <= 2 * kMillisecond);
        QCOMPARE(taskNamed(report, "frames").outcome, TaskOutcome::Finished);
        QVERIFY(report.sentence.contains(u"on a thread of its own"_s));
    }
};

QTEST_GUILESS_MAIN(TestProofResponsiveWindow)
#include "tst_proofresponsivewindow.moc"
