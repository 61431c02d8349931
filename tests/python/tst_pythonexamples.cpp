// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/catalogue.h"
#include "core/taskset/setcommand.h"
#include "tests/support/mariadbserver.h"
#include "tests/support/programrun.h"
#include "tests/support/setrun.h"

#include <QFile>
#include <QFileInfo>
#include <QtTest>

#include <algorithm>
#include <string>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// The Python examples of the gallery, in their class version: what their texts say is on the lanes.
class TestPythonExamples : public QObject
{
    Q_OBJECT

private:
    Catalogue m_catalogue;

    /// The command that the set starts, by the interpreter itself.
    CommandSpec commandOfSet(const QString &slug, const Params &given = {},
                             const QString &python = pythonProgram()) const
    {
        const TaskSet *set = m_catalogue.find(slug);
        if (!set)
            qFatal("there is no set %s", qPrintable(slug));
        const auto params = checkedParameters(*set, given);
        if (!params)
            qFatal("%s", params.error().message.c_str());
        return commandOf(*set, params.value(), sourceFile(u"resources/python/examples"_s), python);
    }

    /// Requests that were answered.
    static int requestsThatBegin(const RunReport &report, const std::string &name)
    {
        const std::vector<TaskId> requests = tasksOfKind(report, TaskKind::Request);
        return int(std::count_if(requests.begin(), requests.end(), [&](TaskId id) {
            return report.trace->taskName(id).rfind(name, 0) == 0
                && report.trace->task(id).outcome.load() == TaskOutcome::Finished;
        }));
    }
    /// Counts the text, not the lines that have it: Python's print() writes a line and its end apart, so
    /// that the lines of two threads may become one, and an empty one.
    static int timesSaid(const RunReport &report, const QString &text)
    {
        int times = 0;
        for (const PrintedLine &line : report.lines)
            times += int(line.text.count(text));
        return times;
    }

    static QStringList processNames(const RunReport &report)
    {
        QStringList names;
        for (const ProcessReport &process : report.command->processes)
            names << process.name;
        return names;
    }
    static QStringList taskNames(const RunReport &report, TaskKind kind)
    {
        QStringList names;
        for (const TaskId id : tasksOfKind(report, kind))
            names << QString::fromStdString(report.trace->taskName(id));
        return names;
    }
    static bool hasOneThatBegins(const QStringList &names, const QString &wanted)
    {
        return std::any_of(names.begin(), names.end(),
                           [&](const QString &name) { return name.startsWith(wanted); });
    }

private slots:
    void initTestCase()
    {
        Result<Catalogue> catalogue = Catalogue::load();
        QVERIFY2(catalogue.isOk(), catalogue ? "" : catalogue.error().message.c_str());
        m_catalogue = std::move(catalogue).value();
        if (pythonProgram().isEmpty())
            QSKIP("python3 is not installed");
    }

    void everySetOfTheGroupHasItsScriptAlsoInTheProgram()
    {
        int sets = 0;
        for (const TaskSet &set : m_catalogue.sets()) {
            if (set.group != u"Python"_s)
                continue;
            ++sets;
            QVERIFY2(set.command.has_value(), qPrintable(set.slug));
            const CommandSpec spec = commandOfSet(set.slug);
            QVERIFY2(placeholdersOf(spec).isEmpty(), qPrintable(spec.text()));
            const QString script = spec.words.value(1);
            QVERIFY2(QFileInfo(script).isFile(), qPrintable(script));
            QFile inSource(script),
                inProgram(u":/python/examples/"_s + QFileInfo(script).fileName());
            QVERIFY2(inSource.open(QIODevice::ReadOnly) && inProgram.open(QIODevice::ReadOnly),
                     qPrintable(inProgram.fileName()));
            QCOMPARE(inProgram.readAll(), inSource.readAll());
        }
        QCOMPARE(sets, 7);
    }

