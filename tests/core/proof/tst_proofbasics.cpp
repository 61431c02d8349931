// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"

#include <QJsonArray>
#include <QSet>
#include <QStringList>
#include <QTest>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S01: waits fit side by side and need no processor. S02: who starts tasks goes on beside them. S03:
/// the kernel knows the names of threads, and of nothing else.
class TestProofBasics : public QObject
{
    Q_OBJECT

private:
    static constexpr int kIterations = 4;
    static constexpr int kPeriodMs = 60;
    /// What one sleeper alone takes.
    static constexpr DurationNs kAlone = kIterations * kPeriodMs * kMillisecond;

    static RunReport runSleepers(const QByteArray &model, int workers = 0)
    {
        return runSet("two-sleepers", model.constData(),
                      {{u"tasks"_s, u"2"_s},
                       {u"iterations"_s, QString::number(kIterations)},
                       {u"period_ms"_s, QString::number(kPeriodMs)},
                       {u"workers"_s, QString::number(workers)}});
    }
    static double timesAlone(const RunReport &report)
    {
        return double(report.statistics.wall) / double(kAlone);
    }
    /// Each model runs once, or until it takes as long as it should, and is looked at from several
    /// sides.
    const RunReport &sleepers(const QByteArray &model)
    {
        const auto known = m_sleepers.find(model);
        if (known != m_sleepers.end())
            return known->second;
        const double most = model == "sequential" ? 2.3 : 1.3;
        return m_sleepers
            .emplace(model,
                     tried([&] { return runSleepers(model); },
                           [&](const RunReport &report) { return timesAlone(report) <= most; }))
            .first->second;
    }
    static void addParallelModels()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes", "coroutines", "gil"})
            QTest::newRow(model) << QByteArray(model);
    }

    static constexpr int kMainWorkMs = 20;
    static RunReport runBeside(const QByteArray &model, bool joins)
    {
        return runSet("main-keeps-going", model.constData(),
                      {{u"tasks"_s, u"2"_s},
                       {u"iterations"_s, u"2"_s},
                       {u"period_ms"_s, u"50"_s},
                       {u"main_work_ms"_s, QString::number(kMainWorkMs)},
                       {u"join"_s, joins ? u"true"_s : u"false"_s}});
    }
    static std::vector<std::string> textsOf(const std::vector<Printed> &lines)
    {
        std::vector<std::string> texts;
        for (const Printed &line : lines)
            texts.push_back(line.text);
        return texts;
    }
    static TimestampNs firstBegin(const RunReport &report)
    {
        return byBegin(report).front().start + report.trace->origin();
    }
    static TimestampNs firstEnd(const RunReport &report)
    {
        TimestampNs first = lastEnd(report);
        for (const TaskStatistics &task : tasksOf(report))
            first = std::min(first, task.end);
        return first + report.trace->origin();
    }

    static RunReport runNamed(const QByteArray &model, const QString &names)
    {
        return runSet("named-workers", model.constData(),
                      {{u"tasks"_s, u"3"_s},
                       {u"names"_s, names},
                       {u"iterations"_s, u"1"_s},
                       {u"period_ms"_s, u"30"_s}});
    }
    static QStringList kernelNames(const RunReport &report)
    {
        QStringList names;
        const QJsonArray told = report.result.value("kernel_names"_L1).toArray();
        for (qsizetype i = 0; i < told.size(); ++i)
            names.append(told[i].toString());
        return names;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    // S01

    void theWaitsOfTwoTakeAsLongAsThoseOfOne_data() { addParallelModels(); }
    void theWaitsOfTwoTakeAsLongAsThoseOfOne()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = sleepers(model);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.statistics.wall >= kAlone);
        PROVE(timesAlone(report) <= 1.3, outcomeText(report), disturbance(report));
        QCOMPARE(mostInProgress(report), 2);
        // Nearly all the time.
        PROVE(shareOfWall(report, progressOf(report)) >= 1.8, outcomeText(report),
              disturbance(report));
    }

    void takingTurnsTheyTakeTwiceAsLong()
    {
        const RunReport &serial = sleepers("sequential");
        const RunReport &threads = sleepers("threads");
        const RunReport one = runSleepers("pool", 1);
        for (const RunReport *report : {&serial, &one}) {
            QVERIFY2(report->outcome == RunOutcome::Finished, qPrintable(outcomeText(*report)));
            QVERIFY(report->statistics.wall >= 2 * kAlone);
            QCOMPARE(mostInProgress(*report), 1);
            QVERIFY2(report->sentence.contains(u"took turns"_s), qPrintable(report->sentence));
        }
        const double speedUp = double(serial.statistics.wall) / double(threads.statistics.wall);
        PROVE(speedUp >= 1.7 && speedUp <= 2.2, QString::number(speedUp),
              firstReason({disturbance(serial), disturbance(threads)}));
    }

    void aTaskThatWaitsNeedsNoProcessor_data() { addParallelModels(); }
    void aTaskThatWaitsNeedsNoProcessor()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = sleepers(model);
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        PROVE(runningOf(report) < 10 * kMillisecond, outcomeText(report), disturbance(report));
        PROVE(shareOfWall(report, report.statistics.overlap) < 0.02, outcomeText(report),
              disturbance(report));
        QVERIFY2(report.sentence.contains(u"waiting needs no processor"_s),
                 qPrintable(report.sentence));
    }

    void aWaitOfAThreadIsASwitch()
    {
        const RunReport &report = sleepers("threads");
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        for (const TaskStatistics &task : tasksOf(report)) {
            const QString told = u"%1 switches"_s.arg(task.voluntary);
            QVERIFY2(task.voluntary >= std::uint64_t(kIterations), qPrintable(told));
            PROVE(task.voluntary <= std::uint64_t(3 * kIterations), told, disturbance(report));
        }
    }

    void onlyCoroutinesShareAThread_data() { addParallelModels(); }
    void onlyCoroutinesShareAThread()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = sleepers(model);
        QCOMPARE(threadsOf(report), std::size_t(model == "coroutines" ? 1 : 2));
        std::set<pid_t> pids;
        for (const TaskStatistics &task : tasksOf(report))
            pids.insert(task.pid);
        QCOMPARE(pids.size(), std::size_t(model == "processes" ? 2 : 1));
    }

    void theirLinesComeMixed_data() { addParallelModels(); }
    void theirLinesComeMixed()
    {
        QFETCH(QByteArray, model);
        const RunReport &report = sleepers(model);
        const std::vector<Printed> lines = printedLines(report);
        QCOMPARE(lines.size(), std::size_t(2 * kIterations));
        std::map<TaskId, int> counts;
        int changes = 0;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            ++counts[lines[i].task];
            changes += i > 0 && lines[i].task != lines[i - 1].task ? 1 : 0;
        }
        QCOMPARE(counts.size(), std::size_t(2));
        QCOMPARE(counts.begin()->second, kIterations);
        // One change alone would be one after the other.
        PROVE(changes >= kIterations, QString::number(changes), disturbance(report));
    }

    void oneAfterAnotherTheLinesAreNotMixed()
    {
        const std::vector<Printed> lines = printedLines(sleepers("sequential"));
        QCOMPARE(lines.size(), std::size_t(2 * kIterations));
        for (std::size_t i = 0; i < lines.size(); ++i)
            QCOMPARE(lines[i].task, lines[i < std::size_t(kIterations) ? 0 : kIterations].task);
    }

    // S02

    void mainGoesOnBesideItsTasks_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes"})
            QTest::newRow(model) << QByteArray(model);
    }
    void mainGoesOnBesideItsTasks()
    {
        QFETCH(QByteArray, model);
        const bool isThreads = model == "threads";
        const auto delay = [](const RunReport &report) {
            return printedByMain(report).front().time - firstBegin(report);
        };
        const auto isBeside = [&](const RunReport &report) {
            return printedByMain(report).size() == 3
                && printedByMain(report)[1].time < firstEnd(report)
                && (!isThreads || delay(report) < kMillisecond);
        };
        const RunReport report = tried([&] { return runBeside(model, true); }, isBeside);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<std::string> expected{
            "Main thread is running", "Main thread waits for its tasks", "Main thread exiting"};
        QCOMPARE(textsOf(printedByMain(report)), expected);
        PROVE(isBeside(report),
              u"main's line came %1 ms after the first begin"_s.arg(milliseconds(delay(report))),
              disturbance(report));
        // It has computed meanwhile: that is no waiting.
        if (knowsEachSwitch(report))
            PROVE(mainTask(report).running >= kMainWorkMs / 2 * kMillisecond, outcomeText(report),
                  disturbance(report));

        // And then it is held until the last of them is done.
        const TimestampNs last = lastEnd(report) + report.trace->origin();
        QVERIFY(printedByMain(report).back().time >= last);
        QVERIFY(mainTask(report).end >= lastEnd(report));
        PROVE(mainTask(report).end - lastEnd(report) < 20 * kMillisecond,
              QString::number(milliseconds(mainTask(report).end - lastEnd(report))),
              disturbance(report));
    }

    void withoutAJoinMainEndsFirst_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void withoutAJoinMainEndsFirst()
    {
        QFETCH(QByteArray, model);
        const auto endsFirst = [](const RunReport &report) {
            return endOf(report, mainTask(report)) < firstEnd(report);
        };
        const RunReport report = tried([&] { return runBeside(model, false); }, endsFirst);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<std::string> expected{"Main thread is running", "Main thread exiting"};
        QCOMPARE(textsOf(printedByMain(report)), expected);
        PROVE(endsFirst(report), outcomeText(report), disturbance(report));
        for (const TaskStatistics &task : tasksOf(report))
            QCOMPARE(task.outcome, TaskOutcome::Finished);
    }

    void coroutinesBeginWhenMainGivesWay()
    {
        const RunReport report = runBeside("coroutines", true);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<Printed> lines = printedByMain(report);
        QCOMPARE(lines.size(), std::size_t(3));
        QVERIFY(lines[1].time < firstBegin(report));
        QVERIFY(mainTask(report).end >= lastEnd(report));
    }

    void oneAfterAnotherMainHasToWaitForItsTurn()
    {
        const RunReport report = runBeside("sequential", true);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(printedByMain(report).front().time > lastEnd(report) + report.trace->origin());
    }

    // S03

    void whatHasAThreadHasItsNameThere_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes"})
            QTest::newRow(model) << QByteArray(model);
    }
    void whatHasAThreadHasItsNameThere()
    {
        QFETCH(QByteArray, model);
        // Of the second the kernel keeps 15 bytes, and of the last no half letter.
        const RunReport report = runNamed(
            model, QString::fromUtf8("reader,a name that is too long,abcdefghijklmn\u00e4"));
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const QStringList expected{u"reader"_s, u"a name that is "_s, u"abcdefghijklmn"_s};
        QCOMPARE(kernelNames(report), expected);
        QCOMPARE(tasksOf(report)[1].name, std::string("a name that is too long"));
        // A worker that had to do for two jobs bears the name of the last.
        if (knowsEachSwitch(report) && model != "pool")
            PROVE(report.sentence.contains(u"the kernel knew each"_s), report.sentence,
                  disturbance(report));
    }

    void coroutinesHaveOneNameForAllOfThem_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("coroutines") << QByteArray("coroutines");
        QTest::newRow("sequential") << QByteArray("sequential");
    }
    void coroutinesHaveOneNameForAllOfThem()
    {
        QFETCH(QByteArray, model);
        const RunReport report = runNamed(model, u"reader,writer,clerk"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const QStringList names = kernelNames(report);
        QCOMPARE(names.size(), qsizetype(3));
        QCOMPARE(QSet<QString>(names.begin(), names.end()).size(), qsizetype(1));
        QVERIFY2(!QStringList({u"reader"_s, u"writer"_s, u"clerk"_s}).contains(names.front()),
                 qPrintable(names.front()));
        QCOMPARE(tasksOf(report)[1].name, std::string("writer"));
    }

private:
    std::map<QByteArray, RunReport> m_sleepers;
};

QTEST_GUILESS_MAIN(TestProofBasics)
#include "tst_proofbasics.moc"
