// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/sched/machineload.h"
#include "core/sched/processtree.h"
#include "core/sched/sampledobserver.h"
#include "tests/support/heldchild.h"

#include <QtTest>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/syscall.h>

using namespace Interleave;

namespace
{

using Kind = SchedEventKind;
using Events = std::vector<SchedEvent>;

DurationNs ownCpuTime()
{
    timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return DurationNs(ts.tv_sec) * kSecond + ts.tv_nsec;
}

/// A named thread uses 40 ms of a core, says "tid ns", and waits to be let go.
int burn()
{
    bool isReleased = false;
    std::thread([&isReleased] {
        pthread_setname_np(pthread_self(), "burner");
        while (ownCpuTime() < 40 * kMillisecond)
            continue;
        const auto tid = pid_t(syscall(SYS_gettid));
        HeldChild::say(std::to_string(tid) + ' ' + std::to_string(ownCpuTime()));
        isReleased = HeldChild::waitForRelease();
    }).join();
    return isReleased ? 0 : 1;
}

/// A process is made, which tells its number once it is whole (a sanitizer starts a thread in it), and waits
/// to be let go.
int makeAProcess()
{
    const pid_t child = fork();
    if (child == 0) {
        HeldChild::say(std::to_string(getpid()));
        _exit(HeldChild::waitForRelease() ? 0 : 1);
    }
    int status = 1;
    if (waitpid(child, &status, 0) != child || status != 0)
        return 1;
    return HeldChild::waitForRelease() ? 0 : 1;
}

/// Waits as a crowd: `count` threads at once.
int crowd(int count)
{
    std::vector<std::thread> threads;
    int fds[2];
    if (pipe(fds) != 0)
        return 1;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&fds] {
            char byte = 0;
            if (read(fds[0], &byte, 1) != 0)
                _exit(1);
        });
    }
    HeldChild::say("ready");
    const bool isReleased = HeldChild::waitForRelease();
    close(fds[1]);
    for (std::thread &thread : threads)
        thread.join();
    return isReleased ? 0 : 1;
}

/// One short-lived process after another until it is let go.
int makeQuickProcesses()
{
    HeldChild::say("ready");
    for (;;) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        if (poll(&input, 1, 1) != 0)
            return HeldChild::waitForRelease() ? 0 : 1;
        const pid_t child = fork();
        if (child == 0)
            _exit(0);
        if (waitpid(child, nullptr, 0) != child)
            return 1;
    }
}

int actAs(std::string_view mode)
{
    if (mode == "burn")
        return burn();
    if (mode == "process")
        return makeAProcess();
    if (mode == "crowd")
        return crowd(100);
    if (mode == "throng")
        return crowd(2000);
    if (mode == "quick")
        return makeQuickProcesses();
    return mode == "nothing" ? 0 : 1;
}

bool has(const Events &events, Kind kind, pid_t tid)
{
    return std::any_of(events.begin(), events.end(), [&](const SchedEvent &event) {
        return event.kind == kind && event.tid == tid;
    });
}

std::ptrdiff_t count(const Events &events, Kind kind)
{
    return std::count_if(events.begin(), events.end(),
                         [kind](const SchedEvent &event) { return event.kind == kind; });
}

DurationNs ranInTotal(const Events &events, pid_t tid)
{
    DurationNs total = 0;
    for (const SchedEvent &event : events) {
        if (event.kind == Kind::Sampled && event.tid == tid)
            total += event.ranNs;
    }
    return total;
}

/// Drains until `isDone`, at most 10 s.
bool drainUntil(SampledObserver &observer, Events &events, const std::function<bool()> &isDone)
{
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    do {
        observer.drain(events);
        std::this_thread::yield();
    } while (!isDone() && monotonicNow() < deadline);
    return isDone();
}

/// One sample at least that began after now.
bool drainOnce(SampledObserver &observer, Events &events)
{
    const TimestampNs now = monotonicNow();
    return drainUntil(observer, events, [&] { return observer.safeUntil() > now; });
}

} // namespace

