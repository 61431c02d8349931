// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/heldchild.h"

#include <QCoreApplication>
#include <QTest>

#include <string>
#include <string_view>

namespace Interleave
{

/// A child's exit status: this machine does not allow what it was to do.
constexpr int kRefused = 77;

/// The last step of a test that a child does for it: lets one act as `mode` says, and fails with its words
/// unless it ends with 0. Skips with the reason `refusal` when it was refused.
inline void verifyChild(const char *mode, const std::string &refusal)
{
    HeldChild child(mode);
    QVERIFY(child.release());
    const std::string said = child.rest();
    const int status = child.wait();
    if (status == kRefused)
        QSKIP((refusal + said).c_str());
    QVERIFY2(status == 0, said.c_str());
}

/// What main() does in a test whose children are of the same program: acts as the mode says when it is one
/// of them, else runs the test.
template<typename Test>
int runWithChildren(int argc, char **argv, int (*actAs)(std::string_view))
{
    if (const char *mode = HeldChild::childMode(argc, argv))
        _exit(actAs(mode));
    QCoreApplication app(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace Interleave
