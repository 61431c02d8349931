// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/run/describedprocesses.h"

#include <QtTest>

using namespace Interleave;
using namespace Interleave::DescribedProcesses;

/// Which processes have the helper of a language, as far as it does not say so in each of them.
class TestProcessDescriptionsHelpers : public QObject
{
    Q_OBJECT

private slots:
    void aForkHasTheHelperOfItsParentUntilItsExec()
    {
        Described run;
        run.programs[kRoot] = {words("python3 a.py"), "/usr/bin/python3.11"};
        run.programs[21] = {words("python3 -I b.py"), "/usr/bin/python3.11"};
        run.exec(100, kRoot);
        const ProcessIndex before = run.addProcess(20);
        const ProcessIndex executing = run.addProcess(21);
        const ProcessIndex ofExecuting = run.addProcess(22);
        // In the drain that the helper is heard in, too: what it says comes after all that was seen.
        run.descriptions.add({run.fork(200, 20, 20, kRoot), run.fork(210, 21, 21, kRoot)});
        run.descriptions.setInterpreter(kRoot, Interpreter::Python, kMillisecond);
        run.descriptions.add({run.event(SchedEventKind::Exec, 220, 21, 21)});
        run.add({run.fork(230, 22, 22, 21)});
        QVERIFY2(run.trace.process(before).hasHelper.load(), "it only computes");
        QVERIFY(!run.trace.process(executing).hasHelper.load());
        QVERIFY(!run.trace.process(ofExecuting).hasHelper.load());
        const ProcessIndex later = run.addProcess(23);
        run.add({run.fork(300, 23, 23, kRoot)});
        QVERIFY(run.trace.process(later).hasHelper.load());
    }

    void whatAHelperSaysBeforeItsExecIsSeenIsNotItsParents()
    {
        Described run;
        run.exec(100, kRoot); // a shell
        run.add({run.fork(200, 20, 20, kRoot)});
        run.descriptions.setInterpreter(20, Interpreter::Python, kMillisecond);
        const ProcessIndex other = run.addProcess(21);
        run.add({run.fork(210, 21, 21, kRoot)});
        QVERIFY(!run.trace.process(other).hasHelper.load());
    }

    void whereExecsAreNotSeenOnlyAnotherProgramLosesTheHelper()
    {
        Described run(Source::Sampled);
        const Program helped{words("python3 a.py"), "/usr/bin/python3.11", false};
        run.programs[kRoot] = helped;
        run.programs[20] = {helped.commandLine, helped.executable, true};
        run.programs[21] = {words("python3 -I b.py"), "/usr/bin/python3.11", false};
        run.descriptions.setInterpreter(kRoot, Interpreter::Python, kMillisecond);
        run.add({run.event(SchedEventKind::Name, 100, kRoot, kRoot)}); // its exec
        const ProcessIndex renamed = run.addProcess(20);
        const ProcessIndex executing = run.addProcess(21);
        run.add({run.fork(200, 20, 20, kRoot), run.fork(210, 21, 21, kRoot)});
        QVERIFY(run.trace.process(0).hasHelper.load());
        QVERIFY(run.trace.process(executing).hasHelper.load());
        run.add({run.event(SchedEventKind::Name, 300, 20, 20),
                 run.event(SchedEventKind::Name, 310, 21, 21)});
        QVERIFY(run.trace.process(renamed).hasHelper.load());
        QVERIFY(!run.trace.process(executing).hasHelper.load());
    }
};

QTEST_GUILESS_MAIN(TestProcessDescriptionsHelpers)
#include "tst_processdescriptionshelpers.moc"