class TestSampledObserver : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void totalsContainAllThatAThreadRan();
    void aSampleSpansFromTheOneBefore();
    void threadsAreNamedAndEndOnce();
    void childProcessesAreFoundWithTheirParent();
    void samplesKeepTheirDistance();
    void aCrowdOfThreadsIsSeenAndEnds();
    void aHeldChildUsesNoTime();
    void aProcessThatIsGoneGivesNothing();
    void whatRunsAlreadyIsFound();
    void aThrongOfThreadsCostsNoMoreThanItsShare();
    void shortLivedProcessesLeaveNothingBehind();
    void eventsOnlyKnowsTheCoresAndNothingElse();
};

void TestSampledObserver::initTestCase()
{
    ThreadSchedStat stat;
    if (!readThreadSchedStat(getpid(), int(syscall(SYS_gettid)), stat))
        QSKIP("this kernel offers no schedstat in /proc");
}

void TestSampledObserver::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestSampledObserver::totalsContainAllThatAThreadRan()
{
    HeldChild child("burn");
    SampledObserver observer(child.pid());
    QVERIFY(observer.source() == Source::Sampled);
    Events events;
    QVERIFY(child.release());
    QVERIFY(drainUntil(observer, events, [&] { return count(events, Kind::Fork) > 0; }));
    const std::string said = child.line();
    const std::size_t blank = said.find(' ');
    QVERIFY2(blank != std::string::npos, said.c_str());
    const pid_t tid = std::stoi(said);
    const DurationNs told = std::stoll(said.substr(blank + 1));
    // The kernel adds up to the very moment when the thread leaves the core to wait.
    QVERIFY(drainUntil(observer, events, [&] { return ranInTotal(events, tid) >= told; }));
    ThreadSchedStat stat;
    QVERIFY(readThreadSchedStat(child.pid(), tid, stat));
    QVERIFY(ranInTotal(events, tid) <= stat.ran);
    const bool isPlaced = std::all_of(events.begin(), events.end(), [](const SchedEvent &event) {
        return event.kind != Kind::Sampled || event.ranNs == 0 || event.core != kNoCore;
    });
    QVERIFY2(isPlaced, "what ran has a core");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
}

void TestSampledObserver::aSampleSpansFromTheOneBefore()
{
    HeldChild child("burn");
    SampledObserver observer(child.pid());
    Events events;
    QVERIFY(child.release());
    TimestampNs horizon = observer.safeUntil();
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    while (ranInTotal(events, child.pid()) == 0 && monotonicNow() < deadline) {
        Events now;
        observer.drain(now);
        for (const SchedEvent &event : now) {
            QVERIFY2(event.time >= horizon, "nothing comes below the horizon");
            if (event.kind != Kind::Sampled)
                continue;
            QCOMPARE(event.lostSince, horizon);
            QCOMPARE(event.time, observer.safeUntil());
        }
        horizon = observer.safeUntil();
        events.insert(events.end(), now.begin(), now.end());
    }
    QVERIFY(ranInTotal(events, child.pid()) > 0);
    QVERIFY(!child.line().empty());
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
}

void TestSampledObserver::threadsAreNamedAndEndOnce()
{
    HeldChild child("burn");
    SampledObserver observer(child.pid());
    Events events;
    QVERIFY(child.release());
    const auto burner = [&] {
        return std::find_if(events.begin(), events.end(), [](const SchedEvent &event) {
            return event.kind == Kind::Name && std::string_view(event.name.data()) == "burner";
        });
    };
    QVERIFY(drainUntil(observer, events, [&] { return burner() != events.end(); }));
    const pid_t tid = burner()->tid;
    QCOMPARE(burner()->pid, child.pid());
    QVERIFY(has(events, Kind::Fork, tid));
    QVERIFY2(!has(events, Kind::Fork, child.pid()), "the root is known to who asked for it");
    QVERIFY(!has(events, Kind::Exit, tid));

    QVERIFY(!child.line().empty());
    QVERIFY(child.release());
    QVERIFY2(drainUntil(observer, events, [&] { return has(events, Kind::Exit, child.pid()); }),
             "a process that has ended is told even while nobody has waited for it");
    QCOMPARE(child.wait(), 0);
    QVERIFY(drainOnce(observer, events));
    QVERIFY(drainOnce(observer, events));
    QVERIFY(has(events, Kind::Exit, tid));
    const auto ends = std::count_if(events.begin(), events.end(), [&](const SchedEvent &event) {
        return event.kind == Kind::Exit && event.tid == child.pid();
    });
    QCOMPARE(int(ends), 1);
}

