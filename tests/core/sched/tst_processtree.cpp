// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/processtree.h"
#include "tests/support/heldchild.h"

#include <QtTest>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/syscall.h>

using namespace Interleave;

namespace
{

/// A process with a child, made by a thread that is not the first, and that child's child.
int haveDescendants()
{
    bool isFine = false;
    std::thread([&isFine] {
        pthread_setname_np(pthread_self(), "a) R (b");
        const pid_t child = fork();
        if (child == 0) {
            const pid_t grandchild = fork();
            if (grandchild == 0)
                _exit(HeldChild::waitForRelease() ? 0 : 1);
            HeldChild::say(std::to_string(getpid()) + ' ' + std::to_string(grandchild) + ' '
                           + std::to_string(getppid()));
            int status = 1;
            _exit(waitpid(grandchild, &status, 0) == grandchild && status == 0 ? 0 : 1);
        }
        int status = 1;
        isFine = waitpid(child, &status, 0) == child && status == 0;
    }).join();
    return isFine ? 0 : 1;
}

int actAs(std::string_view mode)
{
    return mode == "descendants" ? haveDescendants() : 0;
}

std::string statLine(const std::string &name, const char *state, const char *rest)
{
    return "4711 (" + name + ") " + state + ' ' + rest;
}

} // namespace

class TestProcessTree : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void aLineOfStatIsUnderstood();
    void aNameMayHoldAnything();
    void whatIsNoSuchLineGivesNothing_data();
    void whatIsNoSuchLineGivesNothing();
    void aThreadsStatusIsItsOwn();
    void theStartLiesBeforeNowAndAfterTheMakersLastLook();
    void descendantsComeAfterTheirParents();
    void thisProcessIsNoneOfTheOthers();
    void whoIsGoneHasNothing();
};

void TestProcessTree::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestProcessTree::aLineOfStatIsUnderstood()
{
    const auto status = parseThreadStatus(
        statLine("sleep", "S",
                 "12 4711 4401 0 -1 4194304 137 0 0 0 0 0 0 0 20 0 1 0 100 2990080 413 "
                 "18446744073709551615 94057974439936 94057974457865 140722720127232 0 0 0 0 6 0 1 "
                 "0 0 17 3 0 0 0 0 0\n"));
    QVERIFY(status);
    QCOMPARE(status->name, std::string("sleep"));
    QCOMPARE(status->state, 'S');
    QCOMPARE(status->parentPid, pid_t(12));
    QCOMPARE(status->core, CoreId(3));
    QVERIFY(status->isWaiting());
    QVERIFY(!status->hasEnded());
}

void TestProcessTree::aNameMayHoldAnything()
{
    const auto status = parseThreadStatus(
        statLine("a) R 1 (b", "Z", "7 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0 "));
    QVERIFY(status);
    QCOMPARE(status->name, std::string("a) R 1 (b"));
    QCOMPARE(status->parentPid, pid_t(7));
    QVERIFY(status->hasEnded());
    QCOMPARE(status->core, kNoCore);
}

void TestProcessTree::whatIsNoSuchLineGivesNothing_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no name") << QByteArray("4711 sleep S 1 2 3");
    QTest::newRow("nothing after the name") << QByteArray("4711 (sleep)");
    QTest::newRow("a state only") << QByteArray("4711 (sleep) S");
    QTest::newRow("cut before the start") << QByteArray("4711 (sleep) S 1 2 3 4 5 6 7");
    QTest::newRow("the wrong way round") << QByteArray(") S 1 2 (");
}

void TestProcessTree::whatIsNoSuchLineGivesNothing()
{
    QFETCH(QByteArray, line);
    QVERIFY(!parseThreadStatus({line.constData(), std::size_t(line.size())}));
}

void TestProcessTree::aThreadsStatusIsItsOwn()
{
    std::optional<ThreadStatus> own;
    std::optional<ThreadStatus> first;
    std::thread([&own, &first] {
        pthread_setname_np(pthread_self(), "look at me");
        own = readThreadStatus(getpid(), pid_t(syscall(SYS_gettid)));
        first = readThreadStatus(getpid(), getpid());
    }).join();
    QVERIFY(own && first);
    QCOMPARE(own->name, std::string("look at me"));
    QVERIFY2(own->state == 'R', "it was running while it looked");
    QVERIFY(!own->isWaiting());
    QCOMPARE(own->parentPid, getppid());
    QVERIFY(first->name != own->name);
    QVERIFY(first->started <= own->started);
}

void TestProcessTree::theStartLiesBeforeNowAndAfterTheMakersLastLook()
{
    const TimestampNs before = monotonicNow();
    HeldChild child("nothing");
    const auto status = readThreadStatus(child.pid(), child.pid());
    QVERIFY(status);
    QVERIFY2(status->started >= before - 20 * kMillisecond, "down to a clock tick");
    QVERIFY(status->started <= monotonicNow());
}

void TestProcessTree::descendantsComeAfterTheirParents()
{
    HeldChild child("descendants");
    QVERIFY(child.release());
    int first = 0, second = 0, parent = 0;
    const std::string said = child.line();
    QVERIFY2(std::sscanf(said.c_str(), "%d %d %d", &first, &second, &parent) == 3, said.c_str());
    QCOMPARE(parent, int(child.pid()));
    QCOMPARE(processTree(child.pid()), (std::vector<pid_t>{child.pid(), first, second}));
    QCOMPARE(processTree(second), std::vector<pid_t>{second});
    QVERIFY2(threadsOf(child.pid()).size() >= 2, "the one that waits for the other, and that");
    const std::vector<pid_t> ours = processTree(getpid());
    QVERIFY(std::find(ours.begin(), ours.end(), second) != ours.end());
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
}

void TestProcessTree::thisProcessIsNoneOfTheOthers()
{
    if (getppid() == 0)
        QSKIP("the process that has started this one is in another pid namespace");
    HeldChild child("nothing");
    const std::vector<pid_t> all = processTree(getppid());
    const std::vector<pid_t> others = processTreeOfOthers(getppid());
    const auto holds = [](const std::vector<pid_t> &tree, pid_t pid) {
        return std::find(tree.begin(), tree.end(), pid) != tree.end();
    };
    QVERIFY(holds(all, getppid()) && holds(all, getpid()) && holds(all, child.pid()));
    QVERIFY(holds(others, getppid()));
    QVERIFY(!holds(others, getpid()));
    QVERIFY2(!holds(others, child.pid()), "what this process has started");
    // Whoever asks for this process itself gets it.
    QVERIFY(holds(processTreeOfOthers(getpid()), child.pid()));
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
}

void TestProcessTree::whoIsGoneHasNothing()
{
    HeldChild child("nothing");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    QVERIFY(!readThreadStatus(child.pid(), child.pid()));
    QVERIFY(threadsOf(child.pid()).empty());
    QVERIFY(processTree(child.pid()).empty());
    const bool isRead = numbersIn("/proc/self/no such folder").has_value();
    const int error = errno;
    QVERIFY(!isRead);
    QCOMPARE(error, ENOENT);
}

int main(int argc, char **argv)
{
    if (const char *mode = HeldChild::childMode(argc, argv))
        _exit(actAs(mode));
    QCoreApplication app(argc, argv);
    TestProcessTree test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_processtree.moc"
