// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/pythonrows.h"

#include <QtTest>

#include <vector>

using namespace Interleave;
using namespace Interleave::Support;

namespace
{

/// Tasks 2 to 6 are named by nobody, before their first step, in it, later, and when they are made.
const char *const kNamed = R"(
import asyncio
async def plain(): await asyncio.sleep(0)
async def named_within():
    asyncio.current_task().set_name('within')
    await asyncio.sleep(0)
async def named_late():
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asyncio.current_task().set_name('late')
async def main():
    tasks = [asyncio.create_task(made())
             for made in (plain, plain, named_within, named_late)]
    tasks[1].set_name('after')
    tasks.append(asyncio.create_task(plain(), name='given'))
    await asyncio.wait(tasks)
    print(sorted(task.get_name() for task in tasks[1:]))
asyncio.run(main())
)";

/// The task goes on for ever: only its first step can tell.
const char *const kForEver = R"(
import asyncio, os
async def serve():
    asyncio.current_task().set_name('server')
    await asyncio.get_running_loop().create_future()
async def main():
    task = asyncio.create_task(serve())
    await asyncio.sleep(0)
    os._exit(0)
asyncio.run(main())
)";

/// Tasks 2 to 5: named when made, in their first step, by nobody, and after their first step.
const char *const kEager = R"(
import asyncio
async def plain(): await asyncio.sleep(0)
async def named_within():
    asyncio.current_task().set_name('within')
    await asyncio.sleep(0)
async def main():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    tasks = [asyncio.create_task(plain(), name='given'), loop.create_task(named_within()),
             asyncio.create_task(plain()), asyncio.create_task(plain())]
    tasks[3].set_name('after')
    await asyncio.wait(tasks)
asyncio.run(main())
)";

/// A task that tells its name once, and then raises; and an ordinary one.
const char *const kStrange = R"(
import asyncio
class Strange(asyncio.tasks._PyTask):
    calls = 0
    def get_name(self):
        self.calls += 1
        if self.calls > 1: raise ValueError
        return 'strange'
async def plain(): await asyncio.sleep(0)
async def main():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coro, **rest: Strange(coro, loop=loop, **rest))
    task = loop.create_task(plain())
    loop.set_task_factory(None)
    await task
    await asyncio.create_task(plain(), name='ordinary')
asyncio.run(main())
)";

/// All names that a task was given, the newest last.
QStringList namesOf(const Told &told, TaskId task)
{
    QStringList names;
    for (const Message &message : told.messages) {
        if (message.kind == MessageKind::Define && message.task == task)
            names.append(QString::fromStdString(message.text));
    }
    return names;
}

} // namespace

class TestPythonNames : public QObject
{
    Q_OBJECT

    std::vector<Python> m_pythons;

private slots:
    void initTestCase()
    {
        QVERIFY(!qEnvironmentVariableIsEmpty("INTERLEAVE_SOURCE_DIR"));
        m_pythons = pythons();
    }

    void aTaskIsCalledWhatItIsNamedLast_data() { addPythonRows(m_pythons); }
    void aTaskIsCalledWhatItIsNamedLast()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told told = python.run(kNamed);
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.output, python.runBare(kNamed).output);
        const Message *main = told.find(MessageKind::Define, "Task-1 (main)");
        QVERIFY(main);
        const std::vector<QStringList> expected{
            QStringList{QStringLiteral("Task-2 (plain)")}, // said once
            QStringList{QStringLiteral("Task-3 (plain)"), QStringLiteral("after")},
            QStringList{QStringLiteral("Task-4 (named_within)"), QStringLiteral("within")},
            QStringList{QStringLiteral("Task-5 (named_late)"), QStringLiteral("late")},
            QStringList{QStringLiteral("given")}};
        TaskId task = main->task;
        for (const QStringList &names : expected) {
            ++task;
            QCOMPARE(namesOf(told, task), names);
        }
    }

    void aRenamedTaskStaysTheSame_data() { addPythonRows(m_pythons); }
    void aRenamedTaskStaysTheSame()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kNamed);
        const Message *main = told.find(MessageKind::Define, "Task-1 (main)");
        QVERIFY(main);
        for (const char *name : {"after", "within", "late"}) {
            const Message *renamed = told.find(MessageKind::Define, name);
            QVERIFY2(renamed, name);
            QCOMPARE(renamed->cause, main->task);
            QCOMPARE(renamed->key, std::string("coroutine"));
            QCOMPARE(renamed->number, std::uint64_t(1));
            QVERIFY(told.storyOf(renamed->task).startsWith(QLatin1String("Queued Begin Suspend")));
            QVERIFY(told.storyOf(renamed->task).endsWith(QLatin1String("Resume End")));
        }
    }

    void aTaskThatNeverEndsIsCalledWhatItsFirstStepNamesIt_data() { addPythonRows(m_pythons); }
    void aTaskThatNeverEndsIsCalledWhatItsFirstStepNamesIt()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kForEver);
        QCOMPARE(told.exitCode, 0);
        const Message *server = told.find(MessageKind::Define, "server");
        QVERIFY(server);
        QCOMPARE(told.storyOf(server->task), QStringLiteral("Queued Begin Suspend:Await"));
    }

    void anEagerTaskIsCalledWhatItIsNamedLast_data() { addPythonRows(m_pythons); }
    void anEagerTaskIsCalledWhatItIsNamedLast()
    {
        FETCH_PYTHON
        if (version < 312)
            QSKIP("eager tasks came with Python 3.12");
        const Told told = HelpedPython(program).run(kEager);
        QCOMPARE(told.exitCode, 0);
        const Message *given = told.find(MessageKind::Define, "given");
        QVERIFY(given);
        QCOMPARE(namesOf(told, given->task), QStringList{QStringLiteral("given")});
        const QStringList within{QStringLiteral("named_within"), QStringLiteral("within")};
        // Early versions of 3.13 take the name away again.
        if (version != 313)
            QCOMPARE(namesOf(told, given->task + 1), within);
        QCOMPARE(namesOf(told, given->task + 2), QStringList{QStringLiteral("plain")});
        const QStringList after{QStringLiteral("plain"), QStringLiteral("after")};
        QCOMPARE(namesOf(told, given->task + 3), after);
    }

    void aTaskThatDoesNotTellItsNameAgainKeepsIt_data() { addPythonRows(m_pythons); }
    void aTaskThatDoesNotTellItsNameAgainKeepsIt()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told told = python.run(kStrange);
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.output, python.runBare(kStrange).output);
        const Message *strange = told.find(MessageKind::Define, "strange");
        QVERIFY(strange);
        QCOMPARE(namesOf(told, strange->task), QStringList{QStringLiteral("strange")});
        QCOMPARE(told.storyOf(strange->task),
                 QStringLiteral("Queued Begin Suspend:Yield Resume End"));
        const Message *ordinary = told.find(MessageKind::Define, "ordinary"); // the helper is on
        QVERIFY(ordinary);
        QCOMPARE(told.storyOf(ordinary->task),
                 QStringLiteral("Queued Begin Suspend:Yield Resume End"));
    }
};

QTEST_GUILESS_MAIN(TestPythonNames)
#include "tst_pythonnames.moc"
