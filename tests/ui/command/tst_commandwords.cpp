// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandwords.h"

#include <QTest>

#include <csignal>
#include <vector>

using namespace Interleave;

class TstCommandWords : public QObject
{
    Q_OBJECT

private slots:
    void theEndIsSaid_data();
    void theEndIsSaid();
    void whatIsLeftRunningIsNamed();
    void picturesSayWhetherTheHelperWasAsked();
    void picturesSayWhatWasAttachedTo();
    void factsTellOfTheHelperThatWasNotLoaded();
    void aLongCommandIsShortened();
    void whatAFailedCommandSaidLastIsQuoted_data();
    void whatAFailedCommandSaidLastIsQuoted();
    void aLongLineIsShortenedBetweenCharacters();
    void onlyACommandThatEndedBadlyIsQuoted();
};

namespace
{

RunReport reportOf(const CommandReport &command)
{
    RunReport report;
    report.model = QStringLiteral("command");
    report.statistics.wall = 2100 * kMillisecond;
    report.command = command;
    return report;
}

QString valueOf(const CommandReport &command, const char *key)
{
    for (const auto &[name, value] : commandFacts(command)) {
        if (name == QString::fromLatin1(key))
            return value;
    }
    return {};
}

} // namespace

void TstCommandWords::theEndIsSaid_data()
{
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<QString>("begin");
    QTest::addColumn<bool>("isRemarkable");
    QTest::newRow("well") << 0 << 0 << QString() << QStringLiteral("ended with status 0 after 2.1")
                          << false;
    QTest::newRow("badly") << 3 << 0 << QString() << QStringLiteral("ended with status 3 after 2.1")
                           << true;
    QTest::newRow("killed") << -1 << int(SIGKILL) << QString()
                            << QStringLiteral("ended by SIGKILL after 2.1") << true;
    QTest::newRow("not ended") << -1 << 0 << QString() << QStringLiteral("still ran after 2.1")
                               << true;
    QTest::newRow("not started") << -1 << 0 << QStringLiteral("there is no program fooo")
                                 << QStringLiteral("It was not started: there is no program fooo")
                                 << true;
}

void TstCommandWords::theEndIsSaid()
{
    QFETCH(int, exitCode);
    QFETCH(int, signal);
    QFETCH(QString, failure);
    QFETCH(QString, begin);
    QFETCH(bool, isRemarkable);
    CommandReport command;
    if (exitCode >= 0)
        command.exitCode = exitCode;
    if (signal != 0)
        command.signal = signal;
    command.failure = failure;
    const RunReport report = reportOf(command);
    QVERIFY2(commandEndWords(report).startsWith(begin), qPrintable(commandEndWords(report)));
    QCOMPARE(isEndRemarkable(report), isRemarkable);
}

void TstCommandWords::whatIsLeftRunningIsNamed()
{
    CommandReport command;
    command.exitCode = 0;
    command.leftRunning = {41};
    QVERIFY(commandEndWords(reportOf(command)).endsWith(QStringLiteral("running: 41")));
    QVERIFY(isEndRemarkable(reportOf(command)));
    command.leftRunning = {41, 42, 43, 44};
    const QString words = commandEndWords(reportOf(command));
    QVERIFY2(words.contains(QStringLiteral("4 processes")), qPrintable(words));
    QVERIFY(words.contains(QStringLiteral("43")) && !words.contains(QStringLiteral("44")));
}

void TstCommandWords::picturesSayWhetherTheHelperWasAsked()
{
    CommandReport command;
    command.isHelperOn = true;
    QCOMPARE(commandStamp(command), QStringLiteral("helper on"));
    command.isHelperOn = false;
    QCOMPARE(commandStamp(command), QStringLiteral("helper off"));
}

void TstCommandWords::picturesSayWhatWasAttachedTo()
{
    CommandReport command;
    command.isAttached = true;
    ProcessReport child;
    child.pid = 12;
    child.parentPid = 11;
    ProcessReport root;
    root.pid = 11;
    command.processes = {child, root};
    QCOMPARE(commandStamp(command), QStringLiteral("attached to 11"));
    QCOMPARE(rootProcess(command)->pid, pid_t(11));
    command.processes.clear();
    QVERIFY(!rootProcess(command));
    QVERIFY(!commandStamp(command).isEmpty());
}