void TestSampledObserver::childProcessesAreFoundWithTheirParent()
{
    const std::string own = std::to_string(getpid());
    if (access(("/proc/" + own + "/task/" + own + "/children").c_str(), R_OK) != 0)
        QSKIP("this kernel does not list children in /proc (CONFIG_PROC_CHILDREN)");
    HeldChild child("process");
    SampledObserver observer(child.pid());
    Events events;
    QVERIFY(child.release());
    const pid_t grandchild = std::stoi(child.line());
    QVERIFY(drainUntil(observer, events, [&] { return has(events, Kind::Fork, grandchild); }));
    const auto fork = std::find_if(events.begin(), events.end(), [&](const SchedEvent &event) {
        return event.kind == Kind::Fork && event.tid == grandchild;
    });
    QCOMPARE(fork->pid, grandchild);
    QCOMPARE(fork->parentPid, child.pid());
    QCOMPARE(fork->parentTid, child.pid());
    QVERIFY(child.release());
    QVERIFY(drainUntil(observer, events, [&] { return has(events, Kind::Exit, grandchild); }));
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
}

void TestSampledObserver::samplesKeepTheirDistance()
{
    HeldChild child("nothing");
    SampledObserver observer(child.pid());
    Events events;
    TimestampNs last = observer.safeUntil();
    for (int samples = 0; samples < 5;) {
        observer.drain(events);
        if (observer.safeUntil() == last)
            continue;
        QVERIFY(observer.safeUntil() - last >= kMillisecond);
        last = observer.safeUntil();
        ++samples;
    }
}

void TestSampledObserver::aCrowdOfThreadsIsSeenAndEnds()
{
    HeldChild child("crowd");
    SampledObserver observer(child.pid());
    Events events;
    QVERIFY(child.release());
    QCOMPARE(child.line(), std::string("ready"));
    QVERIFY(drainUntil(observer, events, [&] { return count(events, Kind::Fork) >= 100; }));
    const TimestampNs before = observer.safeUntil();
    QVERIFY(drainOnce(observer, events));
    QVERIFY2(observer.safeUntil() - before >= 20 * kMillisecond, "a crowd is sampled less often");
    QCOMPARE(count(events, Kind::Exit), std::ptrdiff_t(0));
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    QVERIFY(drainOnce(observer, events));
    QCOMPARE(count(events, Kind::Exit), count(events, Kind::Fork) + 1);
}

void TestSampledObserver::aHeldChildUsesNoTime()
{
    HeldChild child("nothing");
    SampledObserver observer(child.pid());
    Events events;
    QVERIFY(drainOnce(observer, events));
    QVERIFY(has(events, Kind::Name, child.pid()));
    QCOMPARE(count(events, Kind::Exit), std::ptrdiff_t(0));
    QCOMPARE(count(events, Kind::Fork), std::ptrdiff_t(0));
}

void TestSampledObserver::aProcessThatIsGoneGivesNothing()
{
    HeldChild child("nothing");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    SampledObserver observer(child.pid());
    Events events;
    QVERIFY(drainOnce(observer, events));
    QVERIFY(events.empty());
}

void TestSampledObserver::whatRunsAlreadyIsFound()
{
    const TimestampNs before = monotonicNow();
    HeldChild child("process");
    QVERIFY(child.release());
    const pid_t grandchild = std::stoi(child.line());
    SampledObserver observer(child.pid(), SampledObserver::Start::Running);
    const TimestampNs done = monotonicNow();
    Events events;
    observer.drain(events);
    std::set<pid_t> expected;
    for (const pid_t pid : processTree(child.pid())) {
        for (const pid_t tid : threadsOf(pid))
            expected.insert(tid);
    }
    QVERIFY(expected.contains(grandchild));
    std::set<pid_t> found;
    for (const SchedEvent &event : events) {
        if (event.kind != Kind::Found)
            continue;
        found.insert(event.tid);
        QVERIFY(event.time >= before && event.time <= done);
        QVERIFY(event.lostSince >= before - 20 * kMillisecond && event.lostSince <= event.time);
        if (event.tid == event.pid)
            QCOMPARE(event.parentPid, event.pid == grandchild ? child.pid() : getpid());
        QVERIFY(has(events, Kind::Name, event.tid));
    }
    QVERIFY(found == expected);
    QCOMPARE(count(events, Kind::Fork), std::ptrdiff_t(0));

    QVERIFY(child.release());
    QVERIFY(drainUntil(observer, events, [&] { return has(events, Kind::Exit, grandchild); }));
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    QVERIFY(drainOnce(observer, events));
    QCOMPARE(count(events, Kind::Found), std::ptrdiff_t(found.size()));
    QVERIFY(has(events, Kind::Exit, child.pid()));
}

