// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"
#include "tests/core/sched/actingchild.h"
#include "tests/core/sched/attachedprograms.h"
#include "tests/core/sched/observedevents.h"
#include "tests/support/nobody.h"

#include <QtTest>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/resource.h>

using namespace Interleave;

namespace
{

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
    if (mode == "as-nobody")
        return attachToAnotherUsersProcess();
    if (mode == "few-files")
        return attachWithFewFiles(true);
    if (mode == "too-few-files")
        return attachWithFewFiles(false);
    return mode == "nothing" ? 0 : 1;
}

} // namespace

class TestKernelObserverLimits : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void aProcessThatIsGoneIsNamed();
    void anotherUsersProcessIsRefusedWithTheReason();
    void theLimitOfOpenFilesIsRaisedWhereItMayBe();
    void tooFewOpenFilesAreTold();
    void nothingBecomesReadableForEverWhenAThreadEnds();
};

void TestKernelObserverLimits::initTestCase()
{
    skipWhereRefused();
}

void TestKernelObserverLimits::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestKernelObserverLimits::aProcessThatIsGoneIsNamed()
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

void TestKernelObserverLimits::anotherUsersProcessIsRefusedWithTheReason()
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

void TestKernelObserverLimits::theLimitOfOpenFilesIsRaisedWhereItMayBe()
{
    verifyChild("few-files", "the hard limit of open files is too low here");
}

void TestKernelObserverLimits::tooFewOpenFilesAreTold()
{
    HeldChild child("too-few-files");
    QVERIFY(child.release());
    const std::string said = child.rest();
    const int status = child.wait();
    if (status == kRefused)
        QSKIP("the limit of open files cannot be lowered here");
    QVERIFY2(status == 1 && said.find("ulimit -n") != std::string::npos, said.c_str());
}

/// The ring of an attached observer outlives its threads: whoever waits for it must be able to sleep.
void TestKernelObserverLimits::nothingBecomesReadableForEverWhenAThreadEnds()
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

int main(int argc, char **argv)
{
    return runWithChildren<TestKernelObserverLimits>(argc, argv, actAs);
}

#include "tst_kernelobserverlimits.moc"
