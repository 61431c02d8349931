// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/sched/machineload.h"

#include <QtTest>

#include <ctime>
#include <latch>
#include <limits>
#include <thread>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

using namespace Interleave;

namespace
{

int ownTid()
{
    return int(syscall(SYS_gettid));
}

DurationNs ownCpuTime()
{
    timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return DurationNs(ts.tv_sec) * kSecond + ts.tv_nsec;
}

DurationNs busyOfAll()
{
    DurationNs busy = 0;
    for (const CoreLoad &load : readCoreLoads())
        busy += load.busy + load.steal;
    return busy;
}

} // namespace

class TestMachineLoad : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void everyOnlineCoreHasALoad();
    void loadsNeverFall();
    void workMakesTheMachineBusy();
    void aThreadsTotalsAreRead();
    void anotherThreadOfTheProcessIsRead();
    void aKeptFileIsReadAnewEachTime();
    void aThreadThatIsGoneIsTold();
    void aProcessThatNeverWasIsTold();
};

void TestMachineLoad::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestMachineLoad::everyOnlineCoreHasALoad()
{
    const std::vector<CoreLoad> loads = readCoreLoads();
    QCOMPARE(loads.size(), onlineCores().size());
    for (const CoreLoad &load : loads) {
        QVERIFY(load.busy >= 0);
        QVERIFY(load.idle >= 0);
        QVERIFY(load.steal >= 0);
        QVERIFY2(load.busy + load.idle > 0, "a core that has been up has done something");
    }
}

void TestMachineLoad::loadsNeverFall()
{
    // idle and iowait are left out: proc_stat(5) says that iowait may go down.
    const std::vector<CoreLoad> before = readCoreLoads();
    const std::vector<CoreLoad> after = readCoreLoads();
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        QVERIFY(after[i].busy >= before[i].busy);
}

void TestMachineLoad::workMakesTheMachineBusy()
{
    const DurationNs before = busyOfAll();
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    while (busyOfAll() == before && monotonicNow() < deadline)
        continue; // the loop itself is the work
    QVERIFY(busyOfAll() > before);
}

void TestMachineLoad::aThreadsTotalsAreRead()
{
    ThreadSchedStat before;
    if (!readThreadSchedStat(getpid(), ownTid(), before))
        QSKIP("this kernel offers no schedstat in /proc");
    QVERIFY(before.ran >= 0);
    QVERIFY(before.waitedOnRunQueue >= 0);
    const DurationNs until = ownCpuTime() + 30 * kMillisecond; // longer than any tick
    while (ownCpuTime() < until)
        continue;
    ThreadSchedStat after;
    QVERIFY(readThreadSchedStat(getpid(), ownTid(), after));
    QVERIFY(after.ran > before.ran);
    QVERIFY(after.timesRun >= before.timesRun);
    QVERIFY(after.ran <= ownCpuTime());
}

void TestMachineLoad::anotherThreadOfTheProcessIsRead()
{
    ThreadSchedStat stat;
    if (!readThreadSchedStat(getpid(), ownTid(), stat))
        QSKIP("this kernel offers no schedstat in /proc");
    std::latch isUp(1);
    std::latch mayEnd(1);
    int tid = 0;
    std::thread other([&] {
        tid = ownTid();
        isUp.count_down();
        mayEnd.wait();
    });
    isUp.wait();
    const bool isRead = readThreadSchedStat(getpid(), tid, stat);
    mayEnd.count_down();
    other.join();
    QVERIFY(isRead);
}

void TestMachineLoad::aKeptFileIsReadAnewEachTime()
{
    ThreadSchedStat stat;
    if (!readThreadSchedStat(getpid(), ownTid(), stat))
        QSKIP("this kernel offers no schedstat in /proc");
    const UniqueFd own = openThreadSchedStat(getpid(), ownTid());
    QVERIFY(own.isOpen());
    ThreadSchedStat before;
    QVERIFY(readThreadSchedStat(own.get(), before));
    const DurationNs until = ownCpuTime() + 30 * kMillisecond;
    while (ownCpuTime() < until)
        continue;
    ThreadSchedStat after;
    QVERIFY(readThreadSchedStat(own.get(), after));
    QVERIFY(after.ran > before.ran);

    UniqueFd file;
    std::thread([&file] { file = openThreadSchedStat(getpid(), ownTid()); }).join();
    QVERIFY(file.isOpen());
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    while (readThreadSchedStat(file.get(), after) && monotonicNow() < deadline)
        std::this_thread::yield();
    QVERIFY(!readThreadSchedStat(file.get(), after));
    QVERIFY(!openThreadSchedStat(-1, -1).isOpen());
}

void TestMachineLoad::aThreadThatIsGoneIsTold()
{
    int tid = 0;
    std::thread([&tid] { tid = ownTid(); }).join();
    // join() returns a moment before the kernel has taken the thread out of /proc.
    ThreadSchedStat stat;
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    while (readThreadSchedStat(getpid(), tid, stat) && monotonicNow() < deadline)
        std::this_thread::yield();
    QVERIFY(!readThreadSchedStat(getpid(), tid, stat));
}

void TestMachineLoad::aProcessThatNeverWasIsTold()
{
    ThreadSchedStat stat;
    stat.timesRun = 7;
    QVERIFY(!readThreadSchedStat(-1, -1, stat));
    QVERIFY(!readThreadSchedStat(0, 0, stat));
    QVERIFY(!readThreadSchedStat(std::numeric_limits<int>::max(), 1, stat));
    QCOMPARE(stat.timesRun, std::uint64_t(7));
}

QTEST_GUILESS_MAIN(TestMachineLoad)
#include "tst_machineload.moc"
