// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/enginehostprocess.h"
#include "tests/support/fakeengine.h"

#include <QProcess>
#include <QtTest>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Interleave;

/// With scripts in the place of the engine, which do what a real one does only when it is broken.
class TestEngineHostProcess : public QObject
{
    Q_OBJECT

private:
    static constexpr int kPatienceMs = 10'000;

    static std::unique_ptr<EngineHostProcess> start(const FakeEngine &engine,
                                                    bool background = false)
    {
        auto host = EngineHostProcess::start({engine.path().toStdString(), background, 1});
        if (!host)
            qFatal("%s", host.error().message.c_str());
        return std::move(host).value();
    }
    static bool waitFor(int fd)
    {
        pollfd waited{fd, POLLIN, 0};
        return ::poll(&waited, 1, kPatienceMs) == 1;
    }
    /// Waits for its end and reaps it. \return its output.
    static std::vector<std::string> runToEnd(EngineHostProcess &host)
    {
        std::vector<OutputLine> output;
        while (!host.tryReap()) {
            if (!waitFor(host.outputFd()))
                qFatal("the script does not end");
            host.readOutput(output);
        }
        host.readRestOfOutput(output);
        std::vector<std::string> lines;
        for (const OutputLine &line : output)
            lines.push_back(line.text);
        return lines;
    }
    static bool isAlive(pid_t pid)
    {
        const char state = stateOfProcess(pid);
        return state != 0 && state != 'Z';
    }
    static bool waitUntilEnded(pid_t pid)
    {
        siginfo_t info = {};
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0; // leaves it as it is
    }

private slots:
    void initTestCase() { QCOMPARE(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }

    void anEngineThatIsMissingIsNamed()
    {
        const auto host = EngineHostProcess::start({"/nowhere/interleave-engine", false, 0});
        QVERIFY(!host);
        QCOMPARE(host.error().code, ErrorCode::NotFound);
        QVERIFY(host.error().message.find("/nowhere/interleave-engine") != std::string::npos);
    }

    void askingWhetherItIsReadyDoesNotWait()
    {
        const FakeEngine engine("exec sleep 60\n");
        const auto host = start(engine);
        for (int i = 0; i < 100; ++i) {
            const auto ready = host->checkReady();
            QVERIFY(ready.isOk());
            QVERIFY(!ready.value().has_value());
        }
    }

    void onceReadyItStaysSo()
    {
        const FakeEngine engine(QByteArray(FakeEngine::kGetReady) + "exec sleep 60\n");
        const auto host = start(engine);
        QVERIFY(waitFor(host->messagesFd()));
        for (int i = 0; i < 2; ++i) {
            const auto ready = host->checkReady();
            QVERIFY(ready.isOk());
            QCOMPARE(ready.value().value_or(0), std::uint64_t(100));
        }
    }

    void anEngineThatEndsTooSoonIsToldWithItsLastLine()
    {
        const FakeEngine engine("echo first >&2\nprintf 'no luck' >&2\nexit 3\n");
        const auto host = start(engine);
        QVERIFY(waitFor(host->pidFd()));
        const auto ready = host->checkReady();
        QVERIFY(!ready.isOk());
        QCOMPARE(ready.error().message,
                 std::string("the engine ended before it was ready: no luck"));
    }

    void anEngineThatClosesItsPipeIsNotWaitedFor()
    {
        const FakeEngine engine("exec 4>&-\nexec sleep 60\n");
        const auto host = start(engine);
        QVERIFY(waitFor(host->messagesFd())); // its end
        const auto ready = host->checkReady();
        QVERIFY(!ready.isOk());
        QCOMPARE(ready.error().message, std::string("the engine ended before it was ready"));
    }

    void anEngineThatDoesNotReadItsRunIsNotWaitedForLong()
    {
        const FakeEngine engine("printf 'ready\\t0\\t0\\t100\\t0\\t\\t\\n' >&4\nexec sleep 1000\n");
        const auto host = start(engine);
        const auto released = host->release(std::string(4 << 20, 'x')); // more than a pipe holds
        QVERIFY(!released.isOk());
        QCOMPARE(released.error().code, ErrorCode::Io);
        QVERIFY(released.error().message.find("does not take the run") != std::string::npos);
    }

    void aRunThatIsLongerThanThePipeIsTakenWhole()
    {
        const FakeEngine engine("head -c 3000001 <&3 | wc -c >\"$0.note\"\n");
        const auto host = start(engine);
        QVERIFY(host->release(std::string(3'000'000, 'x')).isOk());
        QTRY_COMPARE_WITH_TIMEOUT(engine.note().trimmed(), QByteArray("3000001"), kPatienceMs);
    }

    void theLastLineOfOutputNeedsNoEnd()
    {
        const FakeEngine engine("printf 'one\\ntwo'\n");
        const auto host = start(engine);
        QCOMPARE(runToEnd(*host), (std::vector<std::string>{"one", "two"}));
    }

    void outputWithoutLineEndsComesInPieces()
    {
        const FakeEngine engine("head -c 500000 /dev/zero | tr '\\0' x\n");
        const auto host = start(engine);
        std::size_t bytes = 0;
        for (const std::string &piece : runToEnd(*host)) {
            QVERIFY(piece.size() <= LineReader::kLongestLine);
            bytes += piece.size();
        }
        QCOMPARE(bytes, std::size_t(500'000));
    }

    void howItEndedIsTold()
    {
        const FakeEngine exits("exit 7\n");
        const auto host = start(exits);
        QVERIFY(waitFor(host->pidFd()));
        const auto exit = host->tryReap();
        QVERIFY(exit.has_value());
        QVERIFY(!exit->signalled);
        QCOMPARE(exit->code, 7);
        QVERIFY(!host->tryReap().has_value()); // once
    }

    void anOrphanOfItsGroupIsEnded_data()
    {
        QTest::addColumn<bool>("background");
        QTest::newRow("in a group of its own") << false;
        QTest::newRow("in a session of its own") << true;
    }
    void anOrphanOfItsGroupIsEnded()
    {
        QFETCH(bool, background);
        // It has no mark: its environment is empty.
        const FakeEngine engine("env -i sleep 1000 >/dev/null 2>&1 &\necho $!\n");
        const auto host = start(engine, background);
        const auto output = runToEnd(*host);
        QCOMPARE(output.size(), std::size_t(1));
        const pid_t orphan = std::stoi(output.front());
        QVERIFY(isAlive(orphan));
        QCOMPARE(host->sweep({}), 1);
        QVERIFY(!readProcessStat(orphan).has_value());
        QVERIFY(host->stuckOrphans().empty());
    }

    void anOrphanThatLeftItsSessionIsFoundByItsMark()
    {
        const FakeEngine engine("setsid sleep 1000 >/dev/null 2>&1 &\necho $!\n");
        const auto host = start(engine);
        const auto output = runToEnd(*host);
        const pid_t orphan = std::stoi(output.front());
        QTRY_COMPARE_WITH_TIMEOUT(readProcessStat(orphan)->session, orphan, kPatienceMs);
        QCOMPARE(host->sweep({}), 1);
        QVERIFY(!readProcessStat(orphan).has_value());
    }

    void anOrphanThatShookOffEverythingIsFoundByTheTrace()
    {
        const FakeEngine engine("env -i setsid sleep 1000 >/dev/null 2>&1 &\necho $!\n");
        const auto host = start(engine);
        const auto output = runToEnd(*host);
        const pid_t orphan = std::stoi(output.front());
        QTRY_COMPARE_WITH_TIMEOUT(readProcessStat(orphan)->session, orphan, kPatienceMs);
        const TimestampNs created = readProcessStat(orphan)->started;
        // Not without the trace, nor when its number meant another process then.
        QCOMPARE(host->sweep({}), 0);
        QCOMPARE(host->sweep({{orphan, created - 3600 * kSecond}}), 0);
        QCOMPARE(host->sweep({{orphan, created + 3600 * kSecond}}), 0);
        QCOMPARE(host->sweep({{orphan + 1, created}}), 0);
        QVERIFY(isAlive(orphan));
        QCOMPARE(host->sweep({{orphan, created}}), 1);
        QVERIFY(!readProcessStat(orphan).has_value());
    }

    void whatSomethingElseStartedIsLeftAlone()
    {
        QProcess other;
        other.start(QStringLiteral("sleep"), {QStringLiteral("1000")});
        QVERIFY(other.waitForStarted());
        const pid_t ended = fork(); // and nobody has asked for its exit code yet
        if (ended == 0)
            _exit(7);
        QVERIFY(waitUntilEnded(ended));
        const FakeEngine engine("exit 0\n");
        const auto host = start(engine);
        const FakeEngine idle("exec sleep 1000\n");
        const auto spare = start(idle);
        runToEnd(*host);
        QCOMPARE(host->sweep({}), 0);
        QVERIFY(isAlive(pid_t(other.processId())));
        QVERIFY(isAlive(spare->pid()));
        int status = 0;
        QCOMPARE(::waitpid(ended, &status, 0), ended);
        QCOMPARE(WEXITSTATUS(status), 7);
        other.kill();
        QVERIFY(other.waitForFinished());
    }

    void nothingIsLeftOfAHostThatIsDestroyed()
    {
        const FakeEngine engine("sleep 1000 &\necho $! >\"$0.note\"\nexec sleep 1000\n");
        pid_t pid = 0;
        {
            const auto host = start(engine);
            pid = host->pid();
            QTRY_VERIFY_WITH_TIMEOUT(!engine.note().isEmpty(), kPatienceMs);
        }
        QVERIFY(!readProcessStat(pid).has_value());
        QVERIFY(!readProcessStat(engine.note().toInt()).has_value());
    }

    void whatWasGivenUpIsReapedLater()
    {
        const FakeEngine engine("exec sleep 1000\n");
        pid_t pid = 0;
        {
            const auto host = start(engine);
            pid = host->pid();
            host->abandon();
            QCOMPARE(host->pid(), pid_t(0));
        }
        QVERIFY(isAlive(pid)); // nobody has waited for it
        {
            const auto another = start(engine);
            QCOMPARE(another->sweep({{pid, readProcessStat(pid)->started}}), 0);
            QVERIFY(isAlive(pid));
        }
        ::kill(pid, SIGKILL);
        QVERIFY(waitUntilEnded(pid));
        const auto next = start(engine);
        QVERIFY(!readProcessStat(pid).has_value());
    }
};

QTEST_GUILESS_MAIN(TestEngineHostProcess)
#include "tst_enginehostprocess.moc"
