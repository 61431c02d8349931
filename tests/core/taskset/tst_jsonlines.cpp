// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/jsonlines.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

class JsonLinesTest : public QObject
{
    Q_OBJECT

private slots:
    void aMemberStandsOnTheLineOfItsKey()
    {
        const JsonLines lines(
            "{\n \"a\": 1,\n \"b\":\n  2,\n \"c\": {\"d\": [\n1,\n{\"e\": 5}]}}\n");
        QCOMPARE(lines.lineOf(u"a"_s), 2);
        QCOMPARE(lines.lineOf(u"b"_s), 3);
        QCOMPARE(lines.lineOf(u"c/d"_s), 5);
        QCOMPARE(lines.lineOf(u"c/d/0"_s), 6);
        QCOMPARE(lines.lineOf(u"c/d/1/e"_s), 7);
    }

    void whatIsNotThereStandsWhereItsParentDoes()
    {
        const JsonLines lines("\n{\n\"a\": [\n]}");
        QCOMPARE(lines.lineOf(u"a/7/x"_s), 3);
        QCOMPARE(lines.lineOf(u"nothing"_s), 2);
        QCOMPARE(lines.lineOf(QString()), 2);
    }

    void bracketsAndQuotesInsideTextsAreText()
    {
        const JsonLines lines("{\"a\": \"}{][,:\\\"\\\\\",\n\"b\": 1}");
        QCOMPARE(lines.lineOf(u"b"_s), 2);
    }

    void aKeyThatStandsTwiceIsFound()
    {
        const JsonLines twice("{\"a\": {\"x\": 1,\n\"x\": 2}}");
        QCOMPARE(twice.duplicate(), u"a/x"_s);
        QCOMPARE(twice.duplicateLine(), 2);
        const JsonLines once("[{\"x\": 1}, {\"x\": 2}]");
        QVERIFY(once.duplicate().isNull());
    }

    void aKeyWithASlashIsNotAPath()
    {
        const JsonLines lines("{\"a\": {\"b\": 1},\n\"a/b\": 2,\n\"a~b\": 3}");
        QVERIFY(lines.duplicate().isNull());
        QCOMPARE(lines.lineOf(u"a/b"_s), 1);
        QCOMPARE(lines.lineOf(JsonLines::member({}, u"a/b"_s)), 2);
        QCOMPARE(lines.lineOf(JsonLines::member({}, u"a~b"_s)), 3);
        QCOMPARE(JsonLines::shown(JsonLines::member(u"params/2"_s, u"a/~b"_s)),
                 u"params[2].a/~b"_s);
    }

    void anEmptyTextHasOneLine()
    {
        QCOMPARE(JsonLines("").lineOf(u"a"_s), 1);
        QCOMPARE(JsonLines::lineAt("", 5), 1);
    }

    void anOffsetBeyondTheTextIsItsLastLine()
    {
        QCOMPARE(JsonLines::lineAt("a\nb\nc", 0), 1);
        QCOMPARE(JsonLines::lineAt("a\nb\nc", 2), 2);
        QCOMPARE(JsonLines::lineAt("a\nb\nc", 999), 3);
        QCOMPARE(JsonLines::lineAt("a\nb\nc", -1), 1);
    }
};

QTEST_GUILESS_MAIN(JsonLinesTest)
#include "tst_jsonlines.moc"
