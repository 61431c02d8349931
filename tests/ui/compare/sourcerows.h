// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/observer.h"

#include <QTest>

namespace Interleave
{

/// Test data: a row for each kind of source, as int(Source) in the column "source", with what it knows.
inline void addRowPerSource()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<bool>("knowsTotals");
    QTest::addColumn<bool>("knowsSwitches");
    QTest::newRow("kernel") << int(Source::Kernel) << true << true;
    QTest::newRow("sampled") << int(Source::Sampled) << true << false;
    QTest::newRow("events") << int(Source::Events) << false << false;
}

} // namespace Interleave
