// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/pythonrows.h"

#include <QByteArray>
#include <QtTest>

#include <vector>

using namespace Interleave;
using namespace Interleave::Support;

namespace
{

/// With workers started by METHOD: a job that ends, one that fails, chunks, and a result that cannot
/// be sent.
const char *const kJobs = R"(
import functools, multiprocessing
from concurrent.futures import ProcessPoolExecutor
def work(n): return n
def fail(n): raise ValueError(n)
def nest(): return lambda: 0
if __name__ == '__main__':
    context = multiprocessing.get_context('METHOD')
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        failed = pool.submit(functools.partial(fail, 2)).exception()
        print(repr(failed), failed.__cause__)
        print(list(pool.map(work, range(5), chunksize=2)))
        print(type(pool.submit(nest).exception()).__name__)
        print(pool.submit(work, 1).result())
)";

/// The pipe holds the only worker until the last job has been cancelled.
const char *const kCancelled = R"(
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
def hold():
    with open('gate') as gate: gate.read()
def work(n): return n
if __name__ == '__main__':
    if not os.path.exists('gate'): os.mkfifo('gate')
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork')) as pool:
        jobs = [pool.submit(hold)] + [pool.submit(work, n) for n in range(8)]
        print(jobs[8].cancel())
        with open('gate', 'w'): pass
        print([job.result() for job in jobs[:8]])
)";

const char *const kKilled = R"(
import multiprocessing, os, signal
from concurrent.futures import ProcessPoolExecutor
def die(): os.kill(os.getpid(), signal.SIGKILL)
if __name__ == '__main__':
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork')) as pool:
        print(type(pool.submit(die).exception()).__name__)
)";

const char *const kFromATask = R"(
import asyncio, multiprocessing
from concurrent.futures import ProcessPoolExecutor
def work(n): return n
async def main(pool):
    return await asyncio.get_running_loop().run_in_executor(pool, work, 7)
if __name__ == '__main__':
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork')) as pool:
        print(asyncio.run(main(pool)))
)";

/// The number of a job is that in its pool, whatever other pools do.
const char *const kTwoPools = R"(
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
def here(): pass
def there(): pass
if __name__ == '__main__':
    context = multiprocessing.get_context('fork')
    with ProcessPoolExecutor(1, context) as one, ProcessPoolExecutor(1, context) as other:
        for job in (here, here): one.submit(job).result()
        other.submit(there).result()
)";

const char *const kWorkerWithout = R"(
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
def work(n): return n
if __name__ == '__main__':
    os.environ.pop('INTERLEAVE_HELPER', None)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as pool:
        print(pool.submit(work, 1).result())
)";

/// The second Python starts without a helper; its workers have one.
const char *const kParentWithout = R"(
import multiprocessing, os, subprocess, sys
from concurrent.futures import ProcessPoolExecutor
def work(n): return n
if __name__ == '__main__':
    if len(sys.argv) == 1:
        environment = dict(os.environ)
        environment['LATER'] = environment.pop('INTERLEAVE_HELPER', '')
        sys.exit(subprocess.call([sys.executable, __file__, 'again'], env=environment))
    os.environ['INTERLEAVE_HELPER'] = os.environ['LATER']
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as pool:
        print(pool.submit(work, 1).result())
)";

const char *const kPickles = R"(
import pickle
from concurrent.futures import process
def work(n): return n
items = (process._CallItem(3, work, (1,), {'n': 2}), process._ResultItem(3, result=1))
for item in items:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(item, protocol)
        print(data, vars(pickle.loads(data)) == vars(item))
)";

/// The definition of a task by what it is ("request": submitted, "job": taken) and its name, or nullptr.
const Message *definition(const Told &told, const char *key, const char *name)
{
    for (const Message &message : told.messages) {
        if (message.kind == MessageKind::Define && message.key == key && message.text == name)
            return &message;
    }
    return nullptr;
}

