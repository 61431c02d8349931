// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workplan.h"

#include <QTest>

using namespace Interleave;

class TestWorkPlan : public QObject
{
    Q_OBJECT

private slots:
    void aFixedAmountOfWorkIsSharedOut()
    {
        WorkParameters parameters;
        QCOMPARE(spinnerMs(parameters, 16), 125.0); // as the set is by default
        parameters.set("fixed", "in-all");
        parameters.set("total_ms", "600");
        parameters.set("each_ms", "50");
        QCOMPARE(spinnerMs(parameters, 1), 600.0);
        QCOMPARE(spinnerMs(parameters, 4), 150.0);
        QCOMPARE(spinnerMs(parameters, 0), 600.0);
    }

    void whatEveryTaskBringsIsTheSameHoweverManyThereAre()
    {
        WorkParameters parameters;
        parameters.set("fixed", "per-task");
        parameters.set("total_ms", "600");
        QCOMPARE(spinnerMs(parameters, 4), 200.0); // by default
        parameters.set("each_ms", "50");
        for (const int tasks : {1, 4, 512})
            QCOMPARE(spinnerMs(parameters, tasks), 50.0);
        parameters.set("each_ms", "-1");
        QCOMPARE(spinnerMs(parameters, 4), 0.0);
    }
};

QTEST_GUILESS_MAIN(TestWorkPlan)
#include "tst_workplan.moc"
