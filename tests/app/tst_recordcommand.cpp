// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/realprogram.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

using namespace RealProgram;
using namespace Qt::StringLiterals;

namespace
{

/// Whether the signal has come, but the process has not been told yet.
bool isPending(qint64 pid, int signal)
{
    QFile status(u"/proc/%1/status"_s.arg(pid));
    if (!status.open(QIODevice::ReadOnly))
        return false;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("ShdPnd:"))
            return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (signal - 1) & 1) != 0;
    }
    return false;
}

} // namespace

/// Starts the real program, with real commands.
class TestRecordCommand : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    [[nodiscard]] QString file(const char *name) const
    {
        return m_folder.filePath(QString::fromUtf8(name));
    }
    /// With words that only a shell can make: a QProcess hands on texts. $0 is the program.
    static Output throughShell(const QString &script, const QString &word)
    {
        QProcess process;
        process.start(u"sh"_s, {u"-c"_s, script, program(), word});
        return outputOf(process);
    }

private slots:
    void initTestCase() { qunsetenv("PYTHONPATH"); }

    void itEndsWithTheCommandsStatus_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("well") << u"exit 0"_s << 0 << QByteArray("ended with status 0");
        QTest::newRow("its own") << u"exit 3"_s << 3 << QByteArray("ended with status 3");
        QTest::newRow("as if interrupted")
            << u"exit 130"_s << 130 << QByteArray("ended with status 130");
        QTest::newRow("killed") << u"kill -KILL $$"_s << 137
                                << QByteArray("was ended by signal 9 (SIGKILL: Killed)");
        QTest::newRow("terminated")
            << u"kill -TERM $$"_s << 143 << QByteArray("signal 15 (SIGTERM");
    }
    void itEndsWithTheCommandsStatus()
    {
        QFETCH(QString, script);
        QFETCH(int, code);
        QFETCH(QByteArray, told);
        const Output output = interleave(QStringList{u"record"_s} + shell(script));
        QVERIFY2(output.code == code, output.err.constData());
        QVERIFY(output.out.isEmpty());
        QVERIFY2(output.err.contains(told), output.err.constData());
    }

    void whatCannotBeStartedIsToldAsByEnv_data()
    {
        QTest::addColumn<QByteArray>("content"); // of an executable file; empty: see below
        QTest::addColumn<QString>("command");
        QTest::addColumn<int>("code");
        const QByteArray none;
        QTest::newRow("missing") << none << u"interleave-no-such-program"_s << 127;
        QTest::newRow("missing path") << none << u"/nowhere/program"_s << 127;
        QTest::newRow("a folder") << none << u"/"_s << 126;
        QTest::newRow("not executable") << none << u"/proc/self/status"_s << 126;
        QTest::newRow("no interpreter")
            << QByteArray("#!/nowhere/interpreter\n") << file("script") << 127;
    }
    void whatCannotBeStartedIsToldAsByEnv()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, command);
        QFETCH(int, code);
        if (!content.isEmpty()) {
            QFile script(command);
            QVERIFY(script.open(QIODevice::WriteOnly));
            QCOMPARE(script.write(content), content.size());
            QVERIFY(script.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
        }
        const Output output = interleave({u"record"_s, u"--"_s, command});
        QVERIFY2(output.code == code, output.err.constData());
        QVERIFY(output.out.isEmpty());
        QVERIFY2(output.err.startsWith("interleave: "), output.err.constData());
        QVERIFY2(output.err.contains(QFile::encodeName(command)), output.err.constData());
    }

    void wrongUsageIsNoStatusOfACommand_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("no command")
            << QStringList{u"record"_s} << QByteArray("a command is expected");
        QTest::newRow("option") << QStringList{u"record"_s, u"--josn"_s, u"--"_s, u"true"_s}
                                << QByteArray("josn");
    }
    void wrongUsageIsNoStatusOfACommand()
    {
        QFETCH(QStringList, words);
        QFETCH(QByteArray, told);
        const Output output = interleave(words);
        QCOMPARE(output.code, 125);
        QVERIFY(output.out.isEmpty());
        QVERIFY2(output.err.contains(told), output.err.constData());
    }

    void inputAndOutputPassByteForByte()
    {
        QByteArray bytes;
        for (int i = 0; i < 300'000; ++i)
            bytes.append(char(i * 7 + i / 256));
        const Output output = interleave({u"record"_s, u"cat"_s}, bytes);
        QVERIFY2(output.code == 0, output.err.constData());
        QVERIFY(output.out == bytes);
        QVERIFY(output.err.contains("cat"));
    }

    void wordsArriveAsTheyWereGiven()
    {
        const Output output = interleave({u"record"_s, u"--"_s, u"printf"_s, u"<%s>"_s, u"a b"_s,
                                          QString(), u"$HOME;*"_s, u"--json"_s, u"ä"_s});
        QVERIFY2(output.code == 0, output.err.constData());
        QCOMPARE(output.out, QByteArray("<a b><><$HOME;*><--json><ä>"));
    }

    void bytesThatAreNoTextArriveAsTheyAre()
    {
        const QString path = file("bytes.json");
        const Output output = throughShell(
            u"exec \"$0\" record --out \"$1\" -- printf '<%s>' \"$(printf 'caf\\351')\" b"_s, path);
        QVERIFY2(output.code == 0, output.err.constData());
        QCOMPARE(output.out, QByteArray("<caf\xe9><b>"));
        QVERIFY2(output.err.contains("$'caf\\xe9' b"), output.err.constData());
        QFile document(path);
        QVERIFY(document.open(QIODevice::ReadOnly));
        const QJsonObject command =
            QJsonDocument::fromJson(document.readAll()).object().value("command"_L1).toObject();
        QCOMPARE(command.value("words"_L1).toArray().at(2).toString(), u"caf\\xe9"_s);
        QVERIFY(command.value("command_line"_L1).toString().endsWith(u" $'caf\\xe9' b"_s));
    }

    void aProgramMayHaveANameThatIsNoText()
    {
        const Output output = throughShell(
            u"p=\"$1/program$(printf '\\351')\"; printf '#!/bin/sh\\nexit 6\\n' >\"$p\"; "
            "chmod +x \"$p\"; \"$0\" record -- \"$p\"; s=$?; rm \"$p\"; exit $s"_s,
            m_folder.path());
        QVERIFY2(output.code == 6, output.err.constData());
        const Output missing = throughShell(
            u"exec \"$0\" record -- \"$1/missing$(printf '\\351')\""_s, m_folder.path());
        QVERIFY2(missing.code == 127, missing.err.constData());
        QVERIFY2(missing.err.contains("/missing\\xe9"), missing.err.constData());
    }

    void anOptionThatIsNoTextIsRefused()
    {
        const QString mark = file("no-text");
        const Output output = throughShell(
            u"exec \"$0\" record --out \"x$(printf '\\351').csv\" -- touch \"$1\""_s, mark);
        QCOMPARE(output.code, 125);
        QVERIFY2(output.err.contains("$'x\\xe9.csv' is not valid UTF-8"), output.err.constData());
        QVERIFY(!QFile::exists(mark));
    }

    void withJsonTheDocumentIsAloneOnStandardOutput()
    {
        const Output output = interleave(QStringList{u"record"_s, u"--json"_s}
                                         + shell(u"echo to-out; echo to-err >&2; exit 3"_s));
        QCOMPARE(output.code, 3);
        QVERIFY2(output.err.contains("to-out\n"), output.err.constData());
        QVERIFY2(output.err.contains("to-err\n"), output.err.constData());
        const QJsonObject run = output.json();
        QCOMPARE(run.value("schema"_L1).toString(), u"interleave.run/1"_s);
        QCOMPARE(run.value("model"_L1).toString(), u"command"_s);
        QVERIFY(run.value("task_set"_L1).toString().startsWith(u"sh -c "_s));
        QVERIFY(!run.value("sentence"_L1).toString().isEmpty());
        const QJsonObject command = output.command();
        QCOMPARE(command.value("words"_L1).toArray().size(), 3);
        QCOMPARE(command.value("exit_code"_L1).toInt(-1), 3);
        QVERIFY(command.value("signal"_L1).isNull());
        QCOMPARE(command.value("shell_status"_L1).toInt(-1), 3);
        QCOMPARE(command.value("attached"_L1).toBool(true), false);
        QCOMPARE(command.value("helper"_L1).toBool(false), true);
    }

    void processesAreListedAsTheyWereMade()
    {
        if (!sourceHere().startsWith(u"kernel"_s))
            QSKIP("needs the kernel as source");
        const Output output =
            interleave(QStringList{u"record"_s, u"--json"_s}
                       + shell(u"cat /dev/null; (exec true) & wait; sleep 0.2; exit 0"_s));
        QVERIFY2(output.code == 0, output.err.constData());
        const QJsonArray processes = output.command().value("processes"_L1).toArray();
        QCOMPARE(processes.size(), 4);
        const QJsonObject root = processes[0].toObject();
        QVERIFY(root.value("parent_pid"_L1).isNull());
        QVERIFY(root.value("command_line"_L1).toString().startsWith(u"sh -c"_s));
        QCOMPARE(root.value("threads"_L1).toInt(), 1);
        QVERIFY(root.value("cpu_ns"_L1).toInteger() > 0);
        for (const int i : {1, 2, 3}) {
            const QJsonObject child = processes[i].toObject();
            QCOMPARE(child.value("parent_pid"_L1), root.value("pid"_L1));
            QCOMPARE(child.value("ended"_L1).toBool(), true);
        }
        QVERIFY(output.json().value("tasks"_L1).toArray().size() >= 4);
    }

    void filesAreWritten()
    {
        const QString csv = file("run.csv");
        const QString json = file("run.json");
        const QString picture = file("run.svg");
        const Output output = interleave(
            QStringList{u"record"_s, u"--out"_s, csv, u"--out"_s, json, u"--out="_s + picture}
            + shell(u"exit 4"_s));
        QVERIFY2(output.code == 4, output.err.constData());
        QFile slices(csv);
        QVERIFY(slices.open(QIODevice::ReadOnly));
        const QByteArray rows = slices.readAll();
        QVERIFY(rows.startsWith("track_kind,track,core,pid,tid,thread,task,state,reason,"));
        if (sourceHere().startsWith(u"kernel"_s)) // the others know no slices of so short a run
            QVERIFY(rows.count('\n') > 1);
        QFile document(json);
        QVERIFY(document.open(QIODevice::ReadOnly));
        const QJsonObject run = QJsonDocument::fromJson(document.readAll()).object();
        QCOMPARE(run.value("command"_L1).toObject().value("exit_code"_L1).toInt(), 4);
        QVERIFY(QFile(picture).size() > 500);
    }

    void anOutputThatCannotBeWrittenIsOurFailure()
    {
        const QString mark = file("it-ran");
        const Output output = interleave(QStringList{u"record"_s, u"--out"_s, u"/nowhere/x.csv"_s}
                                         + shell(u"> "_s + mark));
        QCOMPARE(output.code, 125);
        QVERIFY2(output.err.contains("/nowhere/x.csv"), output.err.constData());
        QVERIFY(QFile::exists(mark));
    }

    void aPictureChangesNothingForTheCommand()
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(u"QT_QPA_PLATFORM"_s);
        process.setProcessEnvironment(environment);
        process.start(program(),
                      QStringList{u"record"_s, u"--out"_s, file("p.svg")}
                          + shell(u"echo ${QT_QPA_PLATFORM-none} \"$@\""_s)
                          + QStringList{u"sh"_s, u"-platform"_s, u"nowhere"_s});
        const Output output = outputOf(process);
        QVERIFY2(output.code == 0, output.err.constData());
        QCOMPARE(output.out, QByteArray("none -platform nowhere\n"));
    }

    void withoutTheHelperTheEnvironmentIsUntouched()
    {
        const QString script = u"echo ${PYTHONPATH-none} ${INTERLEAVE_HELPER-none}"_s;
        const Output without =
            interleave(QStringList{u"record"_s, u"--no-helper"_s} + shell(script));
        QVERIFY2(without.code == 0, without.err.constData());
        QCOMPARE(without.out, QByteArray("none none\n"));
        const Output with = interleave(QStringList{u"record"_s} + shell(script));
        QVERIFY2(!with.out.contains("none"), with.out.constData());
    }

    void ctrlCIsTheCommands()
    {
        QProcess process;
        startInGroup(process,
                     QStringList{u"record"_s, u"--out"_s, file("cut.csv")}
                         + shell(u"trap 'exit 7' INT; echo ready; while :; do sleep 0.02; done"_s));
        QVERIFY(waitForOutput(process, "ready\n"));
        QCOMPARE(::kill(-pid_t(process.processId()), SIGINT), 0);
        const Output output = outputOf(process);
        QVERIFY2(output.code == 7, output.err.constData());
        QVERIFY(QFile(file("cut.csv")).size() > 80);
    }

    void oneInterruptDoesNotEndACommandThatGoesOn()
    {
        QProcess process;
        startInGroup(process,
                     QStringList{u"record"_s}
                         + shell(u"trap 'echo caught' INT; echo ready; until read x; do :; done; "
                                 "exit 5"_s));
        QVERIFY(waitForOutput(process, "ready\n"));
        QCOMPARE(::kill(-pid_t(process.processId()), SIGINT), 0);
        // A shell may run the trap only when its read has returned.
        process.write("go on\n");
        const Output output = outputOf(process);
        QVERIFY2(output.code == 5, output.err.constData());
        QVERIFY2(!output.err.contains("topped"), output.err.constData());
    }

    void twoInterruptsEndACommandThatIgnoresThem()
    {
        QProcess process;
        startInGroup(process,
                     QStringList{u"record"_s}
                         + shell(u"trap '' INT; echo ready; while :; do sleep 0.02; done"_s));
        QVERIFY(waitForOutput(process, "ready\n"));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(::kill(-pid_t(process.processId()), SIGINT), 0);
            // Two that come at once are one for the kernel.
            QTRY_VERIFY_WITH_TIMEOUT(!isPending(process.processId(), SIGINT), kPatienceMs);
        }
        const Output output = outputOf(process);
        QVERIFY2(output.code == 128 + SIGTERM, output.err.constData());
        QVERIFY2(output.err.contains("topped by SIGTERM"), output.err.constData());
    }

    void aRequestToEndItEndsTheCommand_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
    }
    void aRequestToEndItEndsTheCommand()
    {
        QFETCH(int, signal);
        QProcess process;
        startInGroup(process,
                     QStringList{u"record"_s, u"--json"_s, u"--out"_s, file("ended.csv")}
                         + shell(u"echo ready >&2; exec sleep 100"_s));
        process.setReadChannel(QProcess::StandardError);
        QByteArray err;
        while (!err.contains("ready\n") && process.waitForReadyRead(kPatienceMs))
            err += process.readAllStandardError();
        QVERIFY2(err.contains("ready\n"), err.constData());
        QCOMPARE(::kill(pid_t(process.processId()), signal), 0);
        const Output output = outputOf(process);
        QVERIFY2(output.code == 128 + SIGINT, output.err.constData());
        QCOMPARE(output.json().value("outcome"_L1).toString(), u"cancelled"_s);
        QCOMPARE(output.command().value("signal"_L1).toInt(), SIGINT);
        QVERIFY(QFile(file("ended.csv")).size() > 80);
    }

    void itEndsAfterTheTimeThatWasAsked()
    {
        const Output output = interleave(
            {u"record"_s, u"--json"_s, u"--for"_s, u"0.2"_s, u"--"_s, u"sleep"_s, u"100"_s});
        QCOMPARE(output.code, 128 + SIGINT);
        QCOMPARE(output.json().value("outcome"_L1).toString(), u"timed-out"_s);
    }

    void whatIsLeftRunningIsLeftAndTold()
    {
        const Output output =
            interleave(QStringList{u"record"_s, u"--json"_s}
                       + shell(u"sleep 100 </dev/null >/dev/null 2>&1 & echo pid=$!="_s));
        const int pid = output.err.split('=').value(1).toInt();
        QVERIFY2(pid > 1, output.err.constData());
        const bool isThere = ::kill(pid, 0) == 0;
        ::kill(pid, SIGKILL);
        QVERIFY2(output.code == 0, output.err.constData());
        QVERIFY(isThere);
        QCOMPARE(output.command().value("left_running"_L1).toArray(), QJsonArray{pid});
    }
};

QTEST_GUILESS_MAIN(TestRecordCommand)
#include "tst_recordcommand.moc"
