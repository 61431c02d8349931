// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/commandenvironment.h"
#include "core/run/commandprocess.h"
#include "core/run/processstat.h"
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/realcommand.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace RealCommand;

class TestCommandProcess : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QCOMPARE(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); }

    void aLauncherThatIsMissingIsNamed()
    {
        const auto command = CommandProcess::start({shell(u"true"_s), "/nowhere/launch", true});
        QVERIFY(!command.isOk());
        QCOMPARE(command.error().code, ErrorCode::NotFound);
        QVERIFY(command.error().message.find("/nowhere/launch") != std::string::npos);
    }

    void whatNoProgramCanBeGivenIsRefused()
    {
        CommandSpec empty;
        CommandSpec cut = shell(u"true"_s);
        cut.words.append(u"a\0b"_s);
        const std::string launcher = qgetenv("INTERLEAVE_BIN").toStdString() + "/interleave-launch";
        for (const CommandSpec &spec : {empty, cut}) {
            const auto command = CommandProcess::start({spec, launcher, true});
            QVERIFY(!command.isOk());
            QCOMPARE(command.error().code, ErrorCode::BadInput);
        }
    }

    void itIsHeldUntilItIsReleased()
    {
        const QTemporaryDir folder;
        const QString made = folder.filePath(u"made"_s);
        const auto command = start(shell(u"touch '%1'"_s.arg(made)));
        waitUntilReady(*command);
        const pid_t held = command->pid();
        QVERIFY(isAlive(held));
        QVERIFY(!QFile::exists(made));
        QVERIFY(command->release({}).isOk());
        const Ended ended = end(*command);
        QVERIFY(ended.exit.failure.empty());
        QCOMPARE(ended.exit.code, 0);
        QVERIFY(QFile::exists(made));
        QCOMPARE(command->pid(), pid_t(0));
    }

    void theProgramTakesTheLaunchersPlace()
    {
        const auto command = run(shell(u"echo $$ $PPID"_s));
        const QString expected = u"%1 %2"_s.arg(command->pid()).arg(getpid());
        QCOMPARE(end(*command).output, std::vector<std::string>{expected.toStdString()});
    }

    void howItEndedIsTold()
    {
        const Ended exits = runToEnd(shell(u"exit 7"_s));
        QVERIFY(!exits.exit.signalled);
        QCOMPARE(exits.exit.code, 7);
        QVERIFY(exits.exit.isKnown);
        const Ended killed = runToEnd(shell(u"kill -9 $$"_s));
        QVERIFY(killed.exit.signalled);
        QCOMPARE(killed.exit.code, SIGKILL);
    }

    void whatItUsedIsTold()
    {
        // 200 MB is more than this process has, which the kernel's number begins with.
        CommandSpec spec;
        spec.askPython = false;
        spec.words = {u"sh"_s, u"-c"_s,
                      u"head -c 200000000 /dev/zero | tail -c 200000000 >/dev/null"_s};
        const Ended ended = runToEnd(spec);
        QVERIFY(ended.exit.usage.has_value());
        QVERIFY(ended.exit.usage->ru_maxrss > 150'000);
        const timeval cpu = ended.exit.usage->ru_utime;
        const timeval system = ended.exit.usage->ru_stime;
        QVERIFY(cpu.tv_sec + cpu.tv_usec + system.tv_sec + system.tv_usec > 0);
    }

    void aPeakThatIsNotItsOwnIsNotTold()
    {
        // What this process holds now, the kernel puts down for what it starts.
        std::vector<char> large(300u << 20, 'x');
        QVERIFY(std::count(large.begin(), large.end(), 'x') > 0);
        const Ended ended = runToEnd(shell(u"exit 0"_s));
        QVERIFY(ended.exit.usage.has_value());
        QCOMPARE(ended.exit.usage->ru_maxrss, 0L);
    }

    void bothStreamsAreToldApart()
    {
        const Ended ended = runToEnd(shell(u"echo one; echo two >&2; printf three"_s));
        QCOMPARE(ended.output, (std::vector<std::string>{"one", "three"}));
        QCOMPARE(ended.error, (std::vector<std::string>{"two"}));
    }

    void streamsThatAreNotCapturedGoWhereTheyAreTold_data()
    {
        QTest::addColumn<bool>("isKept");
        QTest::addColumn<QString>("script");
        QTest::addColumn<QByteArray>("written"); // to this process's standard error
        QTest::newRow("kept") << true << u"echo one >&2"_s << QByteArray("one\n");
        QTest::newRow("to the errors")
            << false << u"echo one; echo two >&2"_s << QByteArray("one\ntwo\n");
    }
    void streamsThatAreNotCapturedGoWhereTheyAreTold()
    {
        QFETCH(bool, isKept);
        QFETCH(QString, script);
        QFETCH(QByteArray, written);
        const QTemporaryDir folder;
        const QByteArray path = QFile::encodeName(folder.filePath(u"errors"_s));
        const int file = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        QVERIFY(file >= 0);
        CommandSpec spec = shell(script);
        spec.streams = isKept ? CommandSpec::Streams::Kept : CommandSpec::Streams::ToError;
        const int saved = fcntl(2, F_DUPFD_CLOEXEC, 3);
        ::dup2(file, 2);
        const Ended ended = runToEnd(spec);
        ::dup2(saved, 2);
        ::close(saved);
        ::close(file);
        QVERIFY(ended.output.empty() && ended.error.empty());
        QFile errors(QFile::decodeName(path));
        QVERIFY(errors.open(QIODevice::ReadOnly));
        QCOMPARE(errors.readAll(), written);
    }

    void theFolderAndTheInputAreTakenAsTold()
    {
        const QTemporaryDir folder;
        QFile input(folder.filePath(u"in.txt"_s));
        QVERIFY(input.open(QIODevice::WriteOnly));
        QVERIFY(input.write("from the file\n") > 0);
        input.close();
        CommandSpec spec = shell(u"pwd -P; cat"_s);
        spec.folder = folder.path();
        spec.inputFile = u"in.txt"_s;
        const std::string real = QFileInfo(folder.path()).canonicalFilePath().toStdString();
        QCOMPARE(runToEnd(spec).output, (std::vector<std::string>{real, "from the file"}));
    }

    void withoutAFileItHasNoInput()
    {
        const Ended ended = runToEnd(shell(u"cat; echo end"_s));
        QCOMPARE(ended.output, (std::vector<std::string>{"end"}));
    }

    void theEnvironmentIsChangedAsTold()
    {
        qputenv("TST_REMOVED", "x");
        CommandSpec spec =
            shell(u"echo \"$TST_SET\"; echo \"${TST_REMOVED-unset}\"; echo \"${PYTHONPATH-none}\"; "
                  "echo \"${INTERLEAVE_HELPER-none}\"; echo \"${PYTHONUNBUFFERED-none}\""_s);
        spec.environment = {u"TST_SET=a b=c"_s, u"TST_REMOVED"_s, u"PYTHONPATH"_s,
                            u"PYTHONUNBUFFERED"_s};
        const Ended ended = runToEnd(spec);
        qunsetenv("TST_REMOVED");
        QCOMPARE(ended.output,
                 (std::vector<std::string>{"a b=c", "unset", "none", "none", "none"}));
    }

    void pythonIsAskedByItsPath()
    {
        CommandSpec spec = shell(u"echo \"$PYTHONPATH\"; echo \"$INTERLEAVE_HELPER\"; "
                                 "echo \"${PYTHONUNBUFFERED-none}\"; "
                                 "test -f \"${PYTHONPATH%%:*}/sitecustomize.py\" && echo there"_s);
        spec.askPython = true;
        spec.showLocks = true;
        spec.environment = {u"PYTHONPATH=/my/modules"_s};
        const auto command = run(spec);
        QVERIFY2(command->hasHelper(), command->helperRemark().c_str());
        QVERIFY(command->helperBoard() != nullptr);
        QCOMPARE(command->rings().ringCount(), HelperBoard::kSlots * HelperBoard::kRingsPerSlot);
        QCOMPARE(command->rings().tickSource(), TickSource::Monotonic);
        const std::string fds = u"/proc/%1/fd/%2:/proc/%1/fd/%3"_s.arg(getpid())
                                    .arg(command->helperBoard()->fd())
                                    .arg(command->rings().fd())
                                    .toStdString();
        const auto output = end(*command).output;
        QCOMPARE(output.size(), std::size_t(4));
        QVERIFY2(QString::fromStdString(output[0]).endsWith(u":/my/modules"_s), output[0].c_str());
        QCOMPARE(output[1], fds);
        QCOMPARE(output[2], std::string("1"));
        QCOMPARE(output[3], std::string("there"));
    }

    void aChoiceOfBufferingStays()
    {
        CommandSpec spec = shell(u"echo \"${PYTHONUNBUFFERED-none}\""_s);
        spec.askPython = true;
        spec.environment = {u"PYTHONUNBUFFERED"_s};
        QCOMPARE(runToEnd(spec).output, std::vector<std::string>{"none"});
    }

    void whatCannotBeStartedIsTold_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("input");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("text");
        QTest::newRow("missing") << QStringList{u"no-such-program"_s} << QString() << QString()
                                 << 127 << u"no-such-program"_s;
        QTest::newRow("a folder") << QStringList{u"/tmp"_s} << QString() << QString() << 126
                                  << u"/tmp"_s;
        QTest::newRow("not executable")
            << QStringList{u"/etc/passwd"_s} << QString() << QString() << 126 << u"/etc/passwd"_s;
        QTest::newRow("no folder") << QStringList{u"true"_s} << u"/no/such/folder"_s << QString()
                                   << 125 << u"/no/such/folder"_s;
        QTest::newRow("no input") << QStringList{u"true"_s} << QString() << u"/no/such/file"_s
                                  << 125 << u"/no/such/file"_s;
    }
    void whatCannotBeStartedIsTold()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, folder);
        QFETCH(QString, input);
        QFETCH(int, code);
        QFETCH(QString, text);
        CommandSpec spec;
        spec.askPython = false;
        spec.words = words;
        spec.folder = folder;
        spec.inputFile = input;
        const Ended ended = runToEnd(spec);
        QCOMPARE(ended.exit.code, code);
        const QString failure = QString::fromStdString(ended.exit.failure);
        QVERIFY2(failure.contains(text), qPrintable(failure));
    }

    void aScriptWithoutItsInterpreterIsTold()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"script"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write("#!/no/such/interpreter\n") > 0);
        file.close();
        QVERIFY(file.setPermissions(QFileDevice::ReadOwner | QFileDevice::ExeOwner));
        CommandSpec spec;
        spec.askPython = false;
        spec.words = {path};
        const Ended ended = runToEnd(spec);
        QCOMPARE(ended.exit.code, 127);
        QVERIFY2(ended.exit.failure.find("interpreter") != std::string::npos,
                 ended.exit.failure.c_str());
    }

    void nothingOfOursIsLeftOpenInIt()
    {
        int others = 0;
        for (const std::string &line : runToEnd(shell(u"exec ls /proc/self/fd"_s)).output) {
            const int number = std::stoi(line);
            const int flags = fcntl(number, F_GETFD);
            const bool isInherited = number <= 2 || (flags >= 0 && (flags & FD_CLOEXEC) == 0);
            others += isInherited ? 0 : 1;
        }
        QCOMPARE(others, 1); // with which ls reads the folder
    }

    void signalsAndLimitsAreAsTheyWere()
    {
        struct sigaction before = {};
        struct sigaction ignored = {};
        ignored.sa_handler = SIG_IGN;
        QCOMPARE(::sigaction(SIGUSR2, &ignored, &before), 0); // ignored later than at the start
        rlimit limit = {};
        QCOMPARE(getrlimit(RLIMIT_NOFILE, &limit), 0);
        const rlim_t soft = limit.rlim_cur;
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, soft == RLIM_INFINITY ? soft : soft - 7);
        QCOMPARE(setrlimit(RLIMIT_NOFILE, &limit), 0);
        const Ended ended =
            runToEnd(shell(u"grep -E '^Sig(Ign|Blk)' /proc/self/status; ulimit -n"_s));
        limit.rlim_cur = soft;
        QCOMPARE(setrlimit(RLIMIT_NOFILE, &limit), 0);
        QCOMPARE(::sigaction(SIGUSR2, &before, nullptr), 0);
        QCOMPARE(ended.output.size(), std::size_t(3));
        QCOMPARE(ended.output[0], std::string("SigBlk:\t0000000000000000"));
        const unsigned long long set = std::stoull(ended.output[1].substr(8), nullptr, 16);
        QCOMPARE(set >> (SIGUSR2 - 1) & 1, 0ULL);
        if (soft != RLIM_INFINITY)
            QCOMPARE(std::stoull(ended.output[2]), static_cast<unsigned long long>(soft));
    }

    void inTheBackgroundItHasASessionOfItsOwn_data()
    {
        QTest::addColumn<bool>("background");
        QTest::newRow("background") << true;
        QTest::newRow("foreground") << false;
    }
    void inTheBackgroundItHasASessionOfItsOwn()
    {
        QFETCH(bool, background);
        const auto command = run(shell(u"exec sleep 1000"_s), background);
        const auto stat = readProcessStat(command->pid());
        QVERIFY(stat.has_value());
        QCOMPARE(stat->group, background ? command->pid() : getpgrp());
        QCOMPARE(stat->session, background ? command->pid() : getsid(0));
    }

    void aStopInterruptsAllOfIt_data() { inTheBackgroundItHasASessionOfItsOwn_data(); }
    void aStopInterruptsAllOfIt()
    {
        QFETCH(bool, background);
        struct sigaction action = {};
        if (::sigaction(SIGINT, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
            QSKIP("SIGINT was ignored when this test was started, and so is by what it starts");
        const QString script = u"trap 'echo stopped; exit 3' INT; sleep 1000 & echo $!; wait"_s;
        const auto command = run(shell(script), background);
        const pid_t child = std::stoi(lineOf(*command));
        QVERIFY(isAlive(child));
        command->requestStop();
        const Ended ended = end(*command);
        QCOMPARE(ended.exit.code, 3);
        QCOMPARE(ended.output, std::vector<std::string>{"stopped"});
        // sh(1) lets its background jobs ignore SIGINT: they are for the next rungs.
        command->signalGroup(SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(child), kPatienceMs);
        command->sweep({});
        QVERIFY(!readProcessStat(child).has_value());
    }

    void everySignalReachesWhatLeftItsGroup()
    {
        const auto command = run(shell(u"setsid sh -c 'echo $$; exec sleep 1000' & wait"_s));
        const pid_t away = std::stoi(lineOf(*command));
        QTRY_COMPARE_WITH_TIMEOUT(readProcessStat(away)->session, away, kPatienceMs);
        command->signalGroup(SIGKILL);
        const Ended ended = end(*command);
        QCOMPARE(ended.exit.code, SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(away), kPatienceMs);
        command->sweep({});
        QVERIFY(!readProcessStat(away).has_value());
    }

    void nothingIsLeftOfOneThatIsDestroyed_data() { inTheBackgroundItHasASessionOfItsOwn_data(); }
    void nothingIsLeftOfOneThatIsDestroyed()
    {
        QFETCH(bool, background);
        pid_t pid = 0, child = 0;
        {
            const auto command = run(shell(u"sleep 1000 & echo $!; wait"_s), background);
            pid = command->pid();
            child = std::stoi(lineOf(*command));
        }
        QVERIFY(!readProcessStat(pid).has_value());
        QVERIFY(!readProcessStat(child).has_value());
    }

    void aHeldOneThatIsDestroyedNeverRuns()
    {
        const QTemporaryDir folder;
        const QString made = folder.filePath(u"made"_s);
        pid_t pid = 0;
        {
            const auto command = start(shell(u"touch '%1'"_s.arg(made)));
            pid = command->pid();
        }
        QVERIFY(!readProcessStat(pid).has_value());
        QVERIFY(!QFile::exists(made));
    }

    void aLauncherThatIsKilledIsNotWaitedFor()
    {
        const auto command = start(shell(u"true"_s));
        ::kill(command->pid(), SIGKILL);
        QVERIFY(waitFor(command->pidFd()));
        const auto ready = command->checkReady();
        QVERIFY(!ready.isOk());
        QCOMPARE(ready.error().code, ErrorCode::Failed);
    }

    void variablesAreReplacedAndPutInFront()
    {
        qputenv("TST_LIST", "b:c");
        CommandEnvironment environment;
        qunsetenv("TST_LIST");
        QVERIFY(environment.has("TST_LIST"));
        environment.putFirst("TST_LIST", "a");
        QCOMPARE(environment.valueOf("TST_LIST"), std::string("a:b:c"));
        environment.setEntry("TST_LIST=");
        QVERIFY(environment.has("TST_LIST"));
        environment.putFirst("TST_LIST", "a");
        QCOMPARE(environment.valueOf("TST_LIST"), std::string("a"));
        const auto &entries = environment.entries();
        QCOMPARE(std::count(entries.begin(), entries.end(), "TST_LIST=a"), std::ptrdiff_t(1));
        environment.apply({u"TST_LIST"_s, u"TST_OTHER=x"_s});
        QVERIFY(!environment.has("TST_LIST"));
        QVERIFY(!environment.has("TST_LIS"));
        QCOMPARE(environment.valueOf("TST_OTHER"), std::string("x"));
        QVERIFY(CommandEnvironment::names({u"A=1"_s, u"B"_s}, "B"));
        QVERIFY(!CommandEnvironment::names({u"AB=1"_s}, "A"));
    }
};

QTEST_GUILESS_MAIN(TestCommandProcess)
#include "tst_commandprocess.moc"
