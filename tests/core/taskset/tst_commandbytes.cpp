// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/commandbytes.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

class TestCommandBytes : public QObject
{
    Q_OBJECT

private slots:
    void anyBytesComeBackAsTheyWere_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("readable");
        QTest::newRow("nothing") << QByteArray() << QString();
        QTest::newRow("plain") << QByteArray("a b\n\\") << u"a b\n\\"_s;
        QTest::newRow("two, three and four bytes")
            << QByteArray("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") << u"ä€\U0001f600"_s;
        QTest::newRow("Latin-1") << QByteArray("caf\xe9") << u"caf\\xe9"_s;
        QTest::newRow("in the middle") << QByteArray("a\xff\xfe"
                                                     "b")
                                       << u"a\\xff\\xfeb"_s;
        QTest::newRow("begun and not ended") << QByteArray("\xe2\x82") << u"\\xe2\\x82"_s;
        QTest::newRow("ended and not begun") << QByteArray("\x80"
                                                           "a")
                                             << u"\\x80a"_s;
        QTest::newRow("longer than need be") << QByteArray("\xc0\xaf") << u"\\xc0\\xaf"_s;
        QTest::newRow("half of a pair") << QByteArray("\xed\xb3\xbf") << u"\\xed\\xb3\\xbf"_s;
        QTest::newRow("beyond the last")
            << QByteArray("\xf5\x80\x80\x80") << u"\\xf5\\x80\\x80\\x80"_s;
        QTest::newRow("beside characters")
            << QByteArray("\xf0\x9f\x98\x80\xff\xc3\xa4") << u"\U0001f600\\xffä"_s;
    }
    void anyBytesComeBackAsTheyWere()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, readable);
        const QString text = textOfBytes(bytes);
        QCOMPARE(bytesOfText(text), bytes);
        QCOMPARE(readableText(text), readable);
        QCOMPARE(holdsRawBytes(text), text != readable);
    }

    void everyByteComesBack()
    {
        QByteArray bytes;
        for (int byte = 1; byte < 256; ++byte)
            bytes.append(char(byte));
        QCOMPARE(bytesOfText(textOfBytes(bytes)), bytes);
        const QByteArray marked("\xef\xbb\xbf"
                                "a"); // a byte order mark, which decoders leave out
        QCOMPARE(bytesOfText(textOfBytes(marked)), marked);
        QCOMPARE(readableTexts({textOfBytes("\x80"), textOfBytes("\xff")}),
                 (QStringList{u"\\x80"_s, u"\\xff"_s}));
    }

    void aWordIsQuotedForAShell()
    {
        QCOMPARE(quotedBytes(textOfBytes("it's \\ \xff")), u"$'it\\'s \\\\ \\xff'"_s);
    }
};

QTEST_GUILESS_MAIN(TestCommandBytes)
#include "tst_commandbytes.moc"
