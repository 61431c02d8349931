// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/messages.h"

#include <QtTest>

#include <csignal>

#include <unistd.h>

using namespace Interleave;

class TestMessages : public QObject
{
    Q_OBJECT

private slots:
    void everyKindSurvivesTheRoundTrip_data()
    {
        QTest::addColumn<int>("kind");
        for (int kind = 0; kind <= int(MessageKind::Object); ++kind)
            QTest::addRow("%d", kind) << kind;
    }
    void everyKindSurvivesTheRoundTrip()
    {
        QFETCH(int, kind);
        const Message message{MessageKind(kind), 7,        3,           12345678901234ull,
                              987654321,         "key\tx", "a\\b\nc\td"};
        std::string line = formatMessage(message);
        QCOMPARE(line.back(), '\n');
        line.pop_back();
        QCOMPARE(line.find('\n'), std::string::npos);
        const auto parsed = parseMessage(line);
        QVERIFY(parsed.has_value());
        QVERIFY(*parsed == message);
    }

    void theKindsHaveTheWordsThatHelpersWrite_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("word");
        QTest::newRow("define") << int(MessageKind::Define) << QByteArray("define");
        QTest::newRow("process") << int(MessageKind::Process) << QByteArray("process");
        QTest::newRow("interpreter") << int(MessageKind::Interpreter) << QByteArray("interpreter");
        QTest::newRow("thread") << int(MessageKind::ThreadName) << QByteArray("thread");
        QTest::newRow("object") << int(MessageKind::Object) << QByteArray("object");
        QTest::newRow("ended") << int(MessageKind::ProcessEnded) << QByteArray("ended");
    }
    /// Helpers are written in other languages, so that the words are part of the format.
    void theKindsHaveTheWordsThatHelpersWrite()
    {
        QFETCH(int, kind);
        QFETCH(QByteArray, word);
        const QByteArray line = word + "\t3\t311\t4711\t12\tgil\t5000000";
        const auto parsed =
            parseMessage(std::string_view(line.constData(), std::size_t(line.size())));
        QVERIFY(parsed.has_value());
        const Message expected{MessageKind(kind), 3, 311, 4711, 12, "gil", "5000000"};
        QVERIFY(*parsed == expected);
    }

    void aTooLongTextIsCutToOnePipeWrite()
    {
        Message message;
        message.text = std::string(10'000, '\n');
        const std::string line = formatMessage(message);
        QVERIFY(line.size() <= kLargestMessage);
        QVERIFY(parseMessage(std::string_view(line).substr(0, line.size() - 1)).has_value());
    }

    void garbageIsNoMessage_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no fields") << QByteArray("line");
        QTest::newRow("too few fields") << QByteArray("line\t1\t2\t3");
        QTest::newRow("unknown word") << QByteArray("lines\t1\t2\t3\t4\tk\tt");
        QTest::newRow("no number") << QByteArray("line\tx\t2\t3\t4\tk\tt");
        QTest::newRow("negative task") << QByteArray("line\t-1\t2\t3\t4\tk\tt");
        QTest::newRow("number too large") << QByteArray("line\t99999999999\t2\t3\t4\tk\tt");
    }
    void garbageIsNoMessage()
    {
        QFETCH(QByteArray, line);
        QVERIFY(!parseMessage(std::string_view(line.constData(), std::size_t(line.size()))));
    }

    void aReaderThatIsGoneIsReported()
    {
        int fds[2];
        QVERIFY(pipe(fds) == 0);
        std::signal(SIGPIPE, SIG_IGN);
        QVERIFY(sendMessage(fds[1], {}));
        ::close(fds[0]);
        QVERIFY(!sendMessage(fds[1], {}));
        ::close(fds[1]);
    }
};

QTEST_GUILESS_MAIN(TestMessages)
#include "tst_messages.moc"
