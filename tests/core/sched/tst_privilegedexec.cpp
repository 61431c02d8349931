// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"
#include "core/sched/privilegedexec.h"
#include "core/sched/processtree.h"

#include <QtTest>

#include <csignal>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <grp.h>

using namespace Interleave;

class TestPrivilegedExec : public QObject
{
    Q_OBJECT

private:
    static SchedEvent event(SchedEventKind kind, TimestampNs time, pid_t pid, const char *name = "")
    {
        SchedEvent result;
        result.kind = kind;
        result.time = time;
        result.pid = pid;
        result.tid = pid;
        std::strncpy(result.name.data(), name, result.name.size() - 1);
        return result;
    }

private slots:
    void anExitRightAfterTheExecOfALivingProcessIsRevealed()
    {
        PrivilegedExecDetector detector([](pid_t) { return true; });
        QVERIFY(!detector.add(event(SchedEventKind::Exec, 1000, 7, "sudo")));
        QVERIFY(detector.add(event(SchedEventKind::Exit, 2000, 7)));
        QCOMPARE(detector.sentences().size(), std::size_t(1));
        QVERIFY(detector.sentences()[0].find("sudo (7)") != std::string::npos);
    }

    void aProcessThatReallyEndedIsNot()
    {
        PrivilegedExecDetector detector([](pid_t) { return false; });
        detector.add(event(SchedEventKind::Exec, 1000, 7, "true"));
        QVERIFY(!detector.add(event(SchedEventKind::Exit, 2000, 7)));
        QVERIFY(detector.sentences().empty());
    }

    void anExitThatComesLateIsBelieved()
    {
        PrivilegedExecDetector detector([](pid_t) { return true; });
        detector.add(event(SchedEventKind::Exec, 1000, 7, "sleep"));
        QVERIFY(!detector.add(event(SchedEventKind::Exit, 1000 + kMillisecond, 7)));
    }

    void anExitWithoutAnExecIsBelieved()
    {
        PrivilegedExecDetector detector([](pid_t) { return true; });
        QVERIFY(!detector.add(event(SchedEventKind::Exit, 10, 7)));
    }

    /// A thread of it calls exec: the EXIT of the old leader comes first, and tells nothing.
    void anExecByAThreadIsNoPrivilegedProgram()
    {
        PrivilegedExecDetector detector([](pid_t) { return true; });
        detector.add(event(SchedEventKind::Exec, 1000, 7, "python3"));
        QVERIFY(!detector.add(event(SchedEventKind::Exit, kSecond, 7)));
        detector.add(event(SchedEventKind::Exec, kSecond + 10, 7, "ls"));
        QVERIFY(detector.sentences().empty());
    }

    void aSetuidProgramIsRevealedForReal_data()
    {
        QTest::addColumn<bool>("isStarted");
        QTest::newRow("the command itself") << false;
        QTest::newRow("a program that the command starts") << true;
    }
    /// The real kernel, a real setuid program, started by a user without privileges.
    void aSetuidProgramIsRevealedForReal()
    {
        QFETCH(bool, isStarted);
        if (::geteuid() != 0)
            QSKIP("only root can make a setuid program");
        QTemporaryDir folder(QDir::tempPath() + QStringLiteral("/interleave-XXXXXX"));
        const QByteArray program = folder.filePath(QStringLiteral("setuid-cat")).toLocal8Bit();
        QVERIFY(QFile::copy(QStringLiteral("/bin/cat"), QString::fromLocal8Bit(program)));
        QVERIFY(::chmod(folder.path().toLocal8Bit().constData(), 0755) == 0);
        QVERIFY(::chmod(program.constData(), 04755) == 0);

        // The child is nobody, held until it is observed. It becomes the setuid program, or starts it;
        // that lives until its input ends.
        int gate[2], input[2];
        QVERIFY(pipe2(gate, O_CLOEXEC) == 0 && pipe2(input, O_CLOEXEC) == 0);
        const pid_t child = fork();
        if (child == 0) {
            char go;
            ::dup2(input[0], 0);
            if (setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0
                || setresuid(65534, 65534, 65534) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0
                || ::read(gate[0], &go, 1) != 1)
                _exit(1);
            const pid_t other = isStarted ? fork() : 0;
            if (other == 0) {
                execl(program.constData(), "setuid-cat", nullptr);
                _exit(127);
            }
            _exit(::waitpid(other, nullptr, 0) == other ? 0 : 1);
        }
        auto observer = KernelObserver::open(child, {});
        QVERIFY(::write(gate[1], "g", 1) == 1);
        PrivilegedExecDetector detector;
        if (observer) {
            // It has called exec, and all that the kernel says of that has been read.
            TimestampNs executed = 0;
            const auto isAllRead = [&] {
                for (const pid_t pid : processTree(child)) {
                    const auto status = readThreadStatus(pid, pid);
                    if (executed == 0 && status && status->name == "setuid-cat")
                        executed = monotonicNow();
                }
                std::vector<SchedEvent> events;
                observer.value()->drain(events);
                for (const SchedEvent &event : events)
                    detector.add(event);
                return executed != 0 && observer.value()->safeUntil() > executed + kMillisecond;
            };
            QTRY_VERIFY_WITH_TIMEOUT(isAllRead(), 10'000);
        }
        ::close(input[1]);
        ::close(input[0]);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        for (const int fd : {gate[0], gate[1]})
            ::close(fd);
        if (!observer)
            QSKIP(observer.error().message.c_str());
        if (detector.sentences().empty())
            QSKIP("this kernel goes on recording a root observer's setuid programs");
        QVERIFY(detector.sentences()[0].find("setuid-cat") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestPrivilegedExec)
#include "tst_privilegedexec.moc"
