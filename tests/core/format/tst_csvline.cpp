// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/csvline.h"

#include <QList>
#include <QTest>

#include <array>

using namespace Interleave;

class CsvLineTest : public QObject
{
    Q_OBJECT

private slots:
    void threeFieldsAreRead_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QList<QByteArray>>("expected"); // empty: refused
        const QList<QByteArray> none;
        QTest::newRow("plain") << QByteArray("a,b,c") << QList<QByteArray>{"a", "b", "c"};
        QTest::newRow("empty fields") << QByteArray(",,") << QList<QByteArray>{"", "", ""};
        QTest::newRow("quoted") << QByteArray("\"a,b\",\"say \"\"x\"\"\",")
                                << QList<QByteArray>{"a,b", "say \"x\"", ""};
        QTest::newRow("too few") << QByteArray("a,b") << none;
        QTest::newRow("too many") << QByteArray("a,b,c,d") << none;
        QTest::newRow("open quote") << QByteArray("a,b,\"c") << none;
        QTest::newRow("nothing") << QByteArray() << none;
    }
    void threeFieldsAreRead()
    {
        QFETCH(QByteArray, line);
        QFETCH(QList<QByteArray>, expected);
        std::array<QByteArray, 3> fields;
        QCOMPARE(splitCsvLine(line, fields.data(), fields.size()), !expected.isEmpty());
        if (!expected.isEmpty())
            QCOMPARE(QList<QByteArray>(fields.begin(), fields.end()), expected);
    }
};

QTEST_GUILESS_MAIN(CsvLineTest)
#include "tst_csvline.moc"
