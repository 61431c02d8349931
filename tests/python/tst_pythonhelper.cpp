// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/helperscripts.h"
#include "tests/python/pythonrows.h"

#include <QRegularExpression>
#include <QSet>
#include <QtTest>

#include <set>

using namespace Interleave;
using namespace Interleave::Support;

class TestPythonHelper : public QObject
{
    Q_OBJECT

    std::vector<Python> m_pythons;

    void rows(bool helped) { addPythonRows(m_pythons, helped); }

private slots:
    void initTestCase()
    {
        QVERIFY(!qEnvironmentVariableIsEmpty("INTERLEAVE_SOURCE_DIR"));
        m_pythons = pythons();
    }

    void itSaysWhichInterpreterRuns_data() { rows(true); }
    void itSaysWhichInterpreterRuns()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(
            "import os, sys; sys.setswitchinterval(0.25); print(os.getpid())");
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.messages.size(), std::size_t(2));
        const Message &first = told.messages[0];
        QCOMPARE(int(first.kind), int(MessageKind::Interpreter));
        QCOMPARE(int(first.cause), version);
        QCOMPARE(first.number, std::uint64_t(told.output.trimmed().toULongLong()));
        const bool isFreeThreaded = QByteArray(QTest::currentDataTag()).endsWith('t');
        QCOMPARE(first.key, std::string(isFreeThreaded ? "free" : "gil"));
        QCOMPARE(first.text, std::string("5000000"));
        QCOMPARE(told.messages[1].text, std::string("250000000"));
    }

    void theProgramDoesTheSameAsWithoutIt_data() { rows(true); }
    void theProgramDoesTheSameAsWithoutIt()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told bare = python.runBare(kNosy);
        const Told helped = python.run(kNosy);
        // Where objects are differs from run to run.
        static const QRegularExpression changing(QStringLiteral("0x[0-9a-f]+"));
        QCOMPARE(QString(helped.output).remove(changing), QString(bare.output).remove(changing));
        QCOMPARE(helped.exitCode, bare.exitCode);
        QCOMPARE(bare.exitCode, 1);
        QVERIFY(!helped.events.empty());
    }

    void theHiddenSitecustomizeIsLoaded_data()
    {
        rows(true);
        for (const Python &python : m_pythons) { // and by those that are too old to be helped
            if (!python.isHelped()) {
                QTest::addRow("Python %s", qPrintable(python.label())) << python.program << 0;
            }
        }
    }
    void theHiddenSitecustomizeIsLoaded()
    {
        FETCH_PYTHON
        const char *const script = "import sys; m = sys.modules.get('sitecustomize'); "
                                   "print(m and m.__file__.rsplit('.', 1)[0])";
        HelpedPython python(program);
        QCOMPARE(python.run(script).output, python.runBare(script).output);
        python.write(QStringLiteral("hidden/sitecustomize.py"), "print('the hidden one')\n");
        python.furtherPaths = {python.folder() + QStringLiteral("/hidden")};
        const Told helped = python.run(script);
        QVERIFY2(helped.output.startsWith(QLatin1String("the hidden one\n")),
                 qPrintable(helped.output));
        QVERIFY(helped.output.contains(QLatin1String("hidden/sitecustomize")));
        QCOMPARE(helped.output, python.runBare(script).output);
        python.write(QStringLiteral("broken/sitecustomize.py"), "import nosuchmodule\n");
        python.furtherPaths = {python.folder() + QStringLiteral("/broken")};
        QCOMPARE(python.run(script).output, python.runBare(script).output);
    }

    void anOldPythonIsLeftAlone_data() { rows(false); }
    void anOldPythonIsLeftAlone()
    {
        FETCH_PYTHON
        const char *const script =
            "import sys, threading; print(sys.argv, [p for p in sys.path if 'helper' in p], "
            "[m for m in sys.modules if 'interleave' in m])\nsys.exit(3)";
        const HelpedPython python(program);
        const Told helped = python.run(script);
        QCOMPARE(helped.output, python.runBare(script).output);
        QCOMPARE(helped.exitCode, 3);
        QVERIFY(helped.messages.empty());
    }

    void withoutItsFolderOrItsEnvironmentItIsOff_data()
    {
        QTest::addColumn<QString>("option");
        for (const char *option : {"-I", "-E", "-S"})
            QTest::newRow(option) << QString::fromLatin1(option);
    }
    void withoutItsFolderOrItsEnvironmentItIsOff()
    {
        QFETCH(QString, option);
        for (const Python &found : m_pythons) {
            if (!found.isHelped())
                continue;
            HelpedPython python(found.program);
            python.options = QStringList{option};
            const Told told = python.run(kJobs);
            QCOMPARE(told.exitCode, 0);
            QCOMPARE(told.output, python.runBare(kJobs).output);
            QVERIFY(told.messages.empty() && told.events.empty());
        }
    }

    void threadsHaveTheirNamesAndWhatTheyWaitFor_data() { rows(true); }
    void threadsHaveTheirNamesAndWhatTheyWaitFor()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kThreads);
        QCOMPARE(told.exitCode, 0);
        const Message *named = told.find(MessageKind::ThreadName, "a very long name 42");
        const Message *renamed = told.find(MessageKind::ThreadName, "renamed");
        QVERIFY(named && renamed);
        QCOMPARE(renamed->number, named->number);
        QVERIFY(named->number != std::uint64_t(told.pidOf(named)));
        QCOMPARE(told.waits(),
                 QStringLiteral("Wait:Join WaitEnd Wait:Queue WaitEnd Wait:Join! WaitEnd"));
        QCOMPARE(told.events.front().tid, told.pidOf(named)); // the main thread waits
    }

    void theKernelsNameOfAThreadIsLeftAlone_data() { rows(true); }
    void theKernelsNameOfAThreadIsLeftAlone()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told told = python.run(kKernelName);
        QVERIFY2(told.output.endsWith(QLatin1String("'] 1\n")), qPrintable(told.output));
        QCOMPARE(told.output, python.runBare(kKernelName).output);
    }

    void jobsAreQueuedAndRun_data() { rows(true); }
    void jobsAreQueuedAndRun()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kJobs);
        QCOMPARE(told.exitCode, 0);
        const QStringList expected{QStringLiteral("work 1"), QStringLiteral("fail 2")};
        QCOMPARE(told.texts(MessageKind::Define, "job"), expected);
        QCOMPARE(told.storyOf(1), QStringLiteral("Queued Begin End"));
        QCOMPARE(told.storyOf(2), QStringLiteral("Queued Begin Failed"));
        QVERIFY(told.find(1, EventKind::Queued)->tid != told.find(1, EventKind::Begin)->tid);
    }

    void tasksAreToldStepByStep_data() { rows(true); }
    void tasksAreToldStepByStep()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kTasks);
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.dropped, std::uint64_t(0));
        QCOMPARE(told.corrupted, std::uint64_t(0));
        const Message *main = told.find(MessageKind::Define, "Task-1 (main)");
        const Message *child = told.find(MessageKind::Define, "child");
        QVERIFY(main && child);
        QCOMPARE(child->cause, main->task);
        QCOMPARE(child->key, std::string("coroutine"));
        QCOMPARE(told.storyOf(child->task),
                 QStringLiteral("Queued Begin Suspend:Yield Resume End"));
        QCOMPARE(told.find(child->task, EventKind::Queued)->event.cause, main->task);
        const HelperEvent *awaits = told.find(main->task, EventKind::Suspend);
        QCOMPARE(Told::described(awaits->event), QStringLiteral("Suspend:Await"));
        QCOMPARE(awaits->event.argument, child->task);
        const HelperEvent *woken = told.find(main->task, EventKind::Resume);
        QCOMPARE(woken->event.cause, child->task);
        // In the order of their numbers: gather()'s, the cancelled one, the one behind the lock.
        QCOMPARE(told.storyOf(child->task + 1),
                 QStringLiteral("Queued Begin Suspend:Yield Resume End"));
        QCOMPARE(told.storyOf(child->task + 2), QStringLiteral("Queued Begin Failed"));
        QCOMPARE(told.storyOf(child->task + 3),
                 QStringLiteral("Queued Begin Suspend:Sleep Resume Cancelled"));
        QCOMPARE(told.storyOf(child->task + 4),
                 QStringLiteral("Queued Begin Suspend:Lock Resume End"));
        QCOMPARE(told.storyOf(child->task + 5), QStringLiteral("Queued Begin End")); // a job
        QVERIFY(told.storyOf(main->task).endsWith(QLatin1String("Suspend:Await Resume End")));
    }

    void anEagerTaskRunsWithinItsCreator_data() { rows(true); }
    void anEagerTaskRunsWithinItsCreator()
    {
        FETCH_PYTHON
        if (version < 312)
            QSKIP("eager tasks came with Python 3.12");
        const Told told = HelpedPython(program).run(R"(
import asyncio
async def quick(): pass
async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    await asyncio.create_task(quick(), name='eager')
asyncio.run(main())
)");
        const Message *eager = told.find(MessageKind::Define, "eager");
        QVERIFY(eager);
        QCOMPARE(told.storyOf(eager->task), QStringLiteral("Queued Begin End"));
        const TaskId main = eager->cause;
        const HelperEvent *suspended = told.find(main, EventKind::Suspend);
        QVERIFY(!suspended
                || told.find(eager->task, EventKind::End)->event.ticks < suspended->event.ticks);
    }

    void processesTellTheirNames_data() { rows(true); }
    void processesTellTheirNames()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kProcesses);
        QCOMPARE(told.output, QStringLiteral("fork 0\nspawn 0\nforkserver 0\n"));
        std::set<pid_t> pids;
        for (const char *name : {"by-fork", "by-spawn", "by-forkserver"}) {
            const Message *process = told.find(MessageKind::Process, name);
            QVERIFY2(process, name);
            QCOMPARE(process->key, std::string());
            QCOMPARE(process->number, std::uint64_t(told.pidOf(process)));
            pids.insert(told.pidOf(process));
        }
        QCOMPARE(pids.size(), std::size_t(3));
        const QStringList keepers = told.texts(MessageKind::Process, "housekeeping");
        const QSet<QString> expected{QStringLiteral("resource tracker"),
                                     QStringLiteral("forkserver")};
        QCOMPARE(QSet<QString>(keepers.begin(), keepers.end()), expected);
        QVERIFY(told.waits().contains(QLatin1String("Wait:Child WaitEnd")));
    }

    void aForkedChildHasRingsOfItsOwn_data() { rows(true); }
    void aForkedChildHasRingsOfItsOwn()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kForkInAStep);
        QVERIFY2(told.output.endsWith(QLatin1String("done\n")), qPrintable(told.output));
        QCOMPARE(told.corrupted, std::uint64_t(0));
        const pid_t parent = told.pids[0];
        pid_t child = 0;
        for (const HelperEvent &event : told.events) {
            QCOMPARE(event.slot == 0, event.pid == parent);
            child = event.pid != parent ? event.pid : child;
        }
        QVERIFY(child != 0);
        // The child's way out of the step that it was forked in is nobody's; what follows is new.
        QCOMPARE(told.storyOf(1, parent), QStringLiteral("Queued Begin Suspend:Yield Resume End"));
        QCOMPARE(told.storyOf(1, child), QStringLiteral("Begin End"));
    }

    void requestsAreSpans_data() { rows(true); }
    void requestsAreSpans()
    {
        FETCH_PYTHON
        HelpedPython python(program);
        python.write(QStringLiteral("aiohttp/__init__.py"), "from .client import ClientSession\n");
        python.write(QStringLiteral("aiohttp/client.py"), R"(
import asyncio
class ClientSession:
    async def _request(self, method, str_or_url, **arguments):
        await asyncio.sleep(60 if 'slow' in str_or_url else 0)
        if 'bad' in str_or_url: raise ValueError
)");
        python.write(QStringLiteral("aiomysql/__init__.py"), "");
        python.write(QStringLiteral("aiomysql/pool.py"),
                     "class Pool:\n    async def _acquire(self): pass\n");
        python.write(QStringLiteral("aiomysql/cursors.py"),
                     "class Cursor:\n    async def execute(self, query, args=None): pass\n");
        const Told told = python.run(kClients);
        QCOMPARE(told.output, QStringLiteral("False\n")); // nothing imports it but the program
        const QStringList expected{QStringLiteral("GET host:80/path"),
                                   QStringLiteral("POST host/bad"), QStringLiteral("GET host/slow"),
                                   QStringLiteral("connection"),
                                   QStringLiteral("SELECT * FROM t WHERE a = %s")};
        QCOMPARE(told.texts(MessageKind::Define, "request"), expected);
        const QStringList stories{
            QStringLiteral("Suspend:Io End"), QStringLiteral("Suspend:Io Failed"),
            QStringLiteral("Suspend:Io Cancelled"), QStringLiteral("Suspend:Connection End"),
            QStringLiteral("Suspend:Io End")};
        for (int i = 0; i < expected.size(); ++i) {
            const Message *request = told.find(MessageKind::Define, qPrintable(expected[i]));
            QCOMPARE(told.storyOf(request->task), stories[i]);
            QVERIFY(request->cause != kNoTask);
        }
    }

    void moreThreadsThanASlotHasRingsTakeFurtherSlots_data() { rows(true); }
    void moreThreadsThanASlotHasRingsTakeFurtherSlots()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kManyThreads);
        QCOMPARE(told.exitCode, 0);
        std::set<pid_t> tids;
        std::set<std::uint32_t> slotNumbers;
        for (const HelperEvent &event : told.events) {
            if (event.event.kind == EventKind::Begin)
                tids.insert(event.tid);
            slotNumbers.insert(event.slot);
        }
        QCOMPARE(tids.size(), std::size_t(40));
        QCOMPARE(slotNumbers.size(), std::size_t(3)); // 41 threads, 16 rings a slot
    }

    void aPythonThatTakesTheProcessOverCountsOn_data() { rows(true); }
    void aPythonThatTakesTheProcessOverCountsOn()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kExec);
        QCOMPARE(told.exitCode, 0);
        std::set<TaskId> tasks;
        int definitions = 0;
        for (const Message &message : told.messages) {
            if (message.kind == MessageKind::Define) {
                tasks.insert(message.task);
                ++definitions;
            }
        }
        QVERIFY(definitions >= 2);
        QCOMPARE(tasks.size(), std::size_t(definitions));
        QCOMPARE(std::set<pid_t>(told.pids.begin(), told.pids.end()).size(), std::size_t(1));
    }

    void withoutASlotTheProgramRunsUnhelped_data() { rows(true); }
    void withoutASlotTheProgramRunsUnhelped()
    {
        FETCH_PYTHON
        HelpedPython python(program);
        python.isBoardFull = true;
        const Told told = python.run(kJobs);
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.output, python.runBare(kJobs).output);
        QCOMPARE(told.refused, 1u);
        QVERIFY(told.events.empty());
    }
};

QTEST_GUILESS_MAIN(TestPythonHelper)
#include "tst_pythonhelper.moc"
