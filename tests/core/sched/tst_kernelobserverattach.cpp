// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"
#include "core/sched/processtree.h"
#include "tests/support/heldchild.h"
#include "tests/support/schedreplay.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <grp.h>

using namespace Interleave;

namespace
{

using Kind = SchedEventKind;
using Events = std::vector<SchedEvent>;

constexpr int kRefused = 77; ///< a child's exit status: this machine does not allow it

// What the children do, each a process of its own.

void nap(DurationNs length = kMillisecond)
{
    const timespec pause{0, long(length)};
    nanosleep(&pause, nullptr);
}

/// A named thread that naps until the end of this object.
class Napper
{
public:
    explicit Napper(const char *name)
        : m_thread([this, name] {
            pthread_setname_np(pthread_self(), name);
            m_hasBegun = true;
            while (!m_isOver)
                nap();
        })
    {
        while (!m_hasBegun)
            sched_yield();
    }
    Napper(const Napper &) = delete;
    Napper &operator=(const Napper &) = delete;
    ~Napper()
    {
        m_isOver = true;
        m_thread.join();
    }

private:
    std::atomic<bool> m_hasBegun = false;
    std::atomic<bool> m_isOver = false;
    std::thread m_thread;
};

/// A process with a napping thread, which ends when `hold` is closed. \return its number once it is there.
pid_t startGrandchild(int &hold)
{
    int holdPipe[2];
    int ready[2];
    if (pipe2(holdPipe, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0)
        return -1;
    char byte = 'r';
    const pid_t pid = fork();
    if (pid == 0) {
        close(holdPipe[1]);
        {
            Napper napper("grand-napper");
            if (write(ready[1], &byte, 1) == 1 && read(holdPipe[0], &byte, 1) != 0)
                _exit(1);
        }
        _exit(0);
    }
    close(holdPipe[0]);
    hold = holdPipe[1];
    const bool isThere = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    close(ready[1]);
    return isThere ? pid : -1;
}

/// Three napping threads and a process of its own; when let go, another thread and another process.
int beAFamily()
{
    int hold = -1;
    const pid_t grandchild = startGrandchild(hold);
    {
        Napper one("napper-1");
        Napper two("napper-2");
        Napper three("napper-3");
        HeldChild::say(std::to_string(grandchild));
        if (grandchild < 0 || !HeldChild::waitForRelease())
            return 1;
        std::thread([] {
            pthread_setname_np(pthread_self(), "made-later");
            nap();
        }).join();
        const pid_t later = fork();
        if (later == 0)
            _exit(0);
        if (waitpid(later, nullptr, 0) != later)
            return 1;
        HeldChild::say(std::to_string(later));
    }
    close(hold);
    return waitpid(grandchild, nullptr, 0) == grandchild ? 0 : 1;
}

/// Makes three threads in a millisecond, each of which lives for some 25.
int makeThreadsAllTheTime()
{
    std::atomic<bool> isOver = false;
    std::atomic<int> living = 0;
    std::thread maker([&isOver, &living] {
        while (!isOver) {
            ++living;
            std::thread([&living] {
                for (int i = 0; i < 5; ++i)
                    nap(5 * kMillisecond);
                --living;
            }).detach();
            nap(300 * kMicrosecond);
        }
    });
    HeldChild::say("ready");
    const bool isReleased = HeldChild::waitForRelease();
    isOver = true;
    maker.join();
    while (living > 0)
        nap();
    return isReleased ? 0 : 1;
}

/// One thread that uses its core, and one that waits.
int spinAndWait()
{
    std::atomic<bool> isOver = false;
    std::thread spinner([&isOver] {
        pthread_setname_np(pthread_self(), "spinner");
        while (!isOver)
            continue;
    });
    HeldChild::say("ready");
    const bool isReleased = HeldChild::waitForRelease();
    isOver = true;
    spinner.join();
    return isReleased ? 0 : 1;
}

bool becomeNobody()
{
    if (geteuid() != 0 || setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0
        || setresuid(65534, 65534, 65534) != 0)
        return false;
    return prctl(PR_SET_DUMPABLE, 1) == 0;
}

/// Attaches to the test itself, which is another user's.
int attachToAnotherUsersProcess()
{
    if (!becomeNobody() || !KernelObserver::open(getpid(), {}))
        return kRefused;
    const auto attached = KernelObserver::attach(getppid(), {});
    if (attached)
        return 1;
    HeldChild::say(attached.error().message);
    return attached.error().code == ErrorCode::NotAllowed ? 0 : 2;
}

/// Attaches to itself with more threads than it may open files for.
int attachWithFewFiles(bool mayHaveMore)
{
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < 1024)
        return kRefused;
    files.rlim_cur = 64;
    if (!mayHaveMore)
        files.rlim_max = 64;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        return kRefused;
    int hold[2];
    if (pipe(hold) != 0)
        return 1;
    std::vector<std::thread> threads;
    for (int i = 0; i < 80; ++i) {
        threads.emplace_back([&hold] {
            char byte = 0;
            if (read(hold[0], &byte, 1) != 0)
                _exit(1);
        });
    }
    const auto attached = KernelObserver::attach(getpid(), {});
    int status = attached ? 0 : 1;
    if (!attached)
        HeldChild::say(attached.error().message);
    if (attached) {
        Events events;
        attached.value()->drain(events);
        const auto found = std::count_if(events.begin(), events.end(), [](const SchedEvent &event) {
            return event.kind == Kind::Found;
        });
        status = found >= 81 ? 0 : 2;
    }
    close(hold[1]);
    for (std::thread &thread : threads)
        thread.join();
    return status;
}

int actAs(std::string_view mode)
{
    if (mode == "family")
        return beAFamily();
    if (mode == "breeder")
        return makeThreadsAllTheTime();
    if (mode == "spinner")
        return spinAndWait();
    if (mode == "as-nobody")
        return attachToAnotherUsersProcess();
    if (mode == "few-files")
        return attachWithFewFiles(true);
    if (mode == "too-few-files")
        return attachWithFewFiles(false);
    return mode == "nothing" ? 0 : 1;
}

std::set<pid_t> tidsOf(const Events &events, Kind kind)
{
    std::set<pid_t> tids;
    for (const SchedEvent &event : events) {
        if (event.kind == kind)
            tids.insert(event.tid);
    }
    return tids;
}

Events after(const Events &events, TimestampNs time)
{
    Events later;
    std::copy_if(events.begin(), events.end(), std::back_inserter(later),
                 [time](const SchedEvent &event) { return event.time > time; });
    return later;
}

/// By core: who came and went, in order.
using Steps = std::map<CoreId, std::vector<std::tuple<pid_t, bool, bool>>>;
Steps stepsOf(const Events &events)
{
    Steps steps;
    for (const SchedEvent &event : events) {
        if (event.kind == Kind::SwitchIn || event.kind == Kind::SwitchOut)
            steps[event.core].emplace_back(event.tid, event.kind == Kind::SwitchIn,
                                           event.preempted);
    }
    return steps;
}

std::set<pid_t> threadsOfTree(pid_t root)
{
    std::set<pid_t> tids;
    for (const pid_t pid : processTree(root)) {
        for (const pid_t tid : threadsOf(pid))
            tids.insert(tid);
    }
    return tids;
}

} // namespace

