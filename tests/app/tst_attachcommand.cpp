// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/realprogram.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <future>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

using namespace RealProgram;
using namespace Qt::StringLiterals;

namespace
{

constexpr uid_t kNobody = 65534;

/// How many perf events the process holds: more than the collector's own when it records.
int perfEventsOf(qint64 pid)
{
    int events = 0;
    const QString folder = u"/proc/%1/fd/"_s.arg(pid);
    const QStringList descriptors = QDir(folder).entryList(QDir::AllEntries | QDir::System);
    for (const QString &descriptor : descriptors) {
        char target[64] = {};
        const QByteArray path = QFile::encodeName(folder + descriptor);
        if (::readlink(path.constData(), target, sizeof target - 1) > 0
            && QByteArray(target).contains("perf_event"))
            ++events;
    }
    return events;
}

/// A process that ends when it is told to, or with this object.
class Sleeper
{
public:
    Sleeper()
    {
        m_process.start(u"cat"_s, {});
        m_process.waitForStarted();
    }
    ~Sleeper() { end(); }
    void end()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished(kPatienceMs);
    }
    [[nodiscard]] QString pid() const { return QString::number(m_process.processId()); }
    [[nodiscard]] bool isRunning()
    {
        m_process.waitForFinished(0);
        return m_process.state() == QProcess::Running;
    }

private:
    QProcess m_process;
};

} // namespace

/// Starts the real program beside real processes.
class TestAttachCommand : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    [[nodiscard]] QString file(const char *name) const
    {
        return m_folder.filePath(QString::fromUtf8(name));
    }

