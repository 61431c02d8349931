// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/holderlist.h"

#include <QTest>

#include <cstddef>

using namespace Interleave;

class TestHolderList : public QObject
{
    Q_OBJECT

private slots:
    void whoGetsItAloneReplacesAllOthers()
    {
        HolderList holders;
        holders.acquire(1, AccessMode::Shared, 0);
        holders.acquire(2, AccessMode::Shared, 0);
        QCOMPARE(holders.size(), std::size_t(2));
        holders.acquire(3, AccessMode::Exclusive, 0);
        QCOMPARE(holders.onlyOne(), TaskId(3));
        QVERIFY(!holders.isNamed(1));
    }

    void aReleaseSaysWhetherItWasTheLastPermitOfTheTask()
    {
        HolderList holders;
        holders.acquire(1, AccessMode::Permit, 3);
        holders.acquire(2, AccessMode::Permit, 3);
        holders.acquire(1, AccessMode::Permit, 3);
        QVERIFY(!holders.release(1));
        QVERIFY(holders.isNamed(1));
        QVERIFY(holders.release(1));
        QVERIFY(!holders.isNamed(1));
        QVERIFY(!holders.isSignal());
        QCOMPARE(holders.onlyOne(), TaskId(2));
    }

    void aPermitFromOneThatHadNoneMakesASignal()
    {
        HolderList holders;
        holders.acquire(1, AccessMode::Permit, 1);
        QVERIFY(holders.release(9));
        QVERIFY(holders.isSignal());
        QVERIFY(holders.isEmpty());
        holders.acquire(2, AccessMode::Permit, 1);
        holders.release(2);
        QVERIFY(holders.isSignal()); // for ever
    }

    void aLockIsNeverASignal()
    {
        HolderList holders;
        holders.release(9); // its Acquire is not on record
        holders.acquire(1, AccessMode::Exclusive, 0);
        holders.release(9);
        QVERIFY(!holders.isSignal());
        QCOMPARE(holders.onlyOne(), TaskId(1));
    }

    void whereNotAllAreNamedAReleaseProvesNothing()
    {
        HolderList holders;
        const auto all = TaskId(HolderList::kMostNamed + 1);
        for (TaskId task = 1; task <= all; ++task)
            holders.acquire(task, AccessMode::Permit, 0);
        QVERIFY(!holders.areAllNamed());
        QVERIFY(holders.release(all));
        QVERIFY(holders.areAllNamed());
        QVERIFY(!holders.isSignal());
        QCOMPARE(holders.size(), HolderList::kMostNamed);
    }
};

QTEST_GUILESS_MAIN(TestHolderList)
#include "tst_holderlist.moc"
