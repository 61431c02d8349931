// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/databasestate.h"
#include "core/engine/database/databasetarget.h"

#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

class TestDatabaseTarget : public QObject
{
    Q_OBJECT

private slots:
    void nothingIsTheEmbeddedDatabase()
    {
        for (const QString &text : {QString(), u""_s, u"  "_s}) {
            const auto target = databaseTarget(text, u"/tmp/a.db"_s);
            QVERIFY(target && target.value().isEmbedded);
            QCOMPARE(target.value().file, u"/tmp/a.db"_s);
            QCOMPARE(target.value().driver(), u"QSQLITE"_s);
        }
    }

    void allPartsOfAnAddressAreRead()
    {
        const auto target = databaseTarget(u"mysql://me:a%3Ab@db.example:3307/shop"_s, QString());
        QVERIFY(target.isOk());
        QVERIFY(!target.value().isEmbedded);
        QCOMPARE(target.value().driver(), u"QMYSQL"_s);
        QCOMPARE(target.value().user, u"me"_s);
        QCOMPARE(target.value().password, u"a:b"_s);
        QCOMPARE(target.value().host, u"db.example"_s);
        QCOMPARE(target.value().port, 3307);
        QCOMPARE(target.value().name, u"shop"_s);
        QVERIFY(target.value().socket.isEmpty());
    }

    void aSocketStandsBehindTheQuestionMark()
    {
        const auto target =
            databaseTarget(u"mariadb://root@localhost/shop?socket=/run/my%20sql.sock"_s, QString());
        QVERIFY(target.isOk());
        QCOMPARE(target.value().socket, u"/run/my sql.sock"_s);
        QCOMPARE(target.value().port, 0);
    }

    void whatIsNoAddressIsToldWithoutThePassword_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("a file") << u"/tmp/a.db"_s;
        QTest::newRow("another kind") << u"postgres://me:secret@host/db"_s;
        QTest::newRow("no database") << u"mysql://me:secret@host"_s;
        QTest::newRow("no database, but a slash") << u"mysql://me:secret@host/"_s;
        QTest::newRow("a path") << u"mysql://me:secret@host/a/b"_s;
        QTest::newRow("an unknown option") << u"mysql://me:secret@host/db?ssl=1"_s;
        QTest::newRow("a relative socket") << u"mysql://me:secret@host/db?socket=a.sock"_s;
        QTest::newRow("more options") << u"mysql://me:secret@host/db?socket=/a;CLIENT_SSL=1"_s;
        QTest::newRow("no port") << u"mysql://me:secret@host:port/db"_s;
        QTest::newRow("a ? in it") << u"mysql://me:pass?secret@host/db"_s;
        QTest::newRow("a ? and a = in it") << u"mysql://me@host/pass?secret=1@host/db"_s;
        QTest::newRow("an @ in it") << u"mysql://me:pass@secret@host/db"_s;
        QTest::newRow("a / in it") << u"mysql://me:1/secret@host"_s;
        QTest::newRow("a # in it") << u"mysql://me:1/pass#secret@host/db"_s;
        QTest::newRow("a % in it") << u"mysql://me:%secret@host/db"_s;
        QTest::newRow("no scheme") << u"secret:word@host/db"_s;
        QTest::newRow("no slashes") << u"secret:me@host"_s;
        QTest::newRow("as an option") << u"mysql://me@host/db?secret=1"_s;
        QTest::newRow("as a second option") << u"mysql://me@host/db?socket=/a&password=secret"_s;
    }
    void whatIsNoAddressIsToldWithoutThePassword()
    {
        QFETCH(QString, text);
        const auto target = databaseTarget(text, u"/tmp/a.db"_s);
        QVERIFY(!target);
        QCOMPARE(target.error().code, ErrorCode::BadInput);
        const QString message = QString::fromStdString(target.error().message);
        QVERIFY2(message.contains(u"expected is mysql://"_s), qPrintable(message));
        QVERIFY2(!message.contains(u"secret"_s), qPrintable(message));
    }

    void thePlanFollowsItsSeedAndItsBounds()
    {
        WorkParameters parameters;
        parameters.set("queries", "200");
        parameters.set("query_ms", "40");
        parameters.set("hold_ms", "10");
        const DatabasePlan plan = databasePlan(parameters);
        DurationNs sum = 0;
        for (int query = 0; query < plan.queries; ++query) {
            QVERIFY(plan.wait(query) >= 20 * kMillisecond && plan.wait(query) <= 60 * kMillisecond);
            QCOMPARE(plan.wait(query) % kMicrosecond, DurationNs(0));
            sum += plan.wait(query) + 10 * kMillisecond;
        }
        QCOMPARE(plan.total(), sum);
        QCOMPARE(plan.ideal(1), sum);
        QCOMPARE(plan.idealOfBatches(1), sum);
        QVERIFY(plan.ideal(5) >= sum / 5 && plan.ideal(5) <= sum / 5 + 70 * kMillisecond);
        QVERIFY(plan.idealOfBatches(5) >= sum / 5);
        parameters.set("seed", "2");
        QVERIFY(databasePlan(parameters).wait(0) != plan.wait(0));
        QCOMPARE(databasePlan(WorkParameters()).queries, 30);
        QCOMPARE(databasePlan(WorkParameters()).poolMax, 5);
    }
};

QTEST_GUILESS_MAIN(TestDatabaseTarget)
#include "tst_databasetarget.moc"
