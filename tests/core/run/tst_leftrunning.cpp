// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/realcommand.h"
#include "tests/core/run/runlistener.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace RealCommand;

namespace
{

/// A program that ends at once and leaves a process running. That tells its number, waits at a gate,
/// prints more than a pipe holds, and then makes a file.
struct LateWriter {
    QTemporaryDir folder;
    Gate gate{QFile::encodeName(folder.filePath(u"gate"_s))};
    QString done = folder.filePath(u"done"_s);

    /// \param stream that is printed to: 1 or 2.
    [[nodiscard]] QString script(int stream) const
    {
        return u"(cat '%1' >/dev/null; head -c 3000000 /dev/zero >&%2 && : >'%3') & echo $!"_s.arg(
            folder.filePath(u"gate"_s), QString::number(stream), done);
    }
};

/// Ends of pipes that this process has open.
int pipeEnds()
{
    int count = 0;
    for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
        count += target.rfind("pipe:", 0) == 0 ? 1 : 0;
    }
    return count;
}

} // namespace

/// What a program has started and what goes on when it has ended.
class TestLeftRunning : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        registerRunTypes();
        QCOMPARE(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    }

    void whatItLeftRunningIsFoundAndLeftAlone()
    {
        pid_t daemon = 0;
        {
            // Forked twice, in a session of its own.
            const auto command =
                run(shell(u"setsid sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!'"_s));
            daemon = std::stoi(lineOf(*command));
            end(*command);
            QTRY_COMPARE_WITH_TIMEOUT(command->stillRunning({}), std::vector<pid_t>{daemon},
                                      kPatienceMs);
        }
        QVERIFY(isAlive(daemon));
        ::kill(daemon, SIGKILL);
        QVERIFY(reapWithin(daemon, monotonicNow() + 10 * kSecond));
    }

    void whatItLeftIsReapedWhenItEnds()
    {
        const QTemporaryDir folder;
        const QString pipe = folder.filePath(u"pipe"_s);
        const Gate gate(QFile::encodeName(pipe));
        QVERIFY(gate.isMade());
        // The orphan lives until the pipe is opened for writing.
        const auto command =
            run(shell(u"(cat '%1' >/dev/null & echo $!); exec sleep 1000"_s.arg(pipe)));
        const pid_t orphan = std::stoi(lineOf(*command));
        QTRY_COMPARE_WITH_TIMEOUT(readProcessStat(orphan)->parent, getpid(), kPatienceMs);
        QVERIFY(gate.open());
        siginfo_t info = {};
        QCOMPARE(waitid(P_PID, id_t(orphan), &info, WEXITED | WNOWAIT), 0);
        command->reapOrphans({});
        QVERIFY(!readProcessStat(orphan).has_value());
    }

    void afterAStopNothingIsLeft()
    {
        pid_t daemon = 0;
        {
            const auto command =
                run(shell(u"setsid sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!'"_s));
            daemon = std::stoi(lineOf(*command));
            end(*command);
            command->requestStop(); // and then this object ends
        }
        QVERIFY(!readProcessStat(daemon).has_value());
    }

    void whatItLeftRunningMayGoOnPrinting_data()
    {
        QTest::addColumn<int>("stream");
        QTest::newRow("output") << 1;
        QTest::newRow("errors") << 2;
    }
    void whatItLeftRunningMayGoOnPrinting()
    {
        QFETCH(int, stream);
        LateWriter writer;
        QVERIFY(writer.gate.isMade());
        const int before = pipeEnds();
        pid_t left = 0;
        {
            const auto command = run(shell(writer.script(stream)));
            left = std::stoi(lineOf(*command));
            QCOMPARE(end(*command).exit.code, 0);
        }
        QVERIFY(isAlive(left));
        QVERIFY(writer.gate.open());
        // Nobody reads for a person any more; without a reader it would be ended by SIGPIPE.
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(writer.done), kPatienceMs);
        QVERIFY(reapWithin(left, monotonicNow() + 10 * kSecond));
        QTRY_COMPARE_WITH_TIMEOUT(pipeEnds(), before, kPatienceMs); // the reading has ended, too
    }

    void afterARunWhatItLeftMayGoOnPrinting()
    {
        LateWriter writer;
        QVERIFY(writer.gate.isMade());
        RunController controller;
        RunListener listener(controller);
        controller.start(shellRequest(writer.script(1)));
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.lines.size(), std::size_t(1));
        const pid_t left = report.lines.front().text.toInt();
        // With what it has started itself: it waits in that.
        const std::vector<pid_t> &found = report.command->leftRunning;
        QVERIFY(std::find(found.begin(), found.end(), left) != found.end());
        QVERIFY(writer.gate.open());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(writer.done), kPatienceMs);
        QVERIFY(reapWithin(left, monotonicNow() + 10 * kSecond));
    }

    void whatIsPrintedWhileItIsFollowedIsTold()
    {
        LateWriter writer;
        QVERIFY(writer.gate.isMade());
        RunController controller;
        RunListener listener(controller);
        RunRequest request = shellRequest(
            u"(cat '%1' >/dev/null; echo late) & echo $!"_s.arg(writer.folder.filePath(u"gate"_s)));
        request.command->follow = true;
        controller.start(request);
        const pid_t left = listener.number();
        QTRY_COMPARE_WITH_TIMEOUT(readProcessStat(left)->parent, getpid(), kPatienceMs);
        QVERIFY(writer.gate.open());
        const RunReport report = listener.report();
        QCOMPARE(report.lines.size(), std::size_t(2));
        QCOMPARE(report.lines.back().text, u"late"_s);
        QVERIFY(report.command->leftRunning.empty());
        QVERIFY(!readProcessStat(left).has_value());
    }
};

QTEST_GUILESS_MAIN(TestLeftRunning)
#include "tst_leftrunning.moc"
