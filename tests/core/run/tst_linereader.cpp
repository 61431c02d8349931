// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/run/linereader.h"

#include <QtTest>

#include <algorithm>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace Interleave;

namespace
{

using Lines = std::vector<std::string>;

constexpr std::size_t kLongest = LineReader::kLongestLine;

Lines linesOf(const std::vector<std::string> &parts)
{
    LineReader reader;
    Lines lines;
    for (const std::string &part : parts)
        reader.feed(part, lines);
    return lines;
}

} // namespace

class TestLineReader : public QObject
{
    Q_OBJECT

private slots:
    void linesComeWithoutTheirEnds()
    {
        QCOMPARE(linesOf({"one\ntwo\n"}), (Lines{"one", "two"}));
        QCOMPARE(linesOf({"\n\n"}), (Lines{"", ""}));
        QCOMPARE(linesOf({""}), Lines{});
    }

    void aLineMayComeInParts()
    {
        QCOMPARE(linesOf({"o", "n", "e", "\ntw", "o\n"}), (Lines{"one", "two"}));
    }

    void whatHasNoEndIsGivenWhenAskedFor()
    {
        LineReader reader;
        Lines lines;
        reader.feed("one\ntwo", lines);
        QCOMPARE(lines, Lines{"one"});
        reader.takeRest(lines);
        QCOMPARE(lines, (Lines{"one", "two"}));
        reader.takeRest(lines); // there is no rest of the rest
        QCOMPARE(lines.size(), std::size_t(2));
    }

    void aLineOfTheGreatestLengthStaysWhole()
    {
        const std::string line(kLongest, 'x');
        QCOMPARE(linesOf({line, "\n"}), Lines{line});
        QCOMPARE(linesOf({line + "\n"}), Lines{line});
    }

    void aLongerLineIsCut()
    {
        const std::string line(kLongest + 1, 'x');
        QCOMPARE(linesOf({line, "\n"}), (Lines{line.substr(1), "x"}));
    }

    void whatNeverEndsALineComesInPiecesAndLosesNothing()
    {
        LineReader reader;
        Lines lines;
        std::string all;
        for (int i = 0; i < 100; ++i) {
            const std::string part(10'007, char('a' + i % 26));
            all += part;
            reader.feed(part, lines);
        }
        reader.takeRest(lines);
        std::string joined;
        for (const std::string &line : lines) {
            QVERIFY(line.size() <= kLongest);
            joined += line;
        }
        QVERIFY(lines.size() > 10);
        QVERIFY(joined == all);
    }

    void aCharacterIsNotCut_data()
    {
        QTest::addColumn<QByteArray>("character");
        QTest::newRow("two bytes") << QByteArray("\xC3\xA9");
        QTest::newRow("three bytes") << QByteArray("\xE2\x82\xAC");
        QTest::newRow("four bytes") << QByteArray("\xF0\x9F\x90\xA7");
    }
    void aCharacterIsNotCut()
    {
        QFETCH(QByteArray, character);
        const std::string bytes = character.toStdString();
        for (std::size_t before = 1; before < bytes.size(); ++before) {
            const std::string begin(kLongest - before, 'x');
            QCOMPARE(linesOf({begin + bytes + "\n"}), (Lines{begin, bytes}));
        }
    }

    void bytesThatAreNoCharactersAreCutAnywhere()
    {
        const std::string line(kLongest + 5, '\x80');
        QCOMPARE(linesOf({line + "\n"}), (Lines{line.substr(5), std::string(5, '\x80')}));
    }

    void thePipesEndIsNoticed()
    {
        int fds[2];
        QCOMPARE(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
        const UniqueFd readEnd(fds[0]);
        UniqueFd writeEnd(fds[1]);
        LineReader reader;
        Lines lines;
        reader.readFrom(readEnd.get(), lines);
        QVERIFY(lines.empty());
        QVERIFY(!reader.hasEnded());
        QCOMPARE(::write(writeEnd.get(), "a\nb", 3), ssize_t(3));
        reader.readFrom(readEnd.get(), lines);
        QCOMPARE(lines, Lines{"a"});
        QVERIFY(!reader.hasEnded());
        writeEnd.reset();
        reader.readFrom(readEnd.get(), lines);
        QVERIFY(reader.hasEnded());
        reader.takeRest(lines);
        QCOMPARE(lines, (Lines{"a", "b"}));
    }
};

QTEST_GUILESS_MAIN(TestLineReader)
#include "tst_linereader.moc"
