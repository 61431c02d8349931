// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/linebudget.h"

#include <QtTest>

#include <limits>

using namespace Interleave;

class TestLineBudget : public QObject
{
    Q_OBJECT

private slots:
    void theFirstLinesAreKept()
    {
        LineBudget budget;
        for (std::size_t i = 0; i < LineBudget::kMostLines; ++i)
            QVERIFY(budget.take(1));
        QCOMPARE(budget.refused(), std::uint64_t(0));
        QVERIFY(!budget.take(0));
        QVERIFY(!budget.take(1));
        QCOMPARE(budget.kept(), std::uint64_t(LineBudget::kMostLines));
        QCOMPARE(budget.refused(), std::uint64_t(2));
    }

    void longLinesUseItUpSooner()
    {
        LineBudget budget;
        QVERIFY(budget.take(LineBudget::kMostBytes - 1));
        QVERIFY(budget.take(1));
        QVERIFY(budget.take(0));
        QVERIFY(!budget.take(1));
        QCOMPARE(budget.kept(), std::uint64_t(3));
    }

    void afterTheFirstRefusalNothingIsKept()
    {
        LineBudget budget;
        QVERIFY(budget.take(10));
        QVERIFY(!budget.take(std::numeric_limits<std::size_t>::max()));
        QVERIFY(!budget.take(0));
        QCOMPARE(budget.kept(), std::uint64_t(1));
        QCOMPARE(budget.refused(), std::uint64_t(2));
    }
};

QTEST_GUILESS_MAIN(TestLineBudget)
#include "tst_linebudget.moc"
