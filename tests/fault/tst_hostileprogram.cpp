// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/linebudget.h"
#include "tests/support/programrun.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <optional>
#include <set>

#include <sys/types.h>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// Starts a program that behaves, waits until it is recorded, starts the one that does not, and ends
/// well when both end as they should.
const char *const kRoot = R"(
import subprocess
import sys

sane_script, hostile_script, expected = sys.argv[1], sys.argv[2], int(sys.argv[3])
sane = subprocess.Popen([sys.executable, sane_script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
sane.stdout.readline()
hostile = subprocess.Popen([sys.executable, hostile_script] + sys.argv[4:])
hostile_status = hostile.wait(50)
sane.stdin.write(b"go on\n")
sane.stdin.close()
sane_status = sane.wait(50)
print("the ends:", sane_status, hostile_status, file=sys.stderr)
sys.exit(0 if (sane_status, hostile_status) == (0, expected) else 1)
)";

/// Twenty tasks while the other one is hostile, and twenty after its end; and a thread with a name.
const char *const kSane = R"(
import asyncio
import sys
import threading

async def steady():
    for _ in range(5):
        await asyncio.sleep(0.1)

async def all_of(when):
    await asyncio.gather(*(
        asyncio.create_task(steady(), name=f"{when} {number}") for number in range(20)))

print("ready", flush=True)
waiting = threading.Thread(target=sys.stdin.readline, name="patient")
waiting.start()
asyncio.run(all_of("during"))
waiting.join()
asyncio.run(all_of("after"))
)";

/// Writes noise where its own records are, or with an argument wherever there are any.
const char *const kGarbage = R"(
import mmap
import os
import random
import struct
import sys
import threading
import time

def mapped(path):
    memory = os.open(path, os.O_RDWR)
    try:
        return mmap.mmap(memory, os.fstat(memory).st_size)
    finally:
        os.close(memory)

board, rings = (mapped(path) for path in os.environ["INTERLEAVE_HELPER"].split(":"))
threading.Thread(target=time.sleep, args=(0.01,), name="scribbler").start()
own = [slot for slot in range(256)
       if struct.unpack_from("<i", board, 4096 + 192 * slot + 132)[0] == os.getpid()]
if not own:
    sys.exit(3)
slot = own[0]
events = 4096 + 192 * 4096
areas = [
    (board, 4096 + 192 * slot, 192),
    (board, 4096 + 192 * 256 + 262144 * slot, 262144),
    (rings, 4096 + 192 * 16 * slot, 192 * 16),
    (rings, events + 24 * 8192 * 16 * slot, 24 * 8192 * 2),
]
if len(sys.argv) > 1:
    areas = [(board, 4096, 192 * 256), (rings, 4096, 192 * 4096),
             (board, 0, len(board)), (rings, 0, 1 << 27)]
noise = random.Random(7)
for round in range(20000):
    memory, begin, size = noise.choice(areas)
    length = noise.choice((1, 4, 8, 24, 64))
    at = begin + noise.randrange(size - length)
    memory[at:at + length] = noise.choice((
        noise.getrandbits(8 * length).to_bytes(length, "little"), b"\xff" * length, bytes(length),
        b"\n" * length))
    if round % 200 == 0:
        time.sleep(0.001)  # so that it is read in between
)";

const char *const kForks = R"(
import os
import signal
import threading
import time

bystanders = [threading.Thread(target=time.sleep, args=(0.5,), name=f"bystander {n}")
              for n in range(3)]
for thread in bystanders:
    thread.start()
for number in range(50):
    child = os.fork()
    if child == 0:
        thread = threading.Thread(target=sum, args=([1, 2, 3],), name="short")
        thread.start()
        thread.join()
        if number % 2:
            os._exit(0)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
for thread in bystanders:
    thread.join()
)";

const char *const kKillsItself = R"(
import asyncio
import os
import signal
import threading

def end():
    os.kill(os.getpid(), signal.SIGKILL)

async def never():
    await asyncio.sleep(3600)

async def main():
    threading.Timer(0.2, end).start()
    await asyncio.gather(*(asyncio.create_task(never(), name=f"never {n}") for n in range(10)))

asyncio.run(main())
)";

