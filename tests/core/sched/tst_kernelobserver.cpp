// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/sched/kernelobserver.h"
#include "tests/core/sched/actingchild.h"
#include "tests/core/sched/observedevents.h"
#include "tests/support/nobody.h"
#include "tests/support/schedreplay.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

using namespace Interleave;

namespace
{

// What the children do, each a process of its own.

void pinToFirstCore()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(allowedCores().front(), &set);
    sched_setaffinity(0, sizeof set, &set);
}

/// Four named threads that sleep and yield, then a process of its own.
int makeThreadsAndAProcess()
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([i] {
            pthread_setname_np(pthread_self(), ("worker-" + std::to_string(i)).c_str());
            for (int round = 0; round < 5; ++round) {
                const timespec pause{0, 200'000};
                nanosleep(&pause, nullptr);
                sched_yield();
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    return waitpid(child, nullptr, 0) == child ? 0 : 1;
}

/// Two threads on one core that give way to each other, over and over.
int yieldOnOneCore()
{
    pinToFirstCore();
    std::atomic<int> here = 0;
    const auto giveWay = [&here] {
        ++here;
        while (here < 2)
            sched_yield();
        for (int i = 0; i < 1000; ++i)
            sched_yield();
    };
    std::thread other(giveWay);
    giveWay();
    other.join();
    return 0;
}

/// A thread that is not the leader starts another program: this one, with nothing to do.
int execFromAThread()
{
    std::thread([] {
        std::string program = "/proc/self/exe";
        std::string flag = HeldChild::kFlag;
        std::string mode = "nothing";
        char *arguments[] = {program.data(), flag.data(), mode.data(), nullptr};
        execv(program.data(), arguments);
        _exit(1);
    }).join();
    return 1;
}

/// Two processes on one core that wake each other `rounds` times: two switches a round.
bool pingPong(int rounds)
{
    int there[2];
    int back[2];
    if (pipe(there) != 0 || pipe(back) != 0)
        return false;
    const pid_t partner = fork();
    char byte = 'x';
    if (partner == 0) {
        for (int i = 0; i < rounds; ++i) {
            if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    for (int i = 0; i < rounds; ++i) {
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
            return false;
    }
    for (const int fd : {there[0], there[1], back[0], back[1]})
        close(fd);
    return waitpid(partner, nullptr, 0) == partner;
}

/// Fills almost half of a small ring, waits to be drained, and so on.
int fillInSteps()
{
    pinToFirstCore();
    for (int step = 0; step < 5; ++step) {
        if (!pingPong(150)) // 600 records of 24 bytes; 8 pages hold 1365
            return 1;
        HeldChild::say("step");
        if (!HeldChild::waitForRelease())
            return 1;
    }
    return 0;
}

/// Writes far more than a small ring holds, waits to be drained, and goes on for a little.
int overflow()
{
    pinToFirstCore();
    if (!pingPong(5000)) // at least 20 000 records of 24 bytes; 8 pages hold 1365
        return 1;
    HeldChild::say("full");
    return HeldChild::waitForRelease() && pingPong(10) ? 0 : 1;
}

/// As a user without any privilege and without locked memory of its own.
bool dropPrivileges()
{
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0)
        return false;
    return geteuid() != 0 || becomeNobody();
}

/// Asks for more than the budget; what it gets must work. Observes itself.
int observeOnASmallBudget()
{
    if (!dropPrivileges())
        return kRefused;
    KernelObserverOptions options;
    options.ringPages = 256;
    const auto opened = KernelObserver::open(getpid(), options);
    if (!opened) {
        HeldChild::say(opened.error().message);
        return opened.error().code == ErrorCode::NotAllowed ? kRefused : 1;
    }
    KernelObserver &observer = *opened.value();
    HeldChild::say("pages " + std::to_string(observer.ringPages()) + ": " + observer.remark());
    std::thread([] { sched_yield(); }).join();
    Events events;
    const auto has = [&](Kind kind) {
        return std::any_of(events.begin(), events.end(),
                           [kind](const SchedEvent &event) { return event.kind == kind; });
    };
    // join() returns a moment before the kernel writes the EXIT
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    do
        observer.drain(events);
    while (!has(Kind::Exit) && monotonicNow() < deadline);
    const bool isSmaller = observer.ringPages() < 256 && observer.ringPages() >= 8;
    const bool isTold = observer.ringPages() >= 128 || !observer.remark().empty();
    return isSmaller && isTold && has(Kind::Fork) && has(Kind::Exit) ? 0 : 1;
}

int actAs(std::string_view mode)
{
    if (mode == "threads")
        return makeThreadsAndAProcess();
    if (mode == "yield")
        return yieldOnOneCore();
    if (mode == "exec-from-thread")
        return execFromAThread();
    if (mode == "steps")
        return fillInSteps();
    if (mode == "overflow")
        return overflow();
    if (mode == "small-budget")
        return observeOnASmallBudget();
    return mode == "nothing" ? 0 : 1;
}

} // namespace

class TestKernelObserver : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void everyThreadIsSeenFromStartToEnd();
    void theRecordsContradictNothing();
    void threadsCarryTheirKernelNames();
    void aYieldIsPreemptedAndASleepIsNot();
    void anExecFromAThreadReopensTheLeader();
    void nothingIsFinalBeforeTheFirstDrain();
    void theHorizonLiesBeforeTheDrain();
    void onlyTheCoresAskedForAreObserved();
    void recordsGoOnAcrossTheEndOfTheRing();
    void aFullRingTellsWhatItLost();
    void ringsShrinkWhenTheBudgetIsShort();
    void aProcessThatIsGoneIsNamed();
    void theWholeMachineIsSeenWhereAllowed();
    void theKeeperEventOpens();

private:
    Result<std::unique_ptr<KernelObserver>> openOn(const HeldChild &child,
                                                   KernelObserverOptions options = {});
    /// Runs the child to its end. All of its records are in the rings when it can be reaped.
    Events observe(const char *mode);

    std::string m_refusal;
    pid_t m_child = 0;
};

void TestKernelObserver::initTestCase()
{
    HeldChild child("nothing");
    const auto opened = openOn(child);
    if (opened)
        return;
    QVERIFY2(opened.error().code == ErrorCode::NotAllowed, opened.error().message.c_str());
    QSKIP(opened.error().message.c_str());
}

void TestKernelObserver::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

Result<std::unique_ptr<KernelObserver>> TestKernelObserver::openOn(const HeldChild &child,
                                                                   KernelObserverOptions options)
{
    return KernelObserver::open(child.pid(), options);
}

Events TestKernelObserver::observe(const char *mode)
{
    HeldChild child(mode);
    m_child = child.pid();
    const auto opened = openOn(child);
    Events events;
    if (!opened || !child.release() || child.wait() != 0)
        return events;
    opened.value()->drain(events);
    return opened.value()->lostRecords() == 0 ? events : Events();
}

void TestKernelObserver::everyThreadIsSeenFromStartToEnd()
{
    const Events events = observe("threads");
    const std::set<pid_t> forked = tidsOf(events, Kind::Fork);
    const std::set<pid_t> ended = tidsOf(events, Kind::Exit);
    const std::set<pid_t> ran = tidsOf(events, Kind::SwitchIn);
    QVERIFY2(forked.size() >= 5, "four threads and a process were made");
    QVERIFY(ended.contains(m_child));
    for (const pid_t tid : forked) {
        QVERIFY2(ended.contains(tid), "a thread that was made has no end");
        QVERIFY2(ran.contains(tid), "a thread that was made never ran");
    }
    QCOMPARE(ended.size(), forked.size() + 1);
}

void TestKernelObserver::theRecordsContradictNothing()
{
    const Events events = observe("threads");
    QVERIFY(!events.empty());
    QCOMPARE(SchedReplay().contradiction(events), QString());
}

void TestKernelObserver::threadsCarryTheirKernelNames()
{
    const Events events = observe("threads");
    std::set<std::string> names;
    for (const SchedEvent &event : ofKind(events, Kind::Name))
        names.insert(event.name.data());
    for (const char *name : {"worker-0", "worker-1", "worker-2", "worker-3"})
        QVERIFY2(names.contains(name), name);
    QVERIFY(tidsOf(events, Kind::Exec).contains(m_child));
}

void TestKernelObserver::aYieldIsPreemptedAndASleepIsNot()
{
    const auto isPreempted = [](const SchedEvent &event) { return event.preempted; };
    const Events yields = ofKind(observe("yield"), Kind::SwitchOut);
    QVERIFY(std::any_of(yields.begin(), yields.end(), isPreempted));
    const Events sleeps = ofKind(observe("threads"), Kind::SwitchOut);
    QVERIFY(!std::all_of(sleeps.begin(), sleeps.end(), isPreempted));
}

void TestKernelObserver::anExecFromAThreadReopensTheLeader()
{
    const Events events = observe("exec-from-thread");
    const Events execs = ofKind(events, Kind::Exec);
    QVERIFY(execs.size() >= 2); // its own start, and the thread's; sanitizers may add some
    QCOMPARE(execs.back().tid, m_child);
    QCOMPARE(execs.back().pid, m_child);
    Events ends = ofKind(events, Kind::Exit);
    std::erase_if(ends, [this](const SchedEvent &event) { return event.tid != m_child; });
    QCOMPARE(ends.size(), std::size_t(2)); // the old leader's, and the end of all
    QVERIFY(ends[0].time <= execs.back().time);
    QVERIFY(ends[1].time > execs.back().time);
}

void TestKernelObserver::nothingIsFinalBeforeTheFirstDrain()
{
    HeldChild child("nothing");
    const auto opened = openOn(child);
    QVERIFY(opened);
    QCOMPARE(opened.value()->safeUntil(), TimestampNs(0));
    QCOMPARE(opened.value()->lostRecords(), std::uint64_t(0));
    QVERIFY(opened.value()->source() == Source::Kernel);
    Events events;
    opened.value()->drain(events);
    // The child may still be on its way to where it is held: what there is to drain is not told.
    QVERIFY(opened.value()->safeUntil() > 0);
}

void TestKernelObserver::theHorizonLiesBeforeTheDrain()
{
    HeldChild child("threads");
    const auto opened = openOn(child);
    QVERIFY(opened);
    KernelObserver &observer = *opened.value();
    QVERIFY(child.release());
    Events events;
    TimestampNs horizon = 0;
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    while (!tidsOf(events, Kind::Exit).contains(child.pid()) && monotonicNow() < deadline) {
        const TimestampNs before = monotonicNow();
        observer.drain(events);
        QVERIFY(observer.safeUntil() >= horizon);
        QVERIFY(observer.safeUntil() < monotonicNow());
        QVERIFY2(observer.safeUntil() >= before - kMillisecond, "at most 1 ms behind the drain");
        horizon = observer.safeUntil();
    }
    QCOMPARE(child.wait(), 0);
    QVERIFY2(tidsOf(events, Kind::Exit).contains(child.pid()), "drained while it ran, to its end");
}

void TestKernelObserver::onlyTheCoresAskedForAreObserved()
{
    HeldChild child("nothing");
    KernelObserverOptions options;
    options.cores = {onlineCores().back()};
    const auto opened = openOn(child, options);
    QVERIFY(opened);
    QCOMPARE(opened.value()->cores(), options.cores);
    QCOMPARE(opened.value()->wakeDescriptors().size(), std::size_t(1));
    const auto all = openOn(child);
    QVERIFY(all);
    QCOMPARE(all.value()->cores(), onlineCores());
}

void TestKernelObserver::recordsGoOnAcrossTheEndOfTheRing()
{
    HeldChild child("steps");
    KernelObserverOptions options;
    options.ringPages = 8;
    const auto opened = openOn(child, options);
    QVERIFY(opened);
    QVERIFY(child.release());
    Events events;
    for (int step = 0; step < 5; ++step) {
        QCOMPARE(child.line(), std::string("step"));
        opened.value()->drain(events);
        QVERIFY(child.release());
    }
    QCOMPARE(child.wait(), 0);
    opened.value()->drain(events);
    QCOMPARE(opened.value()->lostRecords(), std::uint64_t(0));
    QVERIFY2(ofKind(events, Kind::SwitchIn).size() >= 5 * 150, "more than twice around the ring");
    QCOMPARE(SchedReplay().contradiction(events), QString());
}

void TestKernelObserver::aFullRingTellsWhatItLost()
{
    HeldChild child("overflow");
    KernelObserverOptions options;
    options.ringPages = 8;
    const auto opened = openOn(child, options);
    QVERIFY(opened);
    KernelObserver &observer = *opened.value();
    QVERIFY(child.release());
    QCOMPARE(child.line(), std::string("full"));

    std::vector<pollfd> wakes;
    for (const int fd : observer.wakeDescriptors())
        wakes.push_back({fd, POLLIN, 0});
    QVERIFY2(poll(wakes.data(), wakes.size(), 0) > 0, "a full ring asks to be drained");

    Events events;
    observer.drain(events);
    QVERIFY2(!events.empty(), "the oldest records are kept");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    observer.drain(events);

    const Events losses = ofKind(events, Kind::Lost);
    QVERIFY(!losses.empty());
    std::uint64_t lost = 0;
    for (const SchedEvent &loss : losses) {
        QVERIFY(loss.lostRecords > 0);
        QVERIFY(loss.lostSince < loss.time);
        QVERIFY(loss.lostSince > 0);
        lost += loss.lostRecords;
    }
    QCOMPARE(observer.lostRecords(), lost);
    QCOMPARE(SchedReplay().contradiction(events), QString());
    QVERIFY2(tidsOf(events, Kind::Exit).contains(child.pid()), "what comes later is right");
    QVERIFY(ofKind(events, Kind::SwitchIn).back().time > losses.back().time);
}

void TestKernelObserver::ringsShrinkWhenTheBudgetIsShort()
{
    verifyChild("small-budget", "as an unprivileged user: ");
}

void TestKernelObserver::aProcessThatIsGoneIsNamed()
{
    HeldChild child("nothing");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    const auto opened = openOn(child);
    QVERIFY(!opened);
    QVERIFY(opened.error().code == ErrorCode::NotFound);
    QVERIFY(opened.error().message.find(std::to_string(child.pid())) != std::string::npos);
}

void TestKernelObserver::theWholeMachineIsSeenWhereAllowed()
{
    HeldChild child("threads");
    KernelObserverOptions options;
    options.wholeMachine = true;
    const auto opened = openOn(child, options);
    if (!opened)
        QSKIP(opened.error().message.c_str());
    QVERIFY(opened.value()->source() == Source::KernelWide);
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    Events events;
    opened.value()->drain(events);
    QVERIFY(tidsOf(events, Kind::SwitchIn).contains(child.pid()));
    QVERIFY(tidsOf(events, Kind::Exit).contains(child.pid()));
    if (opened.value()->lostRecords() == 0)
        QCOMPARE(SchedReplay(child.pid()).contradiction(events), QString());
}

void TestKernelObserver::theKeeperEventOpens()
{
    QVERIFY(openKeeperEvent().isOpen());
}

int main(int argc, char **argv)
{
    return runWithChildren<TestKernelObserver>(argc, argv, actAs);
}

#include "tst_kernelobserver.moc"
