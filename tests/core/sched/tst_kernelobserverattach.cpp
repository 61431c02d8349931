// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"
#include "core/sched/processtree.h"
#include "tests/core/sched/actingchild.h"
#include "tests/core/sched/attachedprograms.h"
#include "tests/core/sched/observedevents.h"
#include "tests/support/schedreplay.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <sched.h>

using namespace Interleave;

namespace
{

int actAs(std::string_view mode)
{
    if (mode == "family")
        return beAFamily();
    if (mode == "breeder")
        return makeThreadsAllTheTime();
    if (mode == "spinner")
        return spinAndWait();
    return mode == "nothing" ? 0 : 1;
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
    void inTheWholeMachineTheTreeIsFoundToo();
};

void TestKernelObserverAttach::initTestCase()
{
    skipWhereRefused();
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
    return runWithChildren<TestKernelObserverAttach>(argc, argv, actAs);
}

#include "tst_kernelobserverattach.moc"