class TestKernelObserverAttach : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void whoIsThereIsFoundFirst();
    void whatTheyMakeIsRecordedToTheEnd();
    void theSwitchesAreThoseOfARunObservedFromItsStart();
    void threadsThatComeMeanwhileAreNeitherMissedNorDoubled();
    void whoWaitsAndWhoRunsIsTold();
    void noRecordIsOlderThanItsThreadsFinding();
    void nothingBecomesReadableForEverWhenAThreadEnds();
    void aProcessThatIsGoneIsNamed();
    void anotherUsersProcessIsRefusedWithTheReason();
    void theLimitOfOpenFilesIsRaisedWhereItMayBe();
    void tooFewOpenFilesAreTold();
    void inTheWholeMachineTheTreeIsFoundToo();

private:
    static Result<std::unique_ptr<KernelObserver>> attachTo(const HeldChild &child)
    {
        return KernelObserver::attach(child.pid(), {});
    }
};

void TestKernelObserverAttach::initTestCase()
{
    HeldChild child("nothing");
    const auto opened = attachTo(child);
    if (opened)
        return;
    QVERIFY2(opened.error().code == ErrorCode::NotAllowed, opened.error().message.c_str());
    QSKIP(opened.error().message.c_str());
}

void TestKernelObserverAttach::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestKernelObserverAttach::whoIsThereIsFoundFirst()
{
    const TimestampNs before = monotonicNow();
    HeldChild child("family");
    QVERIFY(child.release());
    const pid_t grandchild = std::stoi(child.line());
    const TimestampNs ready = monotonicNow();
    const auto attached = attachTo(child);
    QVERIFY2(attached, attached ? "" : attached.error().message.c_str());
    const TimestampNs done = monotonicNow();
    QCOMPARE(attached.value()->safeUntil(), TimestampNs(0));
    QVERIFY(attached.value()->source() == Source::Kernel);

    Events events;
    attached.value()->drain(events);
    QCOMPARE(tidsOf(events, Kind::Found), threadsOfTree(child.pid()));
    QVERIFY(tidsOf(events, Kind::Found).size() >= 6);
    std::set<std::string> names;
    std::size_t i = 0;
    for (; i < events.size() && events[i].kind == Kind::Found; i += 2) {
        const SchedEvent &found = events[i];
        QVERIFY(found.time >= ready && found.time <= done);
        QVERIFY2(found.lostSince >= before - 20 * kMillisecond, "down to a clock tick");
        QVERIFY(found.lostSince <= found.time);
        if (found.tid != found.pid)
            QCOMPARE(found.parentPid, found.pid);
        else
            QCOMPARE(found.parentPid, found.pid == grandchild ? child.pid() : getpid());
        const SchedEvent &name = events[i + 1];
        QVERIFY(name.kind == Kind::Name);
        QCOMPARE(name.tid, found.tid);
        QCOMPARE(name.time, found.time);
        names.insert(name.name.data());
    }
    const bool isFirst = std::none_of(events.begin() + std::ptrdiff_t(i), events.end(),
                                      [](const SchedEvent &e) { return e.kind == Kind::Found; });
    QVERIFY2(isFirst, "before all records");
    for (const char *name : {"napper-1", "napper-2", "napper-3", "grand-napper"})
        QVERIFY2(names.contains(name), name);
    Events later;
    attached.value()->drain(later);
    QVERIFY2(tidsOf(later, Kind::Found).empty(), "once");
}

