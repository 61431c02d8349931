// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"
#include "core/sched/privilegedexec.h"

#include <QtTest>

#include <csignal>
#include <cstring>

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

    /// The real kernel, a real setuid program, started by a user without privileges.
    void aSetuidProgramIsRevealedForReal()
    {
        if (::geteuid() != 0)
            QSKIP("only root can make a setuid program");
        QTemporaryDir folder(QDir::tempPath() + QStringLiteral("/interleave-XXXXXX"));
        const QByteArray program = folder.filePath(QStringLiteral("setuid-cat")).toLocal8Bit();
        QVERIFY(QFile::copy(QStringLiteral("/bin/cat"), QString::fromLocal8Bit(program)));
        QVERIFY(::chmod(folder.path().toLocal8Bit().constData(), 0755) == 0);
        QVERIFY(::chmod(program.constData(), 04755) == 0);

        // The child is nobody, held until it is observed, and then becomes the setuid program, which
        // lives until its input ends.
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
            execl(program.constData(), "setuid-cat", nullptr);
            _exit(127);
        }
        auto observer = KernelObserver::open(child, {});
        QVERIFY(::write(gate[1], "g", 1) == 1);
        PrivilegedExecDetector detector;
        if (observer) {
            QTRY_VERIFY_WITH_TIMEOUT(
                [&] {
                    std::vector<SchedEvent> events;
                    observer.value()->drain(events);
                    for (const SchedEvent &event : events)
                        detector.add(event);
                    char comm[32] = {};
                    QFile name(QStringLiteral("/proc/%1/comm").arg(child));
                    return name.open(QIODevice::ReadOnly) && name.read(comm, 31) > 0
                        && std::strncmp(comm, "setuid-cat", 10) == 0
                        && (!detector.sentences().empty() || !events.empty());
                }(),
                10'000);
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
