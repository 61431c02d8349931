// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/helperscripts.h"
#include "tests/python/pythonrows.h"
#include "tests/support/programrun.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <string>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;

/// Tasks of gather() and of task groups are nested in the task that makes them.
class TestPythonGroups : public QObject
{
    Q_OBJECT

    std::vector<Python> m_pythons;
    QTemporaryDir m_folder;

    void rows()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<int>("version");
        QTest::addColumn<bool>("isGroup");
        for (const Python &python : m_pythons) {
            const int version = python.version.majorVersion() * 100 + python.version.minorVersion();
            for (const bool isGroup : {false, true}) {
                QTest::addRow("Python %s %s", qPrintable(python.label()),
                              isGroup ? "TaskGroup" : "gather")
                    << python.program << version << isGroup;
            }
        }
    }

    static bool isLeaf(const std::string &name) { return name.find("(leaf)") != std::string::npos; }
    /// The task of that name, or kNoTask. \param name  nullptr: the leaf, which nobody names
    static TaskId taskNamed(const RunReport &report, const char *name)
    {
        for (const TaskId id : tasksOfKind(report, TaskKind::Coroutine)) {
            const std::string found = report.trace->taskName(id);
            if (name ? found == name : isLeaf(found))
                return id;
        }
        return kNoTask;
    }
    static TaskId parentOf(const RunReport &report, TaskId id)
    {
        const TaskRange *range = report.trace->rangeOf(id);
        return range ? range->parent : kNoTask;
    }
    /// From when it was created.
    static TimeSpan spanOf(const RunReport &report, TaskId id)
    {
        const TaskInfo &task = report.trace->task(id);
        return {task.submitted.load(), task.ended.load()};
    }

private slots:
    void initTestCase()
    {
        QVERIFY(!qEnvironmentVariableIsEmpty("INTERLEAVE_SOURCE_DIR"));
        m_pythons = pythons();
        std::erase_if(m_pythons, [](const Python &python) { return !python.isHelped(); });
        if (m_pythons.empty())
            QSKIP("there is no Python from 3.8 on on this machine");
    }

    void theCreatorIsTheCause_data() { rows(); }
    void theCreatorIsTheCause()
    {
        QFETCH(QString, program);
        QFETCH(int, version);
        QFETCH(bool, isGroup);
        if (isGroup && version < 311)
            QSKIP("TaskGroup came with Python 3.11");
        const Told told = HelpedPython(program).run(isGroup ? kTaskGroups : kGather);
        QVERIFY2(told.exitCode == 0, qPrintable(told.output));
        const Message *main = told.find(MessageKind::Define, "Task-1 (main)");
        const Message *branch = told.find(MessageKind::Define, "branch");
        const Message *leaf = nullptr; // asyncio's own name for it has another number in 3.13
        for (const Message &message : told.messages) {
            if (message.kind == MessageKind::Define && isLeaf(message.text))
                leaf = &message;
        }
        const Message *twig = told.find(MessageKind::Define, "twig");
        QVERIFY(main && branch && leaf && twig);
        QCOMPARE(branch->cause, main->task);
        QCOMPARE(leaf->cause, main->task);
        QCOMPARE(twig->cause, branch->task);
        for (const Message *child : {branch, leaf, twig}) {
            const HelperEvent *queued = told.find(child->task, EventKind::Queued);
            QVERIFY2(queued, child->text.c_str());
            QCOMPARE(queued->event.cause, child->cause);
        }
    }

    void theyNestInWhatIsRecorded_data() { rows(); }
    void theyNestInWhatIsRecorded()
    {
        QFETCH(QString, program);
        QFETCH(int, version);
        QFETCH(bool, isGroup);
        if (isGroup && version < 311)
            QSKIP("TaskGroup came with Python 3.11");
        QFile script(m_folder.filePath(QStringLiteral("script.py")));
        QVERIFY(script.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QVERIFY(script.write(isGroup ? kTaskGroups : kGather) > 0);
        script.close();
        const auto report = recordProgram(commandWith({program, script.fileName()}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        const TaskId main = taskNamed(*report, "Task-1 (main)");
        const TaskId branch = taskNamed(*report, "branch");
        const TaskId leaf = taskNamed(*report, nullptr);
        const TaskId twig = taskNamed(*report, "twig");
        QVERIFY(main != kNoTask && branch != kNoTask && leaf != kNoTask && twig != kNoTask);
        // What the lanes are indented by.
        QCOMPARE(parentOf(*report, branch), main);
        QCOMPARE(parentOf(*report, leaf), main);
        QCOMPARE(parentOf(*report, twig), branch);
        QVERIFY(report->trace->task(twig).track.load() != kNoTrack);
        const TimeSpan whole = spanOf(*report, main);
        for (const TaskId child : {branch, leaf, twig}) {
            const TimeSpan span = spanOf(*report, child);
            QVERIFY(span.begin >= whole.begin && span.begin < span.end && span.end <= whole.end);
            QVERIFY(report->trace->task(child).outcome.load() == TaskOutcome::Finished);
        }
        const TimeSpan inner = spanOf(*report, twig), outer = spanOf(*report, branch);
        QVERIFY(inner.begin >= outer.begin && inner.end <= outer.end);
    }
};

QTEST_GUILESS_MAIN(TestPythonGroups)
#include "tst_pythongroups.moc"
