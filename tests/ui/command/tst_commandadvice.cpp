// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/commandspec.h"
#include "ui/command/commandadvice.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Interleave;

class TstCommandAdvice : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void theLastWordIsFound_data();
    void theLastWordIsFound();
    void aQuotedWordIsReadBack_data();
    void aQuotedWordIsReadBack();
    void theFirstWordIsCompletedFromPath();
    void laterWordsAreCompletedFromTheFolder();
    void aHiddenFileWantsItsDot();
    void nothingIsOfferedForAWordThatHasNotBegun();
    void noMoreIsOfferedThanAnybodyReads();
    void whatWouldNotStartIsSaid_data();
    void whatWouldNotStartIsSaid();
    void whatWouldStartIsSaid();

private:
    [[nodiscard]] QString inFolder(const char *name) const
    {
        return m_folder->filePath(QString::fromLatin1(name));
    }
    void makeFile(const char *name, bool isProgram = false) const;

    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArray m_path;
};

void TstCommandAdvice::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = qgetenv("PATH");
}

void TstCommandAdvice::cleanup()
{
    qputenv("PATH", m_path);
}

void TstCommandAdvice::makeFile(const char *name, bool isProgram) const
{
    QFile file(inFolder(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\n");
    if (isProgram)
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

void TstCommandAdvice::theLastWordIsFound_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("start");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isProgram");
    const auto row = [](const char *line, int start, const char *text, bool isProgram) {
        QTest::addRow("'%s'", line)
            << QString::fromUtf8(line) << start << QString::fromUtf8(text) << isProgram;
    };
    row("", 0, "", true);
    row("pyt", 0, "pyt", true);
    row("  pyt", 2, "pyt", true);
    row("python3 ", 8, "", false);
    row("python3 a.p", 8, "a.p", false);
    row("python3 'my sc", 8, "my sc", false);
    row("python3 \"my sc", 8, "my sc", false);
    row("python3 my\\ sc", 8, "my sc", false);
    row("python3 'my folder/'sc", 8, "my folder/sc", false);
    row("ls 'a b' c", 9, "c", false);
    row("ls ~/do", 3, "~/do", false);
}

void TstCommandAdvice::theLastWordIsFound()
{
    QFETCH(QString, line);
    QFETCH(int, start);
    QFETCH(QString, text);
    QFETCH(bool, isProgram);
    const LastWord word = lastWordOf(line);
    QCOMPARE(int(word.start), start);
    QCOMPARE(word.text, text);
    QCOMPARE(word.isProgram, isProgram);
}

void TstCommandAdvice::aQuotedWordIsReadBack_data()
{
    QTest::addColumn<QString>("word");
    for (const char *word : {"plain", "my script.py", "it's", "a\"b", "$HOME", "~/my docs/a.txt"})
        QTest::newRow(word) << QString::fromUtf8(word);
}

void TstCommandAdvice::aQuotedWordIsReadBack()
{
    QFETCH(QString, word);
    const Result<QStringList> words = splitCommandLine(quotedWord(word));
    QVERIFY(words.isOk());
    QString expected = word;
    if (word.startsWith(u'~'))
        expected.replace(0, 1, QDir::homePath());
    QCOMPARE(words.value(), QStringList{expected});
}

void TstCommandAdvice::theFirstWordIsCompletedFromPath()
{
    makeFile("toolbox", true);
    makeFile("toolset", true);
    makeFile("tooltext"); // is not executable
    QDir(m_folder->path()).mkdir(QStringLiteral("toolfolder"));
    qputenv("PATH", QFile::encodeName(m_folder->path()));
    const QStringList expected{QStringLiteral("toolbox"), QStringLiteral("toolset")};
    QCOMPARE(completionsOf(QStringLiteral("tool"), {}), expected);
    // With a folder it is no name for PATH any more.
    const QString path = m_folder->path() + QStringLiteral("/tool");
    QCOMPARE(completionsOf(path, {}),
             (QStringList{path + QStringLiteral("box"), path + QStringLiteral("folder/"),
                          path + QStringLiteral("set")}));
}

void TstCommandAdvice::laterWordsAreCompletedFromTheFolder()
{
    makeFile("data.csv");
    makeFile("data set.csv");
    QDir(m_folder->path()).mkdir(QStringLiteral("database"));
    const QStringList expected{QStringLiteral("data set.csv"), QStringLiteral("data.csv"),
                               QStringLiteral("database/")};
    QCOMPARE(completionsOf(QStringLiteral("cat data"), m_folder->path()), expected);
    QVERIFY(completionsOf(QStringLiteral("cat nothing"), m_folder->path()).isEmpty());
    QVERIFY(completionsOf(QStringLiteral("cat d"), QStringLiteral("/no/such/folder")).isEmpty());
}

void TstCommandAdvice::aHiddenFileWantsItsDot()
{
    makeFile(".secret");
    makeFile("seen");
    QCOMPARE(completionsOf(QStringLiteral("cat ."), m_folder->path()),
             QStringList{QStringLiteral(".secret")});
    QCOMPARE(completionsOf(QStringLiteral("cat se"), m_folder->path()),
             QStringList{QStringLiteral("seen")});
}

void TstCommandAdvice::nothingIsOfferedForAWordThatHasNotBegun()
{
    makeFile("data.csv");
    QVERIFY(completionsOf({}, m_folder->path()).isEmpty());
    QVERIFY(completionsOf(QStringLiteral("cat "), m_folder->path()).isEmpty());
}

void TstCommandAdvice::noMoreIsOfferedThanAnybodyReads()
{
    for (int i = 0; i <= kMostCompletions; ++i)
        makeFile(qPrintable(QStringLiteral("file%1").arg(i)));
    QCOMPARE(completionsOf(QStringLiteral("cat file"), m_folder->path()).size(),
             qsizetype(kMostCompletions));
}

void TstCommandAdvice::whatWouldNotStartIsSaid_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const char *line, const char *folder, const char *input,
                        const char *words) {
        QTest::newRow(name) << QString::fromUtf8(line) << QString::fromUtf8(folder)
                            << QString::fromUtf8(input) << QString::fromUtf8(words);
    };
    row("no such program", "no-such-program-at-all x", "", "", "no-such-program-at-all");
    row("an open quote", "sh 'a", "", "", "column 4");
    row("a pipe", "ls | wc", "", "", "sh -c");
    row("no such folder", "sh", "/no/such/folder", "", "/no/such/folder");
    row("no such input", "sh", "", "/no/such/input", "/no/such/input");
    row("a folder as the input", "sh", "", "/", "standard input");
}

void TstCommandAdvice::whatWouldNotStartIsSaid()
{
    QFETCH(QString, line);
    QFETCH(QString, folder);
    QFETCH(QString, input);
    QFETCH(QString, words);
    const CommandVerdict verdict = verdictOn(line, folder, input);
    QVERIFY(verdict.isFault);
    QVERIFY2(verdict.sentence.contains(words), qPrintable(verdict.sentence));
}

void TstCommandAdvice::whatWouldStartIsSaid()
{
    makeFile("tool", true);
    qputenv("PATH", QFile::encodeName(m_folder->path()));
    const CommandVerdict alone = verdictOn(QStringLiteral("tool"), {}, {});
    QVERIFY(!alone.isFault);
    QVERIFY(alone.sentence.contains(inFolder("tool")));
    const CommandVerdict two = verdictOn(QStringLiteral("tool a 'b c'"), {}, inFolder("tool"));
    QVERIFY(!two.isFault);
    QVERIFY(two.sentence.contains(u'2'));
    QVERIFY(!verdictOn(QStringLiteral("  "), {}, {}).isFault); // nothing is typed yet
}

QTEST_GUILESS_MAIN(TstCommandAdvice)
#include "tst_commandadvice.moc"