void TestKernelObserverAttach::whatTheyMakeIsRecordedToTheEnd()
{
    HeldChild child("family");
    QVERIFY(child.release());
    const pid_t grandchild = std::stoi(child.line());
    const auto attached = attachTo(child);
    QVERIFY(attached);
    QVERIFY(child.release());
    const pid_t later = std::stoi(child.line());
    QCOMPARE(child.wait(), 0);
    Events events;
    attached.value()->drain(events);
    QCOMPARE(attached.value()->lostRecords(), std::uint64_t(0));

    const std::set<pid_t> forked = tidsOf(events, Kind::Fork);
    const std::set<pid_t> ended = tidsOf(events, Kind::Exit);
    QVERIFY(forked.contains(later));
    QVERIFY2(forked.size() >= 2, "a thread and a process were made");
    std::set<pid_t> all = tidsOf(events, Kind::Found);
    QVERIFY(all.contains(grandchild));
    all.insert(forked.begin(), forked.end());
    QCOMPARE(ended, all);
    const auto isNamed = [](const SchedEvent &event) {
        return event.kind == Kind::Name && std::string_view(event.name.data()) == "made-later";
    };
    QVERIFY(std::any_of(events.begin(), events.end(), isNamed));
}

void TestKernelObserverAttach::theSwitchesAreThoseOfARunObservedFromItsStart()
{
    HeldChild child("family");
    const auto opened = KernelObserver::open(child.pid(), {});
    QVERIFY(opened);
    QVERIFY(child.release());
    QVERIFY(!child.line().empty());
    const auto attached = attachTo(child);
    QVERIFY(attached);
    const TimestampNs since = monotonicNow();
    Events fromStart;
    Events fromThen;
    const TimestampNs deadline = since + 10 * kSecond;
    do {
        opened.value()->drain(fromStart);
        attached.value()->drain(fromThen);
        sched_yield();
    } while (after(fromThen, since).size() < 400 && monotonicNow() < deadline);
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    opened.value()->drain(fromStart);
    attached.value()->drain(fromThen);
    QCOMPARE(opened.value()->lostRecords() + attached.value()->lostRecords(), std::uint64_t(0));

    const Steps expected = stepsOf(after(fromStart, since));
    const Steps got = stepsOf(after(fromThen, since));
    QCOMPARE(got.size(), expected.size());
    for (const auto &[core, steps] : expected) {
        const auto found = got.find(core);
        QVERIFY(found != got.end());
        const auto &ours = found->second;
        // Each event stamps for itself, so that a switch at `since` may be on either side of it.
        const std::size_t common = std::min(steps.size(), ours.size());
        QVERIFY2(std::max(steps.size(), ours.size()) - common <= 2, "as many on each core");
        QVERIFY2(std::equal(steps.end() - std::ptrdiff_t(common), steps.end(),
                            ours.end() - std::ptrdiff_t(common)),
                 "the same in the same order");
    }
    QCOMPARE(SchedReplay().contradiction(after(fromThen, since)), QString());
}

