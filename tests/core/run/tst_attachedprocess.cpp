// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/attachedprocess.h"
#include "core/run/processstat.h"

#include <QtTest>

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Interleave;

class TestAttachedProcess : public QObject
{
    Q_OBJECT

private:
    /// A child that waits for a signal.
    struct Child {
        Child()
            : pid(fork())
        {
            if (pid == 0) {
                for (;;)
                    ::pause();
            }
        }
        ~Child() { end(); }
        /// Leaves it unreaped.
        void kill() const
        {
            ::kill(pid, SIGKILL);
            siginfo_t info = {};
            waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT);
        }
        void end()
        {
            if (pid == 0)
                return;
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
            pid = 0;
        }
        pid_t pid;
    };

private slots:
    void itIsReadyAtOnceAndHasItsNames()
    {
        const Child child;
        const auto process = AttachedProcess::open(child.pid);
        QVERIFY(process.isOk());
        QCOMPARE(process.value()->pid(), child.pid);
        const auto ready = process.value()->checkReady();
        QVERIFY(ready.isOk());
        QVERIFY(ready.value().has_value());
        // A fork of this test, with its words.
        QCOMPARE(process.value()->spec().words, QCoreApplication::arguments());
        QVERIFY(!process.value()->spec().askPython);
        QVERIFY(!process.value()->tryReap().has_value());
    }

    void aProcessThatThisOneDescendsFromIsToldOf()
    {
        if (getppid() == 0)
            QSKIP("the process that has started this one is in another pid namespace");
        const auto parent = AttachedProcess::open(getppid());
        QVERIFY(parent.isOk());
        const std::string remark = parent.value()->remark();
        QVERIFY2(remark.find(std::to_string(getppid())) != std::string::npos, remark.c_str());
        QVERIFY2(remark.find("left out") != std::string::npos, remark.c_str());
        const Child child;
        const auto other = AttachedProcess::open(child.pid);
        QVERIFY(other.isOk());
        QVERIFY(other.value()->remark().empty());
    }

    void aStopEndsTheRecordingAndNotTheProcess()
    {
        const Child child;
        {
            const auto process = AttachedProcess::open(child.pid);
            QVERIFY(process.isOk());
            process.value()->signalGroup(SIGKILL);
            process.value()->requestStop();
            const auto exit = process.value()->tryReap();
            QVERIFY(exit.has_value());
            QVERIFY(!exit->isKnown);
            QCOMPARE(process.value()->sweep({{child.pid, monotonicNow()}}), 0);
        }
        QTRY_COMPARE(stateOfProcess(child.pid), 'S'); // once it has come to wait
    }

    void itsEndIsNoticedAndLeftToItsParent()
    {
        Child child;
        const auto process = AttachedProcess::open(child.pid);
        QVERIFY(process.isOk());
        child.kill();
        pollfd waited{process.value()->pidFd(), POLLIN, 0};
        QCOMPARE(::poll(&waited, 1, 10'000), 1);
        const auto exit = process.value()->tryReap();
        QVERIFY(exit.has_value());
        QVERIFY(!exit->isKnown);
        QCOMPARE(process.value()->pid(), pid_t(0));
        QVERIFY(!process.value()->checkReady().isOk());
        int status = 0;
        QCOMPARE(::waitpid(child.pid, &status, 0), child.pid);
        QCOMPARE(WTERMSIG(status), SIGKILL);
        child.pid = 0;
    }

    void whatIsNoRunningProcessIsRefused()
    {
        Child ended;
        ended.kill();
        const auto zombie = AttachedProcess::open(ended.pid);
        QVERIFY(!zombie.isOk());
        QCOMPARE(zombie.error().code, ErrorCode::NotFound);
        const pid_t pid = ended.pid;
        ended.end();
        for (const pid_t gone : {pid, pid_t(0), pid_t(-1)}) {
            const auto process = AttachedProcess::open(gone);
            QVERIFY(!process.isOk());
            QCOMPARE(process.error().code, ErrorCode::NotFound);
            QVERIFY(process.error().message.find(std::to_string(gone)) != std::string::npos);
        }
        const auto self = AttachedProcess::open(getpid());
        QVERIFY(!self.isOk());
        QCOMPARE(self.error().code, ErrorCode::BadInput);
    }

    void aThreadIsRefusedAsOne()
    {
        std::atomic<pid_t> tid{0};
        std::atomic<bool> isOver{false};
        std::thread thread([&] {
            tid = pid_t(syscall(SYS_gettid));
            tid.notify_one();
            isOver.wait(false);
        });
        tid.wait(0);
        const auto process = AttachedProcess::open(tid);
        isOver = true;
        isOver.notify_one();
        thread.join();
        QVERIFY(!process.isOk());
        QCOMPARE(process.error().code, ErrorCode::BadInput);
        QVERIFY(process.error().message.find("is a thread") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestAttachedProcess)
#include "tst_attachedprocess.moc"
