// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/pythonrows.h"

#include <QRegularExpression>
#include <QtTest>

using namespace Interleave;
using namespace Interleave::Support;

namespace
{

/// What nobody fetches is told when the task is gone, and a task, a handle and a job go with their last
/// reference: the collector of garbage, which would find cycles, is off. A task that runs its first step
/// within create_task() is left out: there CPython itself had such a cycle in versions of 3.12 and 3.13.
const char *const kGone = R"(
import asyncio, gc, weakref
from concurrent.futures import ThreadPoolExecutor
gc.disable()
async def fail(): 1 / 0
def fail_at_once(*ignored): raise ValueError
async def main():
    heard = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: heard.append(1))
    for make in (lambda coroutine: asyncio.Task(coroutine, loop=loop), loop.create_task,
                 asyncio.ensure_future):
        make(fail())
        for _ in range(3): await asyncio.sleep(0)
        print('heard of', len(heard))
    handle = loop.call_soon(fail_at_once)
    for _ in range(3): await asyncio.sleep(0)
    print('heard of', len(heard), len(gc.get_referrers(handle)))
    task = loop.create_task(fail())
    task.add_done_callback(lambda task: task.exception())
    for _ in range(3): await asyncio.sleep(0)
    gone = weakref.ref(task)
    del task
    print('heard of', len(heard), gone() is None)
asyncio.run(main())
with ThreadPoolExecutor(1) as pool:
    future = pool.submit(fail_at_once)
    future.exception()
    gone = weakref.ref(future)
    del future
    pool.submit(int).result() # then the worker has let go of the first one
    print(gone() is None)
)";

/// A task that is made beside its first step, a callback that fails, and a job whose future has been
/// set meanwhile: all of them are told by CPython with their tracebacks.
const char *const kTracebacks = R"(
import asyncio
from concurrent.futures import ThreadPoolExecutor
async def fail(): 1 / 0
def fail_at_once(*ignored): raise ValueError
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(fail_at_once)
    task = loop.create_task(fail())
    task.add_done_callback(fail_at_once)
    for _ in range(4): await asyncio.sleep(0)
    try: loop.create_task('no coroutine')
    except TypeError as error:
        import traceback
        traceback.print_exc()
    task.exception()
asyncio.run(main())
with ThreadPoolExecutor(1) as pool:
    future = None
    def set_it_twice(): future.set_result(1)
    gate = __import__('threading').Event()
    def wait_then_set(): gate.wait(); future.set_result(1)
    future = pool.submit(wait_then_set)
    gate.set()
)";

} // namespace

/// The helper keeps nothing alive that the program has let go of.
class TestPythonGarbage : public QObject
{
    Q_OBJECT

private:
    std::vector<Python> m_pythons;

private slots:
    void initTestCase() { m_pythons = pythons(); }

    void whatIsGoneWithoutTheHelperIsGoneWithIt_data() { addPythonRows(m_pythons); }
    void whatIsGoneWithoutTheHelperIsGoneWithIt()
    {
        FETCH_PYTHON
        const HelpedPython python(program);
        const Told bare = python.runBare(kGone);
        const Told helped = python.run(kGone);
        QCOMPARE(helped.output, bare.output);
        QVERIFY2(bare.output.startsWith(QStringLiteral("heard of 1\nheard of 2\nheard of 3\n")),
                 qPrintable(bare.output));
        QVERIFY2(bare.output.endsWith(QStringLiteral("True\nTrue\n")), qPrintable(bare.output));
        QVERIFY(!helped.events.empty());
    }

    void tracebacksAreTheSame_data() { addPythonRows(m_pythons); }
    void tracebacksAreTheSame()
    {
        FETCH_PYTHON
        if (version < 311)
            QSKIP("before 3.11 a hook cannot take itself out of a traceback");
        const HelpedPython python(program);
        const QRegularExpression place(QStringLiteral("0x[0-9a-f]+"));
        const QString bare = QString(python.runBare(kTracebacks).output).remove(place);
        const QString helped = QString(python.run(kTracebacks).output).remove(place);
        QCOMPARE(helped, bare);
        QVERIFY2(bare.contains(QStringLiteral("InvalidStateError")), qPrintable(bare));
    }
};

QTEST_GUILESS_MAIN(TestPythonGarbage)
#include "tst_pythongarbage.moc"
