// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/parametertext.h"

#include <QTest>

using namespace Interleave;

class TestParameterText : public QObject
{
    Q_OBJECT

private slots:
    void aUnitIsTakenFromTheName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("at the end")
            << QStringLiteral("work_ms") << QJsonValue(400) << QStringLiteral("work 400 ms");
        QTest::newRow("within") << QStringLiteral("job_ms_min") << QJsonValue(2)
                                << QStringLiteral("job min 2 ms");
        QTest::newRow("none") << QStringLiteral("most_tasks") << QJsonValue(8)
                              << QStringLiteral("most tasks 8");
        QTest::newRow("the whole name")
            << QStringLiteral("ms") << QJsonValue(3) << QStringLiteral("ms 3");
        QTest::newRow("of no number")
            << QStringLiteral("wait_ms") << QJsonValue(QStringLiteral("a"))
            << QStringLiteral("wait ms a");
    }
    void aUnitIsTakenFromTheName()
    {
        QFETCH(QString, name);
        QFETCH(QJsonValue, value);
        QFETCH(QString, text);
        QCOMPARE(parameterText(name, value), text);
    }

    void noneIsMentionedWhereItIsAChoice()
    {
        const QJsonValue none(QStringLiteral("none"));
        QCOMPARE(parameterText(QStringLiteral("fix"), none), QStringLiteral("fix none"));
        QCOMPARE(parameterText(QStringLiteral("mode"), none), QStringLiteral("mode none"));
        QCOMPARE(parameterText(QStringLiteral("pin"), none), QStringLiteral("pin none"));
        QCOMPARE(parameterText(QStringLiteral("share"), none), QString()); // as for threads
    }
};

QTEST_GUILESS_MAIN(TestParameterText)
#include "tst_parametertext.moc"
