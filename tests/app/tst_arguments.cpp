// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/arguments.h"

#include <QTest>

using namespace Interleave;

namespace
{

QStringList words(const char *line)
{
    return QString::fromUtf8(line).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

class TestArguments : public QObject
{
    Q_OBJECT

private slots:
    void theCommandOfRecordIsLeftAlone_data()
    {
        QTest::addColumn<QStringList>("line");
        QTest::addColumn<QStringList>("command");
        QTest::newRow("after dashes") << words("record -- ls -l") << words("ls -l");
        QTest::newRow("its own options")
            << words("record -- ls --json --help -h") << words("ls --json --help -h");
        QTest::newRow("its own dashes") << words("record -- git log -- a") << words("git log -- a");
        QTest::newRow("without dashes")
            << words("record python3 --version") << words("python3 --version");
        QTest::newRow("dashes later")
            << words("record sh -c true -- --out x.csv") << words("sh -c true -- --out x.csv");
        QTest::newRow("after options")
            << words("record --out a.csv --json --for 2 make -j2") << words("make -j2");
        QTest::newRow("after options with =")
            << words("record --out=a.csv make --out=b") << words("make --out=b");
        QTest::newRow("a program that begins with a dash") << words("record -- -x") << words("-x");
        QTest::newRow("empty words")
            << QStringList{QStringLiteral("record"), QStringLiteral("--"), QStringLiteral("printf"),
                           QString(), QStringLiteral(" ")}
            << QStringList{QStringLiteral("printf"), QString(), QStringLiteral(" ")};
    }
    void theCommandOfRecordIsLeftAlone()
    {
        QFETCH(QStringList, line);
        const auto arguments = parseArguments(line);
        QVERIFY2(arguments.isOk(), arguments ? "" : arguments.error().message.c_str());
        QVERIFY(arguments.value().command == Arguments::Command::Record);
        QTEST(arguments.value().words, "command");
    }

    void recordHasOptions()
    {
        const auto parsed = parseArguments(
            words("record --no-helper --follow --for 1.5 --out a.csv --out b.svg --json -- true"));
        QVERIFY2(parsed.isOk(), parsed ? "" : parsed.error().message.c_str());
        const Arguments &arguments = parsed.value();
        QVERIFY(!arguments.askPython);
        QVERIFY(arguments.follow);
        QVERIFY(!arguments.showLocks);
        QVERIFY(arguments.json);
        QCOMPARE(arguments.longest, DurationNs(1'500'000'000));
        QCOMPARE(arguments.outs, words("a.csv b.svg"));
    }

    void withoutOptionsTheHelperIsAskedAndTimeHasNoEnd()
    {
        const auto parsed = parseArguments(words("record true"));
        QVERIFY(parsed.isOk());
        QVERIFY(parsed.value().askPython);
        QVERIFY(!parsed.value().showLocks && !parsed.value().follow && !parsed.value().json);
        QCOMPARE(parsed.value().longest, DurationNs(0));
    }

    void attachTakesTheNumberOfAProcess()
    {
        const auto parsed = parseArguments(words("attach 1234 --for 5 --out x.csv"));
        QVERIFY2(parsed.isOk(), parsed ? "" : parsed.error().message.c_str());
        QVERIFY(parsed.value().command == Arguments::Command::Attach);
        QCOMPARE(parsed.value().pid, 1234);
        QCOMPARE(parsed.value().longest, DurationNs(5) * kSecond);
    }

    void wrongWordsAreTold_data()
    {
        QTest::addColumn<QStringList>("line");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *line, const char *expected) {
            QTest::newRow(line) << words(line) << QString::fromUtf8(expected);
        };
        row("record", "a command is expected");
        row("record --", "a command is expected");
        row("record --json --out x.csv", "a command is expected");
        row("record --out", "Missing value");
        row("record --josn -- true", "josn");
        row("record --param a=1 -- true", "param");
        row("record --out x.xyz -- true", ".png");
        row("record --for never -- true", "never");
        row("record --for 0 -- true", "0.001 to 86400");
        row("record --for nan -- true", "0.001 to 86400");
        row("record --no-helper --show-locks -- true", "needs the helper");
        row("attach", "number of a process");
        row("attach python3", "'python3' is no number");
        row("attach 0", "'0' is no number");
        row("attach 99999999999", "no number");
        row("attach 12 13", "'13' is too much");
        row("attach 12 --follow", "follow");
        row("run primes --for 2", "for");
        row("recrod -- ls", "record");
    }
    void wrongWordsAreTold()
    {
        QFETCH(QStringList, line);
        QFETCH(QString, expected);
        const auto arguments = parseArguments(line);
        QVERIFY(!arguments.isOk());
        QCOMPARE(arguments.error().code, ErrorCode::BadInput);
        const QString message = QString::fromStdString(arguments.error().message);
        QVERIFY2(message.contains(expected), qPrintable(message));
    }

    void helpIsOursOnlyBeforeTheCommand()
    {
        QVERIFY(parseArguments(words("record --help")).value().command == Arguments::Command::Help);
        QVERIFY(parseArguments(words("record --json -h -- ls")).value().command
                == Arguments::Command::Help);
        const auto general = parseArguments(words("--help"));
        QVERIFY(general.value().help.contains(QStringLiteral("interleave record")));
        QVERIFY(general.value().help.contains(QStringLiteral("interleave attach")));
    }
};

QTEST_GUILESS_MAIN(TestArguments)
#include "tst_arguments.moc"