/// What happened to it; "unknown" where there is no such task.
QString storyOf(const Told &told, const char *key, const char *name)
{
    const Message *message = definition(told, key, name);
    return message ? told.storyOf(message->task, told.pidOf(message)) : QStringLiteral("unknown");
}

TimestampNs timeOf(const Told &told, const Message *task, EventKind kind)
{
    for (const HelperEvent &event : told.events) {
        if (event.pid == told.pidOf(task) && event.event.task == task->task
            && event.event.kind == kind)
            return TimestampNs(event.event.ticks);
    }
    return 0;
}

} // namespace

class TestPythonPools : public QObject
{
    Q_OBJECT

    std::vector<Python> m_pythons;

private slots:
    void initTestCase()
    {
        QVERIFY(!qEnvironmentVariableIsEmpty("INTERLEAVE_SOURCE_DIR"));
        m_pythons = pythons();
    }

    void jobsAreQueuedInOneProcessAndRunInAnother_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("method");
        bool hasRows = false;
        for (const Python &python : m_pythons) {
            if (!python.isHelped())
                continue;
            hasRows = true;
            for (const char *method : {"fork", "spawn", "forkserver"}) {
                QTest::addRow("Python %s %s", qPrintable(python.label()), method)
                    << python.program << QString::fromLatin1(method);
            }
        }
        if (!hasRows)
            QTest::newRow("none") << QString() << QString();
    }
    void jobsAreQueuedInOneProcessAndRunInAnother()
    {
        QFETCH(QString, program);
        QFETCH(QString, method);
        if (program.isEmpty())
            QSKIP("there is no such Python on this machine");
        const QByteArray script = QByteArray(kJobs).replace("METHOD", method.toLatin1());
        const HelpedPython python(program);
        const Told told = python.run(script.constData());
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.output, python.runBare(script.constData()).output); // with its traceback
        QCOMPARE(told.corrupted, std::uint64_t(0));
        const QStringList names{QStringLiteral("fail 1"), QStringLiteral("work 2"),
                                QStringLiteral("work 3"), QStringLiteral("work 4"),
                                QStringLiteral("nest 5"), QStringLiteral("work 6")};
        QCOMPARE(told.texts(MessageKind::Define, "request"), names);
        QCOMPARE(told.texts(MessageKind::Define, "job"), names);
        QCOMPARE(storyOf(told, "request", "fail 1"), QStringLiteral("Queued Suspend:Child Failed"));
        QCOMPARE(storyOf(told, "job", "fail 1"), QStringLiteral("Begin Failed"));
        // What could be computed, but not sent.
        QCOMPARE(storyOf(told, "request", "nest 5"), QStringLiteral("Queued Suspend:Child Failed"));
        QCOMPARE(storyOf(told, "job", "nest 5"), QStringLiteral("Begin End"));
        for (const char *name : {"work 2", "work 3", "work 4", "work 6"}) {
            QCOMPARE(storyOf(told, "request", name), QStringLiteral("Queued Suspend:Child End"));
            QCOMPARE(storyOf(told, "job", name), QStringLiteral("Begin End"));
        }
    }

    void theWorkerRunsAJobWhileItsSubmitterWaits_data() { addPythonRows(m_pythons); }
    void theWorkerRunsAJobWhileItsSubmitterWaits()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kFromATask);
        QCOMPARE(told.output, QStringLiteral("7\n"));
        const Message *request = definition(told, "request", "work 1");
        const Message *job = definition(told, "job", "work 1");
        QVERIFY(request && job);
        QVERIFY(told.pidOf(request) != told.pidOf(job));
        const TimestampNs queued = timeOf(told, request, EventKind::Queued);
        const TimestampNs begun = timeOf(told, job, EventKind::Begin);
        const TimestampNs ended = timeOf(told, job, EventKind::End);
        QVERIFY(queued > 0 && begun > 0 && ended > 0);
        QVERIFY(queued <= timeOf(told, request, EventKind::Suspend));
        QVERIFY(timeOf(told, request, EventKind::Suspend) <= begun);
        QVERIFY(begun <= ended);
        QVERIFY(ended <= timeOf(told, request, EventKind::End));
    }

    void theTaskThatSubmitsIsTheCreator_data() { addPythonRows(m_pythons); }
    void theTaskThatSubmitsIsTheCreator()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kFromATask);
        const Message *main = definition(told, "coroutine", "Task-1 (main)");
        const Message *request = definition(told, "request", "work 1");
        QVERIFY(main && request);
        QCOMPARE(request->cause, main->task);
        const HelperEvent *queued = told.find(request->task, EventKind::Queued);
        QVERIFY(queued);
        QCOMPARE(queued->event.cause, main->task);
    }

    void aCancelledJobNeverRuns_data() { addPythonRows(m_pythons); }
    void aCancelledJobNeverRuns()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told told = python.run(kCancelled);
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.output, python.runBare(kCancelled).output);
        QCOMPARE(storyOf(told, "request", "work 9"), QStringLiteral("Queued Cancelled"));
        QVERIFY(!definition(told, "job", "work 9"));
        QCOMPARE(storyOf(told, "request", "work 8"), QStringLiteral("Queued Suspend:Child End"));
        QCOMPARE(storyOf(told, "job", "work 8"), QStringLiteral("Begin End"));
    }

    void aJobWhoseWorkerIsKilledFails_data() { addPythonRows(m_pythons); }
    void aJobWhoseWorkerIsKilledFails()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kKilled);
        QCOMPARE(told.output, QStringLiteral("BrokenProcessPool\n"));
        QCOMPARE(storyOf(told, "request", "die 1"), QStringLiteral("Queued Suspend:Child Failed"));
        QCOMPARE(storyOf(told, "job", "die 1"), QStringLiteral("Begin"));
    }

    void everyPoolCountsItsOwnJobs_data() { addPythonRows(m_pythons); }
    void everyPoolCountsItsOwnJobs()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kTwoPools);
        QCOMPARE(told.exitCode, 0);
        const QStringList names{QStringLiteral("here 1"), QStringLiteral("here 2"),
                                QStringLiteral("there 1")};
        QCOMPARE(told.texts(MessageKind::Define, "request"), names);
        for (const QString &name : names)
            QCOMPARE(storyOf(told, "job", qPrintable(name)), QStringLiteral("Begin End"));
    }

    void aWorkerWithoutHelperDoesItsJobs_data() { addPythonRows(m_pythons); }
    void aWorkerWithoutHelperDoesItsJobs()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told told = python.run(kWorkerWithout);
        QCOMPARE(told.output, QStringLiteral("1\n"));
        QCOMPARE(storyOf(told, "request", "work 1"), QStringLiteral("Queued Suspend:Child End"));
        QVERIFY(told.texts(MessageKind::Define, "job").isEmpty());
    }

    void aWorkerOfAParentWithoutHelperTellsItsJobs_data() { addPythonRows(m_pythons); }
    void aWorkerOfAParentWithoutHelperTellsItsJobs()
    {
        FETCH_PYTHON
        const Told told = HelpedPython(program).run(kParentWithout);
        QCOMPARE(told.output, QStringLiteral("1\n"));
        QVERIFY(told.texts(MessageKind::Define, "request").isEmpty());
        QCOMPARE(storyOf(told, "job", "work 1"), QStringLiteral("Begin End"));
    }

    void whatIsPickledStaysAsItIs_data() { addPythonRows(m_pythons); }
    void whatIsPickledStaysAsItIs()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told told = python.run(kPickles);
        QCOMPARE(told.exitCode, 0);
        QVERIFY(told.output.contains(QLatin1String("True")));
        QVERIFY(!told.output.contains(QLatin1String("False")));
        QCOMPARE(told.output, python.runBare(kPickles).output);
    }
};

QTEST_GUILESS_MAIN(TestPythonPools)
#include "tst_pythonpools.moc"
