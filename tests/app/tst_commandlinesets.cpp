// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/realprogram.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/inotify.h>
#include <unistd.h>

using namespace RealProgram;

/// The same for files of task sets, and for the person's own.
class TestCommandLineSets : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString file(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }

    void write(const QString &path, const QByteArray &bytes)
    {
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile written(path);
        QVERIFY(written.open(QIODevice::WriteOnly));
        QCOMPARE(written.write(bytes), bytes.size());
    }

    /// Two sleepers in short form, one member a line.
    static QByteArray shortSleepers(const QByteArray &title)
    {
        return "{\n\"schema\": \"interleave.taskset/1\",\n\"based_on\": \"two-sleepers\",\n"
               "\"title\": \""
            + title + "\",\n\"params\": {\n\"iterations\": 1,\n\"period_ms\": 50\n}\n}\n";
    }

private slots:
    void initTestCase()
    {
        // The program's own folder of task sets: whoever runs this test has their own elsewhere.
        qputenv("XDG_DATA_HOME", QFile::encodeName(file("data")));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(file("config")));
    }

    void theSchemaOfTaskSetFilesIsPrinted()
    {
        const Output output = interleave(words("list --schema"));
        QCOMPARE(output.code, 0);
        QVERIFY(output.err.isEmpty());
        const QString dialect = output.json().value(QStringLiteral("$schema")).toString();
        QVERIFY2(dialect.contains(QStringLiteral("2020-12")), qPrintable(dialect));
        QCOMPARE(interleave(words("run --schema")).code, 2);
    }

    void aTaskSetFileRunsInPlaceOfASet()
    {
        write(file("short.json"), shortSleepers("Short"));
        const Output output = interleave(words("run --model threads --json") << file("short.json"));
        QVERIFY2(output.code == 0, output.err.constData());
        const QJsonObject run = output.json();
        QCOMPARE(run.value(QStringLiteral("outcome")).toString(), QStringLiteral("finished"));
        QCOMPARE(run.value(QStringLiteral("task_set")).toString(), QStringLiteral("mine/short"));
        QCOMPARE(run.value(QStringLiteral("slug")).toString(), QStringLiteral("two-sleepers"));
        const QJsonObject params = run.value(QStringLiteral("params")).toObject();
        QCOMPARE(params.value(QStringLiteral("period_ms")).toInt(), 50);
        QCOMPARE(run.value(QStringLiteral("tasks")).toArray().size(), 2);
        // A parameter of the command line goes before that of the file, within the same limits.
        const Output more = interleave(words("run --param tasks=3 --json") << file("short.json"));
        QCOMPARE(more.json().value(QStringLiteral("tasks")).toArray().size(), 3);
        QCOMPARE(interleave(words("run --param tasks=99") << file("short.json")).code, 2);
    }

    void aTaskSetFileIsCompared()
    {
        write(file("short.json"), shortSleepers("Short"));
        const Output output =
            interleave(words("compare --models sequential,threads --json") << file("short.json"));
        QVERIFY2(output.code == 0, output.err.constData());
        const QJsonObject comparison = output.json();
        QCOMPARE(comparison.value(QStringLiteral("task_set")).toString(),
                 QStringLiteral("mine/short"));
        QCOMPARE(comparison.value(QStringLiteral("models")).toArray().size(), 2);
    }

    void aBadTaskSetFileIsNamedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("unknown key")
            << QByteArray("\"params\"") << QByteArray("\"parms\"") << QByteArray(", line 5: ");
        QTest::newRow("unknown set")
            << QByteArray("two-sleepers") << QByteArray("two-sleeprs") << QByteArray(", line 3: ");
        QTest::newRow("out of range")
            << QByteArray("50") << QByteArray("5000000") << QByteArray(", line 7: ");
        QTest::newRow("wrong type")
            << QByteArray("50") << QByteArray("\"50\"") << QByteArray(", line 7: ");
        QTest::newRow("no JSON") << QByteArray("\"title\":") << QByteArray("\"title\"")
                                 << QByteArray(", line 4: ");
    }
    void aBadTaskSetFileIsNamedWithItsLine()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, expected);
        QByteArray json = shortSleepers("Bad");
        json.replace(from, to);
        write(file("bad.json"), json);
        const Output output = interleave({QStringLiteral("run"), file("bad.json")});
        QCOMPARE(output.code, 2);
        QVERIFY(output.out.isEmpty());
        QVERIFY2(output.err.contains(file("bad.json").toUtf8() + expected), output.err.constData());
        QCOMPARE(output.err.count('\n'), 1);
    }

    void aFileThatIsNotThereIsTold()
    {
        const Output output = interleave(words("run nowhere.json"));
        QCOMPARE(output.code, 2);
        QVERIFY2(output.err.contains("there is no file nowhere.json"), output.err.constData());
    }

    void aCommandOfAFileIsNamedAndNotRun()
    {
        write(file("command.json"),
              "{\"schema\": \"interleave.taskset/1\", \"title\": \"Greet\", "
              "\"command\": [\"echo\", \"hello there\"]}");
        const Output output = interleave({QStringLiteral("run"), file("command.json")});
        QCOMPARE(output.code, 1);
        QVERIFY(output.out.isEmpty());
        QVERIFY2(output.err.contains("echo 'hello there'"), output.err.constData());
        QVERIFY2(output.err.contains("does not run commands"), output.err.constData());
    }

    void ownSetsAreListedAndRunByName()
    {
        const QString folder = file("data/Interleave/Interleave/tasksets/");
        write(folder + QStringLiteral("short.json"), shortSleepers("Short"));
        write(folder + QStringLiteral("bad.json"), "{");
        const Output text = interleave(words("list"));
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.contains("\nMine\n"));
        QVERIFY(text.out.contains("mine/short"));
        QVERIFY(text.out.contains("not usable: bad.json, line 1: "));
        const QJsonObject list = interleave(words("list --json")).json();
        QCOMPARE(list.value(QStringLiteral("not_usable")).toArray().size(), 1);
        const Output run = interleave(words("run mine/short --json"));
        QVERIFY2(run.code == 0, run.err.constData());
        QCOMPARE(run.json().value(QStringLiteral("task_set")).toString(),
                 QStringLiteral("mine/short"));
        const Output bad = interleave(words("run mine/bad-json"));
        QCOMPARE(bad.code, 2);
        QVERIFY2(bad.err.contains("bad.json, line 1: "), bad.err.constData());
        QVERIFY(QDir(folder).removeRecursively());
    }

    void ownSetsAreReadOnlyWhereTheyMatter_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<bool>("areRead");
        QTest::newRow("list") << words("list") << true;
        QTest::newRow("an own set")
            << words("run mine/short --param period_ms=50 --param iterations=1") << true;
        QTest::newRow("a set that is not there") << words("run prims") << true;
        QTest::newRow("a built-in set") << words("run primes --param tasks=99") << false;
        QTest::newRow("by its number") << words("compare S06 --param tasks=99") << false;
        QTest::newRow("schema") << words("list --schema") << false;
        QTest::newRow("version") << words("--version") << false;
        QTest::newRow("stats") << words("stats /nowhere/x.csv") << false;
    }
    void ownSetsAreReadOnlyWhereTheyMatter()
    {
        QFETCH(QStringList, arguments);
        QFETCH(bool, areRead);
        const QString folder = file("data/Interleave/Interleave/tasksets/");
        write(folder + QStringLiteral("short.json"), shortSleepers("Short"));
        // The kernel tells of every open of the folder and of what is in it.
        const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        QVERIFY(watch >= 0);
        QVERIFY(inotify_add_watch(watch, QFile::encodeName(folder).constData(), IN_OPEN) >= 0);
        (void)interleave(arguments);
        char events[4096];
        const bool wereRead = ::read(watch, events, sizeof events) > 0;
        ::close(watch);
        QVERIFY(QDir(folder).removeRecursively());
        QCOMPARE(wereRead, areRead);
    }
};

QTEST_GUILESS_MAIN(TestCommandLineSets)
#include "tst_commandlinesets.moc"