void TstCommandWords::factsTellOfTheHelperThatWasNotLoaded()
{
    CommandReport command;
    command.exitCode = 0;
    command.isHelperOn = true;
    command.processes.resize(2);
    command.processes[0].threads = 3;
    command.processes[1].threads = 1;
    QCOMPARE(valueOf(command, "Threads"), QStringLiteral("4"));
    QCOMPARE(valueOf(command, "Python helper"), QStringLiteral("on, not loaded"));
    command.processes[1].hasHelper = true;
    QCOMPARE(valueOf(command, "Python helper"), QStringLiteral("on"));
    command.isHelperOn = false;
    QCOMPARE(valueOf(command, "Python helper"), QStringLiteral("off"));
    QCOMPARE(valueOf(command, "Ended with"), QStringLiteral("status 0"));
    QVERIFY(valueOf(command, "Most memory").isEmpty()); // not known
    command.maxRssBytes = 3 * 1024 * 1024;
    QVERIFY(!valueOf(command, "Most memory").isEmpty());
}

void TstCommandWords::aLongCommandIsShortened()
{
    QCOMPARE(shortCommand(QStringLiteral("ls -l")), QStringLiteral("ls -l"));
    const QString line(60, u'x');
    QCOMPARE(shortCommand(line), line);
    QCOMPARE(shortCommand(line + u'y').size(), qsizetype(60));
    QVERIFY(shortCommand(line + u'y').endsWith(QChar(0x2026)));
}

namespace
{

RunReport failedReport(const std::vector<PrintedLine> &lines)
{
    CommandReport command;
    command.exitCode = 2;
    RunReport report = reportOf(command);
    report.lines = lines;
    return report;
}

PrintedLine lineOf(const QString &text, PrintedLine::Stream stream = PrintedLine::Stream::Error)
{
    PrintedLine line;
    line.text = text;
    line.stream = stream;
    return line;
}

} // namespace

void TstCommandWords::whatAFailedCommandSaidLastIsQuoted_data()
{
    QTest::addColumn<QStringList>("errors");
    QTest::addColumn<QString>("words");
    QTest::newRow("nothing") << QStringList() << QString();
    QTest::newRow("one line") << QStringList{QStringLiteral("a.py: 100% wrong: %1")}
                              << QStringLiteral("It said: a.py: 100% wrong: %1");
    QTest::newRow("the last of two")
        << QStringList{QStringLiteral("Traceback"), QStringLiteral("  ValueError: no")}
        << QStringLiteral("It said: ValueError: no");
    QTest::newRow("an empty one behind it")
        << QStringList{QStringLiteral("no luck"), QString(), QStringLiteral(" \t")}
        << QStringLiteral("It said: no luck");
    QTest::newRow("in colours") << QStringList{QStringLiteral("\x1b[1;31merror\x1b[0m: no\a file")}
                                << QStringLiteral("It said: error: no file");
    QTest::newRow("colours alone") << QStringList{QStringLiteral("\x1b[0m")} << QString();
    QTest::newRow("turned round") << QStringList{QStringLiteral("a") + QChar(0x202E) + u'b'}
                                  << QStringLiteral("It said: a b");
}

void TstCommandWords::whatAFailedCommandSaidLastIsQuoted()
{
    QFETCH(QStringList, errors);
    QFETCH(QString, words);
    std::vector<PrintedLine> lines;
    for (const QString &error : errors)
        lines.push_back(lineOf(error));
    // What it wrote to standard output after that is no complaint.
    lines.push_back(lineOf(QStringLiteral("bye"), PrintedLine::Stream::Output));
    QCOMPARE(lastErrorWords(failedReport(lines)), words);
}

void TstCommandWords::aLongLineIsShortenedBetweenCharacters()
{
    const QString begin = QStringLiteral("It said: ");
    const QString line(160, u'x');
    QCOMPARE(lastErrorWords(failedReport({lineOf(line)})), begin + line);
    QCOMPARE(lastErrorWords(failedReport({lineOf(line + u'y')})),
             begin + line.left(159) + QChar(0x2026));
    const QString pair = QString::fromUtf8("\xF0\x9F\x90\x9B"); // two halves of a surrogate pair
    QCOMPARE(pair.size(), qsizetype(2));
    QCOMPARE(lastErrorWords(failedReport({lineOf(line.left(158) + pair + line)})),
             begin + line.left(158) + QChar(0x2026));
}

void TstCommandWords::onlyACommandThatEndedBadlyIsQuoted()
{
    RunReport report = failedReport({lineOf(QStringLiteral("a warning"))});
    QVERIFY(!lastErrorWords(report).isEmpty());
    report.command->exitCode = 0;
    QVERIFY(lastErrorWords(report).isEmpty());
    report.command->exitCode.reset();
    report.command->signal = SIGKILL;
    QVERIFY(lastErrorWords(report).isEmpty());
}

QTEST_GUILESS_MAIN(TstCommandWords)
#include "tst_commandwords.moc"
