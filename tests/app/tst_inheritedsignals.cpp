// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/realprogram.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>

#include <csignal>

using namespace RealProgram;
using namespace Qt::StringLiterals;

namespace
{

/// The real program, started by somebody who lets the kernel take away children that have ended: who
/// inherits that cannot learn how they ended (wait(2)).
Output withoutChildSignals(const QStringList &words)
{
    QProcess process;
    process.setChildProcessModifier([] { ::signal(SIGCHLD, SIG_IGN); });
    process.start(program(), words);
    return outputOf(process);
}

} // namespace

/// SIGCHLD is ignored where the program is started from.
class TestInheritedSignals : public QObject
{
    Q_OBJECT

private slots:
    void howACommandEndedIsKnown_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("well") << u"exit 0"_s << 0 << QByteArray("ended with status 0");
        QTest::newRow("its own") << u"exit 3"_s << 3 << QByteArray("ended with status 3");
        QTest::newRow("killed") << u"kill -KILL $$"_s << 137
                                << QByteArray("was ended by signal 9 (SIGKILL: Killed)");
    }
    void howACommandEndedIsKnown()
    {
        QFETCH(QString, script);
        QFETCH(int, code);
        QFETCH(QByteArray, told);
        const Output output = withoutChildSignals(QStringList{u"record"_s} + shell(script));
        QVERIFY2(output.code == code, output.err.constData());
        QVERIFY2(output.err.contains(told), output.err.constData());
    }

    void theCommandInheritsItAsWithoutUs()
    {
        const Output output = withoutChildSignals(
            {u"record"_s, u"--"_s, u"grep"_s, u"SigIgn"_s, u"/proc/self/status"_s});
        QVERIFY2(output.code == 0, output.err.constData());
        const quint64 ignored = output.out.split('\t').value(1).trimmed().toULongLong(nullptr, 16);
        QVERIFY2((ignored >> (SIGCHLD - 1) & 1) != 0, output.out.constData());
    }

    void whatItLeftRunningIsFound()
    {
        const Output output =
            withoutChildSignals(QStringList{u"record"_s, u"--json"_s}
                                + shell(u"sleep 100 </dev/null >/dev/null 2>&1 & echo pid=$!="_s));
        const int pid = output.err.split('=').value(1).toInt();
        QVERIFY2(pid > 1, output.err.constData());
        const bool isThere = ::kill(pid, 0) == 0;
        ::kill(pid, SIGKILL);
        QCOMPARE(output.code, 0);
        QVERIFY(isThere);
        QCOMPARE(output.command().value("left_running"_L1).toArray(), QJsonArray{pid});
    }

    void howTheProcessesOfATaskSetEndedIsKnown()
    {
        const Output output = withoutChildSignals(
            words("run primes --model processes --param tasks=2 --param work_ms=60 --json"));
        QVERIFY2(output.code == 0, output.err.constData());
        QCOMPARE(output.json().value("outcome"_L1).toString(), u"finished"_s);
        const QJsonArray children = output.json().value("children"_L1).toArray();
        QCOMPARE(children.size(), qsizetype(2));
        for (const QJsonValue &child : children)
            QCOMPARE(child.toObject().value("exit_code"_L1).toInt(-1), 0);
    }
};

QTEST_GUILESS_MAIN(TestInheritedSignals)
#include "tst_inheritedsignals.moc"