const char *const kClosesAll = R"(
import os

os.closerange(0, 65536)

import asyncio
import threading

async def closed():
    for _ in range(5):
        await asyncio.sleep(0.01)

async def main():
    await asyncio.gather(*(asyncio.create_task(closed(), name=f"closed {n}") for n in range(10)))

thread = threading.Thread(target=asyncio.run, args=(main(),), name="without files")
thread.start()
thread.join()
os._exit(0)
)";

/// 100 MB of lines, or with an argument as a single one.
const char *const kPrints = R"(
import os
import sys

data = b"y" * 1000000 if len(sys.argv) > 1 else (b"x" * 99 + b"\n") * 10000
for _ in range(100):
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest):]
)";

} // namespace

/// Programs that do what no program should, beside one that behaves: the run ends, and of the one that
/// behaves nothing is missing.
class TestHostileProgram : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_python;

    void write(const QString &name, const char *text)
    {
        QFile file(m_folder.filePath(name));
        const QByteArray bytes(text);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    std::optional<RunReport> record(const QString &hostile, int expected,
                                    const QStringList &words = {}) const
    {
        const QStringList all{m_python, m_folder.filePath(u"root.py"_s),
                              m_folder.filePath(u"sane.py"_s), m_folder.filePath(hostile),
                              QString::number(expected)};
        return recordProgram(commandWith(all + words), 100'000);
    }

    static const ProcessReport *processOf(const RunReport &report, const QString &script)
    {
        // The root has the names of the others among its words.
        const std::vector<ProcessReport> &all = report.command->processes;
        const auto found = std::find_if(all.begin(), all.end(), [&](const ProcessReport &process) {
            return process.commandLine.contains(script)
                && !process.commandLine.contains(u"root.py"_s);
        });
        return found == all.end() ? nullptr : &*found;
    }

    /// How many tasks of a process have a name that begins so, and ended well.
    static int finishedTasks(const RunReport &report, pid_t pid, const QString &name,
                             DurationNs leastSuspended = 0)
    {
        const Trace &trace = *report.trace;
        int count = 0;
        for (const TaskId id : tasksOfKind(report, TaskKind::Coroutine)) {
            const TaskInfo &task = trace.task(id);
            const ThreadIndex thread = task.thread.load();
            count += thread < trace.threadCount() && trace.thread(thread).pid.load() == pid
                && QString::fromStdString(trace.taskName(id)).startsWith(name + u' ')
                && task.outcome.load() == TaskOutcome::Finished
                && task.totals.suspended.load() >= leastSuspended;
        }
        return count;
    }

    /// What is wrong with the trace of the one that behaves; empty: nothing.
    static QString problemOfSane(const RunReport &report)
    {
        const ProcessReport *sane = processOf(report, u"sane.py"_s);
        if (!sane)
            return u"it is missing"_s;
        if (!sane->hasHelper)
            return u"its helper has said nothing"_s;
        for (const QString &when : {u"during"_s, u"after"_s}) {
            const int tasks = finishedTasks(report, sane->pid, when, 450 * kMillisecond);
            if (tasks != 20)
                return u"it has %1 of its 20 tasks '%2'"_s.arg(tasks).arg(when);
        }
        const QStringList threads = threadNames(report, sane->pid);
        return threads.contains(u"patient"_s) ? QString()
                                              : u"its threads are "_s + threads.join(u", "_s);
    }

    /// True for every run here.
    static QString problemOfRun(const std::optional<RunReport> &report)
    {
        if (const QString end = endOf(report); !end.isEmpty())
            return end;
        if (report->outcome != RunOutcome::Finished)
            return runOutcomeName(report->outcome) + u": "_s + report->message;
        if (!report->trace || !report->trace->isFinished())
            return u"its trace is not complete"_s;
        if (!report->command->leftRunning.empty())
            return u"something was left running"_s;
        if (report->trace->allocatedBytes() > (256u << 20))
            return u"its trace needs %1 MiB"_s.arg(report->trace->allocatedBytes() >> 20);
        return {};
    }

private slots:
    void initTestCase()
    {
        m_python = pythonProgram();
        if (m_python.isEmpty())
            QSKIP("python3 is not installed");
        write(u"root.py"_s, kRoot);
        write(u"sane.py"_s, kSane);
        write(u"garbage.py"_s, kGarbage);
        write(u"forks.py"_s, kForks);
        write(u"kills.py"_s, kKillsItself);
        write(u"closes.py"_s, kClosesAll);
        write(u"prints.py"_s, kPrints);
    }

    void theSaneOneIsWholeBesideAnyOther_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("expected");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("garbage in its own records") << u"garbage.py"_s << 0 << QStringList();
        QTest::newRow("forks") << u"forks.py"_s << 0 << QStringList();
        QTest::newRow("kills itself") << u"kills.py"_s << -9 << QStringList();
        QTest::newRow("closes every descriptor") << u"closes.py"_s << 0 << QStringList();
        QTest::newRow("prints 100 MB") << u"prints.py"_s << 0 << QStringList();
        QTest::newRow("prints a line of 100 MB")
            << u"prints.py"_s << 0 << QStringList{u"in one line"_s};
    }
    void theSaneOneIsWholeBesideAnyOther()
    {
        QFETCH(QString, script);
        QFETCH(int, expected);
        QFETCH(QStringList, words);
        const auto report = record(script, expected, words);
        const QString problem = problemOfRun(report);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const QString sane = problemOfSane(*report);
        QVERIFY2(sane.isEmpty(), qPrintable(sane));
        const ProcessReport *hostile = processOf(*report, script);
        QVERIFY(hostile);
        QVERIFY(hostile->cpu > 0);
    }

    void garbageInEverybodysRecordsEndsNothing()
    {
        const auto report = record(u"garbage.py"_s, 0, {u"everywhere"_s});
        const QString problem = problemOfRun(report);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        // What the kernel says of them is right, whatever became of the names.
        std::set<pid_t> pids;
        const Trace &trace = *report->trace;
        for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
            const ThreadInfo &thread = trace.thread(i);
            if (!thread.ofRun.load())
                continue;
            pids.insert(thread.pid.load());
            QVERIFY(thread.ended.load() > thread.created.load());
        }
        QCOMPARE(pids.size(), std::size_t(3));
        QCOMPARE(report->recordsLost, std::uint64_t(0));
    }

    void everyForkedChildIsThere()
    {
        const auto report = record(u"forks.py"_s, 0);
        const QString problem = problemOfRun(report);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const ProcessReport *hostile = processOf(*report, u"forks.py"_s);
        QVERIFY(hostile);
        int children = 0, threads = 0;
        for (const ProcessReport &process : report->command->processes) {
            if (process.parentPid != hostile->pid)
                continue;
            ++children;
            threads += process.threads;
        }
        QCOMPARE(children, 50);
        QCOMPARE(threads, 100);
    }

    void whoClosedItsDescriptorsIsStillHeard()
    {
        const auto report = record(u"closes.py"_s, 0);
        const QString problem = problemOfRun(report);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const ProcessReport *hostile = processOf(*report, u"closes.py"_s);
        QVERIFY(hostile);
        QCOMPARE(finishedTasks(*report, hostile->pid, u"closed"_s), 10);
        QVERIFY(threadNames(*report, hostile->pid).contains(u"without files"_s));
    }

    void whatIsKeptOf100MbHasABound_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("lines") << QStringList();
        QTest::newRow("one line") << QStringList{u"in one line"_s};
    }
    void whatIsKeptOf100MbHasABound()
    {
        QFETCH(QStringList, words);
        const auto report = record(u"prints.py"_s, 0, words);
        const QString problem = problemOfRun(report);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        std::size_t bytes = 0;
        TimestampNs last = 0;
        for (const PrintedLine &line : report->lines) {
            bytes += std::size_t(line.text.size());
            QVERIFY(line.time >= last);
            last = line.time;
        }
        // The last line is the one that says how many more there were.
        QVERIFY(report->lines.size() <= LineBudget::kMostLines + 1);
        QVERIFY(bytes <= LineBudget::kMostBytes + 1000);
        QVERIFY2(bytes > 5'000'000, "hardly anything was kept"); // of 100,000 lines, or 32 MiB
    }
};

QTEST_GUILESS_MAIN(TestHostileProgram)
#include "tst_hostileprogram.moc"
