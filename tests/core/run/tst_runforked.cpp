// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/programrun.h"

#include <QtTest>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// One child that only computes, and one that becomes a Python without the helper.
const char *const kForks = R"(
import os, sys
computing = os.fork()
if computing == 0:
    sum(range(2_000_000))
    os._exit(0)
isolated = os.fork()
if isolated == 0:
    os.execv(sys.executable, [sys.executable, '-I', '-c', 'sum(range(2_000_000))'])
os.waitpid(computing, 0)
os.waitpid(isolated, 0)
)";

/// Becomes itself, once.
const char *const kExecs = R"(
import os, sys
if 'SECOND_LIFE' not in os.environ:
    os.environ['SECOND_LIFE'] = '1'
    os.execv(sys.executable, sys.orig_argv if hasattr(sys, 'orig_argv') else [sys.executable])
sum(range(2_000_000))
)";

/// Three times as many names as a run keeps: should the helper find no room for some, there are more. The
/// pauses are for whoever reads them, who may be slow under a sanitizer.
const char *const kDefines = R"(
import threading, time
hook = getattr(threading.Thread, '_wait_for_tstate_lock', threading.Thread.join)
say = hook.__globals__['helper'].say # the helper shows itself nowhere else
for i in range(600_000):
    say('define', 1, 0, 1, 'job', 'x')
    if i % 200 == 0: time.sleep(0.001)
)";

} // namespace

/// What is true of processes and tasks of which no helper says anything itself, in real runs.
class TestRunForked : public QObject
{
    Q_OBJECT

private:
    QString m_python;

    [[nodiscard]] std::optional<RunReport> record(const char *script) const
    {
        return recordProgram(commandWith({m_python, u"-c"_s, QString::fromLatin1(script)}));
    }

private slots:
    void initTestCase()
    {
        m_python = pythonProgram();
        if (m_python.isEmpty())
            QSKIP("python3 is not installed");
    }

    void aForkThatOnlyComputesHasTheHelper()
    {
        const std::optional<RunReport> report = record(kForks);
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const std::vector<ProcessReport> &all = report->command->processes;
        QCOMPARE(all.size(), std::size_t(3));
        for (const ProcessReport &process : all) {
            const bool isIsolated = process.commandLine.contains(u" -I "_s);
            QVERIFY2(process.hasHelper != isIsolated, qPrintable(process.commandLine));
            QVERIFY2(!process.interpreter.isEmpty(), qPrintable(process.commandLine));
        }
        QCOMPARE(std::count_if(all.begin(), all.end(),
                               [](const ProcessReport &process) { return process.hasHelper; }),
                 std::ptrdiff_t(2));
        const QString &sentence = report->sentence;
        QVERIFY2(sentence.contains(u"Kernel view only of "_s), qPrintable(sentence));
        QVERIFY2(!sentence.contains(u"os.fork"_s), qPrintable(sentence));
    }

    void aPythonThatBecomesAnotherHasItsHelper()
    {
        const std::optional<RunReport> report = record(kExecs);
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QCOMPARE(report->command->processes.size(), std::size_t(1));
        QVERIFY(report->command->processes.front().hasHelper);
        QVERIFY2(!report->sentence.contains(u"Kernel view"_s), qPrintable(report->sentence));
    }

    void namesOfTasksBeyondWhatIsKeptAreTold()
    {
        const std::optional<RunReport> report = record(kDefines);
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        QVERIFY2(report->message.contains(
                     u" names of tasks are missing: there are more than a run keeps"_s),
                 qPrintable(report->message));
    }
};

QTEST_GUILESS_MAIN(TestRunForked)
#include "tst_runforked.moc"
