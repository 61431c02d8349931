// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/pythonrows.h"

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
};

QTEST_GUILESS_MAIN(TestPythonGarbage)
#include "tst_pythongarbage.moc"
