// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/commandbytes.h"
#include "core/taskset/commandspec.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <string>

#include <sys/stat.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

class TestCommandSpec : public QObject
{
    Q_OBJECT

private:
    static QString write(const QTemporaryDir &folder, const QString &name, const QByteArray &text,
                         bool isExecutable = false)
    {
        const QString path = folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("no file");
        file.close();
        QFileDevice::Permissions permissions = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
        if (isExecutable)
            permissions |= QFileDevice::ExeOwner;
        file.setPermissions(permissions);
        return path;
    }
    static QString messageOf(const Error &error) { return QString::fromStdString(error.message); }

private slots:
    void aLineIsCutAsAShellCutsIt_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QStringList>("words");
        const QString home = QDir::homePath();
        QTest::newRow("nothing") << u""_s << QStringList();
        QTest::newRow("only blanks") << u" \t "_s << QStringList();
        QTest::newRow("one") << u"true"_s << QStringList{u"true"_s};
        QTest::newRow("blanks around") << u"  a\t b "_s << QStringList{u"a"_s, u"b"_s};
        QTest::newRow("single quotes") << u"a 'b c' d"_s << QStringList{u"a"_s, u"b c"_s, u"d"_s};
        QTest::newRow("a backslash in single quotes") << u"'a\\b'"_s << QStringList{u"a\\b"_s};
        QTest::newRow("double quotes") << u"a \"b  c\""_s << QStringList{u"a"_s, u"b  c"_s};
        QTest::newRow("escapes in double quotes")
            << u"\"\\\"\\$\\`\\\\\\n\""_s << QStringList{u"\"$`\\\\n"_s};
        QTest::newRow("an escaped blank") << u"my\\ file"_s << QStringList{u"my file"_s};
        QTest::newRow("empty words") << u"a '' \"\""_s << QStringList{u"a"_s, QString(), QString()};
        QTest::newRow("joined pieces") << u"a'b'\"c\"d"_s << QStringList{u"abcd"_s};
        QTest::newRow("a line that goes on") << u"a\\\nb"_s << QStringList{u"ab"_s};
        QTest::newRow("home") << u"~ ~/x"_s << QStringList{home, home + u"/x"_s};
        QTest::newRow("no home") << u"a~ '~' \\~ ~x"_s
                                 << QStringList{u"a~"_s, u"~"_s, u"~"_s, u"~x"_s};
        QTest::newRow("nothing is expanded") << u"$HOME *.c"_s << QStringList{u"$HOME"_s, u"*.c"_s};
        QTest::newRow("quoted operators")
            << u"'a|b' \"c;d\" \\&"_s << QStringList{u"a|b"_s, u"c;d"_s, u"&"_s};
    }
    void aLineIsCutAsAShellCutsIt()
    {
        QFETCH(QString, line);
        QFETCH(QStringList, words);
        const auto cut = splitCommandLine(line);
        QVERIFY2(cut.isOk(), cut.isOk() ? "" : cut.error().message.c_str());
        QCOMPARE(cut.value(), words);
    }

    void whatNeedsAShellIsRefusedWithTheWordsForOne_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("column");
        QTest::newRow("pipe") << u"a | b"_s << 3;
        QTest::newRow("and") << u"a && b"_s << 3;
        QTest::newRow("semicolon") << u"a; b"_s << 2;
        QTest::newRow("input") << u"a < b"_s << 3;
        QTest::newRow("output") << u"a 2>&1"_s << 4;
        QTest::newRow("backquote") << u"`a`"_s << 1;
    }
    void whatNeedsAShellIsRefusedWithTheWordsForOne()
    {
        QFETCH(QString, line);
        QFETCH(int, column);
        const auto cut = splitCommandLine(line);
        QVERIFY(!cut.isOk());
        QCOMPARE(cut.error().code, ErrorCode::BadInput);
        const QString message = messageOf(cut.error());
        QVERIFY2(message.startsWith(u"column %1: "_s.arg(column)), qPrintable(message));
        const QString advice = u"sh -c '%1'"_s.arg(line);
        QVERIFY2(message.endsWith(advice), qPrintable(message));
        QCOMPARE(splitCommandLine(advice).value(), (QStringList{u"sh"_s, u"-c"_s, line}));
    }

    void whatHasNoEndIsRefusedWithItsColumn_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("column");
        QTest::newRow("single quote") << u"ab 'c"_s << 4;
        QTest::newRow("double quote") << u"ab \"c\\\""_s << 4;
        QTest::newRow("backslash") << u"ab\\"_s << 3;
    }
    void whatHasNoEndIsRefusedWithItsColumn()
    {
        QFETCH(QString, line);
        QFETCH(int, column);
        const auto cut = splitCommandLine(line);
        QVERIFY(!cut.isOk());
        QCOMPARE(cut.error().code, ErrorCode::BadInput);
        QVERIFY2(messageOf(cut.error()).startsWith(u"column %1: "_s.arg(column)),
                 cut.error().message.c_str());
    }

    void whatIsJoinedIsCutIntoTheSameWords_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("line");
        QTest::newRow("plain") << QStringList{u"python3"_s, u"a.py"_s, u"--n=3"_s}
                               << u"python3 a.py --n=3"_s;
        QTest::newRow("a blank") << QStringList{u"python3"_s, u"my script.py"_s}
                                 << u"python3 'my script.py'"_s;
        QTest::newRow("empty") << QStringList{u"a"_s, QString()} << u"a ''"_s;
        QTest::newRow("quotes") << QStringList{u"it's"_s, u"\"x\""_s} << u"'it'\\''s' '\"x\"'"_s;
        QTest::newRow("operators") << QStringList{u"sh"_s, u"-c"_s, u"a|b;c<d>e&f`g`$h"_s}
                                   << u"sh -c 'a|b;c<d>e&f`g`$h'"_s;
        QTest::newRow("home") << QStringList{u"~"_s, u"~/x"_s} << u"'~' '~/x'"_s;
        QTest::newRow("a line end") << QStringList{u"a\nb"_s, u"\\"_s} << u"'a\nb' '\\'"_s;
        QTest::newRow("other scripts") << QStringList{u"größe"_s} << u"größe"_s;
    }
    void whatIsJoinedIsCutIntoTheSameWords()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, line);
        QCOMPARE(joinCommandLine(words), line);
        QCOMPARE(splitCommandLine(line).value(), words);
    }

    void bytesThatAreNoCharactersAreShownReadable()
    {
        CommandSpec spec;
        spec.words = {u"cat"_s, textOfBytes("caf\xe9 \\ it's")};
        QCOMPARE(spec.text(), u"cat $'caf\\xe9 \\\\ it\\'s'"_s);
        QCOMPARE(spec.toJson().value("words"_L1).toArray(),
                 (QJsonArray{u"cat"_s, u"caf\\xe9 \\ it's"_s}));
    }

    void aSpecIsReadAsItWasWritten()
    {
        CommandSpec spec;
        spec.words = {u"python3"_s, u"my script.py"_s, QString()};
        spec.folder = u"/tmp"_s;
        spec.environment = {u"LANG=C"_s, u"HOME"_s, u"EMPTY="_s};
        spec.inputFile = u"in.txt"_s;
        spec.askPython = false;
        spec.showLocks = true;
        spec.follow = true;
        const auto read = CommandSpec::fromJson(spec.toJson());
        QVERIFY(read.isOk());
        QCOMPARE(read.value(), spec);
        QCOMPARE(spec.text(), u"python3 'my script.py' ''"_s);
    }

    void whatIsLeftOutHasItsDefault()
    {
        const auto read = CommandSpec::fromJson({{u"words"_s, QJsonArray{u"true"_s}}});
        QVERIFY(read.isOk());
        CommandSpec expected;
        expected.words = {u"true"_s};
        QCOMPARE(read.value(), expected);
    }

    void secretsAreNotWrittenDown()
    {
        CommandSpec spec;
        spec.words = {u"true"_s};
        spec.environment = {u"API_TOKEN=one"_s, u"db_password=two"_s, u"MY_SECRET=three"_s,
                            u"SSH_KEY=four"_s,  u"LANG=C"_s,          u"API_KEY"_s};
        const QJsonObject json = spec.toJson();
        QCOMPARE(json.value(u"environment"_s).toArray(),
                 (QJsonArray{u"API_TOKEN=..."_s, u"db_password=..."_s, u"MY_SECRET=..."_s,
                             u"SSH_KEY=..."_s, u"LANG=C"_s, u"API_KEY"_s}));
        // Read again, they are not set to dots, but left as they are.
        QCOMPARE(CommandSpec::fromJson(json).value().environment,
                 (QStringList{u"LANG=C"_s, u"API_KEY"_s}));
    }

    void aWrongValueIsNamed_data()
    {
        QTest::addColumn<QJsonObject>("json");
        QTest::addColumn<QString>("key");
        const QJsonArray words{u"true"_s};
        QTest::newRow("no words") << QJsonObject() << u"words"_s;
        QTest::newRow("empty words") << QJsonObject{{u"words"_s, QJsonArray()}} << u"words"_s;
        QTest::newRow("one text") << QJsonObject{{u"words"_s, u"true"_s}} << u"words"_s;
        QTest::newRow("a number") << QJsonObject{{u"words"_s, QJsonArray{1}}} << u"words"_s;
        QTest::newRow("NUL") << QJsonObject{{u"words"_s, QJsonArray{QString(QChar(0))}}}
                             << u"words"_s;
        for (const char *key :
             {"folder", "environment", "input_file", "ask_python", "show_locks", "follow"})
            QTest::newRow(key) << QJsonObject{{u"words"_s, words}, {QLatin1String(key), 3}}
                               << QString::fromLatin1(key);
    }
    void aWrongValueIsNamed()
    {
        QFETCH(QJsonObject, json);
        QFETCH(QString, key);
        const auto read = CommandSpec::fromJson(json);
        QVERIFY(!read.isOk());
        QCOMPARE(read.error().code, ErrorCode::BadInput);
        QVERIFY2(messageOf(read.error()).contains(u'"' + key + u'"'), read.error().message.c_str());
    }

    void aProgramIsLookedForInThePath()
    {
        const auto found = findProgram(u"sh"_s, {});
        QVERIFY(found.isOk());
        QVERIFY(found.value().endsWith(u"/sh"_s));
        QVERIFY(QFileInfo(found.value()).isExecutable());
    }

    void aProgramWithAPathIsTakenFromTheFolder()
    {
        const QTemporaryDir folder;
        const QString path = write(folder, u"run"_s, "#!/bin/sh\n", true);
        QCOMPARE(findProgram(u"./run"_s, folder.path()).value(), folder.path() + u"/./run"_s);
        QCOMPARE(findProgram(path, u"/"_s).value(), path);
    }

    void whatIsNoProgramIsRefusedWithWhatToDo()
    {
        const QTemporaryDir folder;
        write(folder, u"a.py"_s, "print(1)\n");
        write(folder, u"text"_s, "words\n");
        const auto missing = findProgram(u"no-such-program-anywhere"_s, folder.path());
        QVERIFY(!missing.isOk());
        QCOMPARE(missing.error().code, ErrorCode::NotFound);
        QVERIFY(messageOf(missing.error())
                    .startsWith(u"there is no program no-such-program-anywhere in PATH; "_s));
        const auto absent = findProgram(u"./nothing"_s, folder.path());
        QVERIFY(!absent.isOk());
        QCOMPARE(absent.error().code, ErrorCode::NotFound);
        const auto inFolder = findProgram(u"a.py"_s, folder.path());
        QVERIFY(!inFolder.isOk());
        QVERIFY2(messageOf(inFolder.error()).contains(u"python3 "_s + folder.filePath(u"a.py"_s)),
                 inFolder.error().message.c_str());
        const auto script = findProgram(u"./a.py"_s, folder.path());
        QVERIFY(!script.isOk());
        QCOMPARE(script.error().code, ErrorCode::BadInput);
        QVERIFY2(messageOf(script.error()).contains(u"python3 "_s), script.error().message.c_str());
        const auto text = findProgram(u"./text"_s, folder.path());
        QVERIFY(!text.isOk());
        QCOMPARE(text.error().code, ErrorCode::BadInput);
        const auto aFolder = findProgram(folder.path(), {});
        QVERIFY(!aFolder.isOk());
        QCOMPARE(aFolder.error().code, ErrorCode::BadInput);
        QVERIFY(!findProgram({}, {}).isOk());
    }

    void aDroppedFileIsRunByWhatRunsIt()
    {
        const QTemporaryDir folder;
        const QString python = write(folder, u"a.py"_s, "#!/bin/sh\n", true);
        QCOMPARE(commandForFile(python).value(), (QStringList{u"python3"_s, python}));
        const QString program = write(folder, u"b"_s, "#!/bin/sh\n", true);
        QCOMPARE(commandForFile(program).value(), QStringList{program});
        const QString script = write(folder, u"c"_s, "#! /usr/bin/env  python3\nx = 1\n");
        QCOMPARE(commandForFile(script).value(),
                 (QStringList{u"/usr/bin/env"_s, u"python3"_s, script}));
        const QString shell = write(folder, u"d.sh"_s, "echo\n");
        QCOMPARE(commandForFile(shell).value(), (QStringList{u"sh"_s, shell}));
        const QString archive = write(folder, u"e.JAR"_s, "PK");
        QCOMPARE(commandForFile(archive).value(), (QStringList{u"java"_s, u"-jar"_s, archive}));
        const QString pipe = folder.filePath(u"pipe"_s); // to open it would wait for a writer
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0700), 0);
        for (const QString &other : {write(folder, u"f.txt"_s, "words\n"),
                                     write(folder, u"g"_s, "#!\n"), folder.path(), pipe}) {
            const auto words = commandForFile(other);
            QVERIFY2(!words.isOk(), qPrintable(other));
            QCOMPARE(words.error().code, ErrorCode::BadInput);
        }
        QCOMPARE(commandForFile(folder.filePath(u"none"_s)).error().code, ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestCommandSpec)
#include "tst_commandspec.moc"