    void theLanesHaveWhatTheScriptNames_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QStringList>("threads");
        QTest::addColumn<QStringList>("processes");
        QTest::addColumn<QStringList>("coroutines");
        const QStringList none;
        QTest::newRow("threads") << u"python-threads"_s << QStringList{u"Thread-1"_s, u"Thread-2"_s}
                                 << none << none;
        QTest::newRow("named threads")
            << u"python-named-threads"_s
            << QStringList{u"collector"_s, u"sorter"_s, u"long-distance-messenger"_s} << none
            << none;
        QTest::newRow("processes")
            << u"python-processes"_s << none << QStringList{u"east"_s, u"west"_s} << none;
        QTest::newRow("asyncio") << u"python-asyncio"_s << none << none
                                 << QStringList{u"harbour"_s, u"market"_s};
        QTest::newRow("mixed") << u"python-mixed"_s
                               << QStringList{u"cruncher"_s, u"watcher"_s, u"worker"_s}
                               << QStringList{u"helper"_s}
                               << QStringList{u"left"_s, u"right"_s, u"counting"_s};
    }
    void theLanesHaveWhatTheScriptNames()
    {
        QFETCH(QString, slug);
        QFETCH(QStringList, threads);
        QFETCH(QStringList, processes);
        QFETCH(QStringList, coroutines);
        const auto report = recordProgram(commandOfSet(slug));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const QStringList foundThreads = threadNames(*report);
        for (const QString &name : threads)
            QVERIFY2(hasOneThatBegins(foundThreads, name), qPrintable(foundThreads.join(u", "_s)));
        const QStringList foundProcesses = processNames(*report);
        for (const QString &name : processes)
            QVERIFY2(foundProcesses.contains(name), qPrintable(foundProcesses.join(u", "_s)));
        const QStringList foundTasks = taskNames(*report, TaskKind::Coroutine);
        for (const QString &name : coroutines)
            QVERIFY2(foundTasks.contains(name), qPrintable(foundTasks.join(u", "_s)));
    }

    /// One of the sets also at its other pace, which makes all of them longer and nothing else: 5 s.
    void asWrittenARoundTakesASecond()
    {
        const auto report =
            recordProgram(commandOfSet(u"python-threads"_s, {{u"pace"_s, u"as written"_s}}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        QCOMPARE(timesSaid(*report, u"round 5 of 5"_s), 2);
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const Trace &trace = *report->trace;
        int found = 0;
        for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
            if (trace.threadName(i).rfind("Thread-", 0) != 0)
                continue;
            ++found; // a sleep never ends early
            QVERIFY(trace.thread(i).ended.load() - trace.thread(i).created.load() >= 5 * kSecond);
        }
        QCOMPARE(found, 2);
    }

    void requestsAreMadeToAServerThatTheSetStarts()
    {
        const QString python = pythonWith(u"aiohttp"_s);
        if (python.isEmpty())
            QSKIP("aiohttp is not installed: the package python3-aiohttp brings it");
        CommandSpec spec = commandOfSet(u"python-aiohttp"_s, {}, python);
        spec.environment = {u"INTERLEAVE_SERVER_URL"_s}; // none: the script starts one
        const auto report = recordProgram(spec);
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        QCOMPARE(timesSaid(*report, u"status 200, 64 bytes"_s), 30);
        QCOMPARE(requestsThatBegin(*report, "GET 127.0.0.1:"), 30);
        QVERIFY(report->command->leftRunning.empty()); // and ends it
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const std::vector<ProcessReport> &processes = report->command->processes;
        const auto server =
            std::find_if(processes.begin(), processes.end(), [](const ProcessReport &process) {
                return process.commandLine.contains(u"interleave-server"_s);
            });
        QVERIFY(server != processes.end());
        QCOMPARE(server->parentPid, processes.front().pid);
    }

    void queriesAreMadeToTheSocketOfTheSet()
    {
        const QString python = pythonWith(u"aiomysql"_s);
        if (python.isEmpty())
            QSKIP("aiomysql is not installed: the package python3-aiomysql brings it");
        if (const QString obstacle = MariaDbServer::obstacle(); !obstacle.isEmpty())
            QSKIP(qPrintable(obstacle));
        MariaDbServer server;
        const QString problem = server.start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const QString socket = server.url().section(u"socket="_s, 1);
        CommandSpec spec = commandOfSet(u"python-aiomysql"_s, {{u"socket"_s, socket}}, python);
        spec.environment = {u"LOGNAME=root"_s, u"MYSQL_PWD"_s}; // who may enter that server
        const auto report = recordProgram(spec);
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        QCOMPARE(timesSaid(*report, u": answered"_s), 20);
        QCOMPARE(requestsThatBegin(*report, "connection"), 20);
        QCOMPARE(requestsThatBegin(*report, "SELECT SLEEP"), 20);
    }

    void aJobOfAnExecutorIsALaneOfItsOwn()
    {
        const auto report = recordProgram(commandOfSet(u"python-mixed"_s));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        const std::vector<TaskId> jobs = tasksOfKind(*report, TaskKind::Job);
        QCOMPARE(jobs.size(), std::size_t(1));
        const TaskInfo &job = report->trace->task(jobs.front());
        QVERIFY(job.outcome.load() == TaskOutcome::Finished);
        QVERIFY(job.ended.load() - job.begun.load() >= 290 * kMillisecond); // it sleeps for a round
        const ThreadIndex thread = job.thread.load();
        QVERIFY(thread < report->trace->threadCount());
        QVERIFY(report->trace->threadName(thread).rfind("worker", 0) == 0);
    }
};

QTEST_GUILESS_MAIN(TestPythonExamples)
#include "tst_pythonexamples.moc"
