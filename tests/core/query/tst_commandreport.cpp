// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"

#include <QJsonArray>
#include <QTest>

#include <csignal>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

CommandReport makeReport()
{
    CommandReport command;
    command.spec.words = {u"python3"_s, u"my script.py"_s};
    command.isHelperOn = true;
    return command;
}

} // namespace

class CommandReportTest : public QObject
{
    Q_OBJECT

private slots:
    void theStatusIsThatOfAShell_data()
    {
        QTest::addColumn<int>("exitCode"); // -1: none
        QTest::addColumn<int>("signal"); // 0: none
        QTest::addColumn<bool>("hasFailed");
        QTest::addColumn<bool>("isAttached");
        QTest::addColumn<int>("status");
        QTest::newRow("well") << 0 << 0 << false << false << 0;
        QTest::newRow("its own") << 3 << 0 << false << false << 3;
        QTest::newRow("the highest") << 255 << 0 << false << false << 255;
        QTest::newRow("killed") << -1 << SIGKILL << false << false << 137;
        QTest::newRow("interrupted") << -1 << SIGINT << false << false << 130;
        QTest::newRow("did not end") << -1 << 0 << false << false << 125;
        QTest::newRow("no such program") << 127 << 0 << true << false << 127;
        QTest::newRow("no program") << 126 << 0 << true << false << 126;
        QTest::newRow("not started") << -1 << 0 << true << false << 125;
        QTest::newRow("attached") << -1 << 0 << false << true << 0;
    }
    void theStatusIsThatOfAShell()
    {
        QFETCH(int, exitCode);
        QFETCH(int, signal);
        QFETCH(bool, hasFailed);
        QFETCH(bool, isAttached);
        CommandReport command = makeReport();
        if (exitCode >= 0)
            command.exitCode = exitCode;
        if (signal != 0)
            command.signal = signal;
        if (hasFailed)
            command.failure = u"there is no program fooo in PATH"_s;
        command.isAttached = isAttached;
        QTEST(command.shellStatus(), "status");
    }

    void theDocumentTellsHowItEnded()
    {
        CommandReport command = makeReport();
        command.exitCode = 3;
        command.user = 5'000'000'000;
        command.system = 7;
        command.maxRssBytes = 9'000'000'000;
        command.leftRunning = {12, 13};
        command.suspectedStandstill = 5'100'000'000;
        const QJsonObject json = command.toJson();
        QCOMPARE(json.value("words"_L1).toArray().size(), 2);
        QCOMPARE(json.value("command_line"_L1).toString(), u"python3 'my script.py'"_s);
        QCOMPARE(json.value("helper"_L1).toBool(), true);
        QCOMPARE(json.value("attached"_L1).toBool(true), false);
        QCOMPARE(json.value("exit_code"_L1).toInt(), 3);
        QVERIFY(json.value("signal"_L1).isNull());
        QVERIFY(json.value("failure"_L1).isNull());
        QCOMPARE(json.value("shell_status"_L1).toInt(), 3);
        QCOMPARE(json.value("user_ns"_L1).toInteger(), qint64(5'000'000'000));
        QCOMPARE(json.value("system_ns"_L1).toInteger(), qint64(7));
        QCOMPARE(json.value("max_rss_bytes"_L1).toInteger(), qint64(9'000'000'000));
        QCOMPARE(json.value("left_running"_L1).toArray(), QJsonArray({12, 13}));
        QCOMPARE(json.value("suspected_standstill_ns"_L1).toInteger(), qint64(5'100'000'000));
        QVERIFY(json.value("processes"_L1).toArray().isEmpty());
    }

    void whatIsNotKnownIsNull()
    {
        CommandReport command = makeReport();
        command.isAttached = true;
        const QJsonObject json = command.toJson();
        for (const auto key : {"exit_code"_L1, "signal"_L1, "user_ns"_L1, "system_ns"_L1,
                               "max_rss_bytes"_L1, "failure"_L1, "suspected_standstill_ns"_L1})
            QVERIFY2(json.contains(key) && json.value(key).isNull(), key.data());
        command.isAttached = false;
        command.exitCode = 0; // ended, but its memory was not measured
        QVERIFY(command.toJson().value("max_rss_bytes"_L1).isNull());
        QVERIFY(!command.toJson().value("user_ns"_L1).isNull());
    }

    void aProcessIsADocument()
    {
        ProcessReport process;
        process.pid = 20;
        process.parentPid = 10;
        process.title = u"Process-1"_s;
        process.name = u"Process-1"_s;
        process.interpreter = u"python"_s;
        process.hasHelper = true;
        process.threads = 3;
        process.start = -5;
        process.end = 6'000'000'000;
        process.cpu = 1;
        process.overlap = 2;
        process.contended = 3;
        process.globalLockWait = 4;
        process.globalLockWaits = 5;
        process.verdict = u"one at a time: GIL"_s;
        const QJsonObject json = process.toJson();
        QCOMPARE(json.value("pid"_L1).toInt(), 20);
        QCOMPARE(json.value("parent_pid"_L1).toInt(), 10);
        QCOMPARE(json.value("name"_L1).toString(), u"Process-1"_s);
        QCOMPARE(json.value("interpreter"_L1).toString(), u"python"_s);
        QCOMPARE(json.value("helper"_L1).toBool(), true);
        QCOMPARE(json.value("threads"_L1).toInt(), 3);
        QCOMPARE(json.value("start_ns"_L1).toInteger(), qint64(-5));
        QCOMPARE(json.value("end_ns"_L1).toInteger(), qint64(6'000'000'000));
        QCOMPARE(json.value("cpu_ns"_L1).toInteger(), qint64(1));
        QCOMPARE(json.value("overlap_ns"_L1).toInteger(), qint64(2));
        QCOMPARE(json.value("contended_ns"_L1).toInteger(), qint64(3));
        QCOMPARE(json.value("global_lock_wait_ns"_L1).toInteger(), qint64(4));
        QCOMPARE(json.value("global_lock_waits"_L1).toInteger(), qint64(5));
        QCOMPARE(json.value("verdict"_L1).toString(), u"one at a time: GIL"_s);
        process.parentPid = 0;
        process.interpreter.clear();
        QVERIFY(process.toJson().value("parent_pid"_L1).isNull());
        QVERIFY(process.toJson().value("contended_ns"_L1).isNull());
    }

    void onlyARunOfACommandHasThatPart()
    {
        RunReport report;
        QVERIFY(!report.toJson().contains("command"_L1));
        report.command = makeReport();
        report.command->processes.emplace_back();
        const QJsonObject command = report.toJson().value("command"_L1).toObject();
        QCOMPARE(command.value("processes"_L1).toArray().size(), 1);
    }
};

QTEST_GUILESS_MAIN(CommandReportTest)
#include "tst_commandreport.moc"