private slots:
    void attachShowsWhatRunsAndLeavesIt()
    {
        Sleeper sleeper;
        const Output output = interleave({u"attach"_s, sleeper.pid(), u"--for"_s, u"0.3"_s,
                                          u"--json"_s, u"--out"_s, file("attached.csv")});
        QVERIFY2(output.code == 0, output.err.constData());
        QVERIFY(sleeper.isRunning());
        QCOMPARE(output.json().value("model"_L1).toString(), u"attached"_s);
        QCOMPARE(output.command().value("attached"_L1).toBool(false), true);
        QVERIFY(output.command().value("exit_code"_L1).isNull());
        QVERIFY(QFile::exists(file("attached.csv")));
        if (!sourceHere().startsWith(u"kernel"_s))
            return;
        const QJsonArray processes = output.command().value("processes"_L1).toArray();
        QCOMPARE(processes.size(), 1);
        const QJsonObject process = processes[0].toObject();
        QCOMPARE(process.value("pid"_L1).toInt(), sleeper.pid().toInt());
        QCOMPARE(process.value("command_line"_L1).toString(),
                 QStandardPaths::findExecutable(u"cat"_s));
        QCOMPARE(process.value("was_there"_L1).toBool(false), true);
        QCOMPARE(process.value("ended"_L1).toBool(true), false);
    }

    /// As in a shell: interleave attach $$
    void whatItWasStartedFromIsShownWithoutInterleave()
    {
        const Output output = interleave(
            {u"attach"_s, QString::number(::getpid()), u"--for"_s, u"0.3"_s, u"--json"_s});
        QVERIFY2(output.code == 0, output.err.constData());
        const QString message = output.json().value("message"_L1).toString();
        QVERIFY2(message.contains(u"Interleave's own processes are left out"_s),
                 qPrintable(message));
        if (!sourceHere().startsWith(u"kernel"_s))
            return;
        const QJsonArray processes = output.command().value("processes"_L1).toArray();
        QCOMPARE(processes.size(), 1);
        QCOMPARE(processes[0].toObject().value("pid"_L1).toInt(), int(::getpid()));
    }

    void attachEndsWithTheProcessOrWhenItIsInterrupted_data()
    {
        QTest::addColumn<bool>("isInterrupted");
        QTest::addColumn<int>("code");
        QTest::newRow("the process ends") << false << 0;
        QTest::newRow("Ctrl+C") << true << 130;
    }
    void attachEndsWithTheProcessOrWhenItIsInterrupted()
    {
        QFETCH(bool, isInterrupted);
        if (!sourceHere().startsWith(u"kernel"_s))
            QSKIP("needs the kernel as source");
        Sleeper sleeper;
        QProcess process;
        startInGroup(process, {u"attach"_s, sleeper.pid()});
        QVERIFY(process.waitForStarted());
        // The look at what this machine allows holds some, too, but only for a moment.
        int looks = 0;
        const auto records = [&] {
            looks = perfEventsOf(process.processId()) > 1 ? looks + 1 : 0;
            return looks >= 2;
        };
        QTRY_VERIFY_WITH_TIMEOUT(records(), kPatienceMs);
        if (isInterrupted)
            QCOMPARE(::kill(pid_t(process.processId()), SIGINT), 0);
        else
            sleeper.end();
        const Output output = outputOf(process);
        QVERIFY2(output.err.isEmpty(), output.err.constData());
        QTEST(output.code, "code");
        QVERIFY2(output.out.contains("cat"), output.out.constData());
        QCOMPARE(sleeper.isRunning(), isInterrupted);
    }

    void aProcessThatDoesNotExistIsWrongInput()
    {
        QProcess gone;
        gone.start(u"true"_s, {});
        QVERIFY(gone.waitForStarted());
        const QString pid = QString::number(gone.processId());
        QVERIFY(gone.waitForFinished(kPatienceMs));
        const Output output = interleave({u"attach"_s, pid});
        QCOMPARE(output.code, 2);
        QVERIFY2(output.err.contains("there is no process " + pid.toUtf8()),
                 output.err.constData());
        QCOMPARE(output.err.count('\n'), 1);
    }

    void aThreadIsToldWithItsProcess()
    {
        std::promise<pid_t> number;
        std::promise<void> end;
        std::thread thread([&] {
            number.set_value(::gettid());
            end.get_future().wait();
        });
        const pid_t tid = number.get_future().get();
        const Output output = interleave({u"attach"_s, QString::number(tid)});
        end.set_value();
        thread.join();
        QCOMPARE(output.code, 2);
        QVERIFY2(output.err.contains("is a thread of process " + QByteArray::number(::getpid())),
                 output.err.constData());
    }

    void aProcessOfSomebodyElseIsNotAllowed()
    {
        if (::geteuid() != 0)
            QSKIP("needs root, to become somebody else");
        QProcess process;
        process.setChildProcessModifier([] {
            // Not those of the library: they would tell all threads of the process, and this is a
            // child that still shares its memory with it.
            if (::syscall(SYS_setgroups, 0, nullptr) != 0
                || ::syscall(SYS_setresgid, kNobody, kNobody, kNobody) != 0
                || ::syscall(SYS_setresuid, kNobody, kNobody, kNobody) != 0)
                ::_exit(99);
        });
        process.start(program(), {u"attach"_s, QString::number(::getpid())});
        if (!process.waitForStarted())
            QSKIP("nobody may not run the program where it was built");
        const Output output = outputOf(process);
        QVERIFY2(output.code == 3, output.err.constData());
        QVERIFY2(output.err.contains("may not be observed by this user"), output.err.constData());
        QVERIFY(output.out.isEmpty());
    }

    void doctorTellsOfPython()
    {
        const QJsonObject found = interleave({u"doctor"_s, u"--json"_s}).json();
        QVERIFY(found.contains("python"_L1));
        const QString path = QStandardPaths::findExecutable(u"python3"_s);
        QCOMPARE(found.value("python"_L1).isNull(), path.isEmpty());
        if (!path.isEmpty()) {
            const QJsonObject python = found.value("python"_L1).toObject();
            QVERIFY(python.value("version"_L1).toString().startsWith(u"3."_s));
        }
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"PATH"_s, u"/nowhere"_s);
        process.setProcessEnvironment(environment);
        process.start(program(), {u"doctor"_s, u"--json"_s});
        const QJsonObject none = outputOf(process).json();
        QVERIFY(none.contains("python"_L1) && none.value("python"_L1).isNull());
    }
};

QTEST_GUILESS_MAIN(TestAttachCommand)
#include "tst_attachcommand.moc"