/// At most 5 % of a core: the pause after a sample follows from what it cost.
void TestSampledObserver::aThrongOfThreadsCostsNoMoreThanItsShare()
{
    HeldChild child("throng");
    QVERIFY(child.release());
    if (child.line() != "ready")
        QSKIP("2000 threads are more than this user may have");
    SampledObserver observer(child.pid(), SampledObserver::Start::Running);
    Events events;
    observer.drain(events);
    QVERIFY(count(events, Kind::Found) >= 2001);
    const auto nextSample = [&observer, &events] {
        const TimestampNs last = observer.safeUntil();
        const TimestampNs deadline = monotonicNow() + 10 * kSecond;
        DurationNs cost = 0;
        while (observer.safeUntil() == last && monotonicNow() < deadline) {
            poll(nullptr, 0, 1);
            const DurationNs before = ownCpuTime();
            observer.drain(events);
            cost = ownCpuTime() - before;
        }
        return cost;
    };
    const DurationNs cost = nextSample();
    const TimestampNs sampled = observer.safeUntil();
    (void)nextSample();
    const DurationNs pause = observer.safeUntil() - sampled;
    // Half of it: what was measured here is a little more than what the observer measures itself.
    QVERIFY2(pause >= std::min(10 * cost, kSecond),
             qPrintable(QStringLiteral("%1 after %2").arg(pause).arg(cost)));
    QVERIFY2(pause >= 20 * kMillisecond, "a crowd is sampled at 50 Hz at most");
    QCOMPARE(count(events, Kind::Exit), std::ptrdiff_t(0));
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    QVERIFY(drainOnce(observer, events));
    QCOMPARE(count(events, Kind::Exit), count(events, Kind::Found) + count(events, Kind::Fork));
}

void TestSampledObserver::shortLivedProcessesLeaveNothingBehind()
{
    HeldChild child("quick");
    QVERIFY(child.release());
    QCOMPARE(child.line(), std::string("ready"));
    const auto openFiles = [] { return numbersIn("/proc/self/fd").value().size(); };
    const std::size_t filesBefore = openFiles();
    SampledObserver observer(child.pid(), SampledObserver::Start::Running);
    Events events;
    QVERIFY(drainUntil(observer, events, [&] { return count(events, Kind::Fork) >= 20; }));
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    QVERIFY(drainOnce(observer, events));
    QVERIFY(drainOnce(observer, events));
    QCOMPARE(count(events, Kind::Exit), count(events, Kind::Found) + count(events, Kind::Fork));
    QCOMPARE(openFiles(), filesBefore);
}

void TestSampledObserver::eventsOnlyKnowsTheCoresAndNothingElse()
{
    EventsOnlyObserver observer;
    Events events;
    const TimestampNs before = monotonicNow();
    observer.drain(events);
    QVERIFY(events.empty());
    QVERIFY(observer.safeUntil() >= before);
    QVERIFY(observer.source() == Source::Events);
    QCOMPARE(observer.cores(), onlineCores());
    QCOMPARE(observer.lostRecords(), std::uint64_t(0));
    QVERIFY(observer.wakeDescriptors().empty());
    QVERIFY(observer.remark().empty());
}

int main(int argc, char **argv)
{
    if (const char *mode = HeldChild::childMode(argc, argv))
        _exit(actAs(mode));
    QCoreApplication app(argc, argv);
    TestSampledObserver test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_sampledobserver.moc"