void TestKernelObserverAttach::threadsThatComeMeanwhileAreNeitherMissedNorDoubled()
{
    HeldChild child("breeder");
    QVERIFY(child.release());
    QCOMPARE(child.line(), std::string("ready"));
    QTRY_VERIFY_WITH_TIMEOUT(threadsOf(child.pid()).size() > 20, 10'000);
    const auto attached = attachTo(child);
    QVERIFY2(attached, attached ? "" : attached.error().message.c_str());
    const TimestampNs since = monotonicNow();
    Events events;
    const TimestampNs deadline = since + 10 * kSecond;
    do {
        attached.value()->drain(events);
        sched_yield();
    } while (tidsOf(events, Kind::Fork).size() < 100 && monotonicNow() < deadline);
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    attached.value()->drain(events);
    QCOMPARE(attached.value()->lostRecords(), std::uint64_t(0));
    QVERIFY2(attached.value()->remark().find("missing") == std::string::npos,
             attached.value()->remark().c_str());

    const Events later = after(events, since);
    QCOMPARE(SchedReplay().contradiction(later), QString());
    std::set<pid_t> known = tidsOf(events, Kind::Found);
    const std::set<pid_t> forked = tidsOf(events, Kind::Fork);
    known.insert(forked.begin(), forked.end());
    std::set<pid_t> unknown;
    for (const pid_t tid : tidsOf(later, Kind::SwitchIn)) {
        if (!known.contains(tid))
            unknown.insert(tid);
    }
    QVERIFY2(unknown.empty(), "who runs has been found or was made before our eyes");
    const std::set<pid_t> ended = tidsOf(events, Kind::Exit);
    for (const pid_t tid : known)
        QVERIFY2(ended.contains(tid), "all of them have ended");
}

void TestKernelObserverAttach::whoWaitsAndWhoRunsIsTold()
{
    HeldChild child("spinner");
    QVERIFY(child.release());
    QCOMPARE(child.line(), std::string("ready"));
    const auto stateOfMain = [&child] {
        const auto status = readThreadStatus(child.pid(), child.pid());
        return status ? status->state : '?';
    };
    QTRY_VERIFY_WITH_TIMEOUT(stateOfMain() == 'S', 10'000);
    const auto attached = attachTo(child);
    QVERIFY(attached);
    Events events;
    attached.value()->drain(events);
    int spinners = 0;
    for (std::size_t i = 0; i + 1 < events.size(); ++i) {
        if (events[i].kind != Kind::Found)
            continue;
        const bool isSpinner = std::string_view(events[i + 1].name.data()) == "spinner";
        spinners += isSpinner ? 1 : 0;
        if (isSpinner || events[i].tid == child.pid())
            QCOMPARE(events[i].waiting, !isSpinner);
    }
    QCOMPARE(spinners, 1);
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
}

void TestKernelObserverAttach::noRecordIsOlderThanItsThreadsFinding()
{
    HeldChild child("family");
    QVERIFY(child.release());
    QVERIFY(!child.line().empty());
    const auto attached = attachTo(child);
    QVERIFY(attached);
    Events events;
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    do {
        attached.value()->drain(events);
        sched_yield();
    } while (tidsOf(events, Kind::SwitchOut).size() < 3 && monotonicNow() < deadline);
    std::map<pid_t, TimestampNs> found;
    for (const SchedEvent &event : events) {
        if (event.kind == Kind::Found)
            found[event.tid] = event.time;
        else if (const auto at = found.find(event.tid); at != found.end())
            QVERIFY(event.time >= at->second);
    }
    QVERIFY(tidsOf(events, Kind::SwitchOut).size() >= 3);
}

/// The ring of an attached observer outlives its threads: whoever waits for it must be able to sleep.
void TestKernelObserverAttach::nothingBecomesReadableForEverWhenAThreadEnds()
{
    HeldChild child("family");
    QVERIFY(child.release());
    QVERIFY(!child.line().empty());
    const auto attached = attachTo(child);
    QVERIFY(attached);
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    Events events;
    attached.value()->drain(events);
    std::vector<pollfd> wakes;
    for (const int fd : attached.value()->wakeDescriptors())
        wakes.push_back({fd, POLLIN, 0});
    QVERIFY(!wakes.empty());
    (void)poll(wakes.data(), wakes.size(), 0); // what the records themselves left behind
    QCOMPARE(poll(wakes.data(), wakes.size(), 0), 0);
}

void TestKernelObserverAttach::aProcessThatIsGoneIsNamed()
{
    HeldChild child("nothing");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    for (const pid_t pid : {child.pid(), pid_t(0), pid_t(-1)}) {
        for (const bool wholeMachine : {false, true}) {
            KernelObserverOptions options;
            options.wholeMachine = wholeMachine;
            const auto attached = KernelObserver::attach(pid, options);
            QVERIFY(!attached);
            QVERIFY(attached.error().code == ErrorCode::NotFound);
            QVERIFY(attached.error().message.find(std::to_string(pid)) != std::string::npos);
        }
    }
}

void TestKernelObserverAttach::anotherUsersProcessIsRefusedWithTheReason()
{
    HeldChild child("as-nobody");
    QVERIFY(child.release());
    const std::string said = child.rest();
    const int status = child.wait();
    if (status == kRefused)
        QSKIP("needs root to become another user, and perf for everybody");
    QVERIFY2(status == 0, said.c_str());
    for (const std::string &part :
         {std::to_string(getpid()), std::string("same user"), std::string("setuid"),
          std::string("ptrace"), std::string("kernel.perf_event_paranoid")})
        QVERIFY2(said.find(part) != std::string::npos, said.c_str());
}

void TestKernelObserverAttach::theLimitOfOpenFilesIsRaisedWhereItMayBe()
{
    HeldChild child("few-files");
    QVERIFY(child.release());
    const std::string said = child.rest();
    const int status = child.wait();
    if (status == kRefused)
        QSKIP("the hard limit of open files is too low here");
    QVERIFY2(status == 0, said.c_str());
}

void TestKernelObserverAttach::tooFewOpenFilesAreTold()
{
    HeldChild child("too-few-files");
    QVERIFY(child.release());
    const std::string said = child.rest();
    const int status = child.wait();
    if (status == kRefused)
        QSKIP("the limit of open files cannot be lowered here");
    QVERIFY2(status == 1 && said.find("ulimit -n") != std::string::npos, said.c_str());
}

void TestKernelObserverAttach::inTheWholeMachineTheTreeIsFoundToo()
{
    HeldChild child("family");
    QVERIFY(child.release());
    const pid_t grandchild = std::stoi(child.line());
    KernelObserverOptions options;
    options.wholeMachine = true;
    const auto attached = KernelObserver::attach(child.pid(), options);
    if (!attached)
        QSKIP(attached.error().message.c_str());
    QVERIFY(attached.value()->source() == Source::KernelWide);
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    Events events;
    attached.value()->drain(events);
    const std::set<pid_t> found = tidsOf(events, Kind::Found);
    QVERIFY(found.contains(child.pid()) && found.contains(grandchild));
    QVERIFY2(!found.contains(getpid()), "what is not of the tree is not told");
    QVERIFY(found.size() >= 6);
    for (const SchedEvent &event : events) {
        if (event.kind != Kind::SwitchIn || !found.contains(event.tid))
            continue;
        QVERIFY2(event.time >= events.front().time, "found before their first record");
    }
}

int main(int argc, char **argv)
{
    if (const char *mode = HeldChild::childMode(argc, argv))
        _exit(actAs(mode));
    QCoreApplication app(argc, argv);
    TestKernelObserverAttach test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kernelobserverattach.moc"
