// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/python/helpedpython.h"

#include <QtTest>

#include <vector>

/// First of all in a test with the rows of addPythonRows().
#define FETCH_PYTHON                                                                               \
    QFETCH(QString, program);                                                                      \
    QFETCH(int, version);                                                                          \
    Q_UNUSED(version)                                                                              \
    if (program.isEmpty())                                                                         \
        QSKIP("there is no such Python on this machine");

namespace Interleave::Support
{

/// A row for each Python that is helped, or for each that is too old: `program` and `version` (3.11 is
/// 311). Without any of them one row that skips.
inline void addPythonRows(const std::vector<Python> &pythons, bool helped = true)
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<int>("version");
    int count = 0;
    for (const Python &python : pythons) {
        if (python.isHelped() != helped)
            continue;
        QTest::addRow("Python %s", qPrintable(python.label()))
            << python.program
            << python.version.majorVersion() * 100 + python.version.minorVersion();
        ++count;
    }
    if (count == 0)
        QTest::newRow("none") << QString() << 0;
}

} // namespace Interleave::Support
