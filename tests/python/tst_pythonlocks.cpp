// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/python/helperscripts.h"
#include "tests/python/pythonrows.h"

#include <QtTest>

#include <map>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;

/// "Show locks": what the program's own locks and the like are waited for.
class TestPythonLocks : public QObject
{
    Q_OBJECT

    std::vector<Python> m_pythons;

    /// "Wait:Lock Lock 1": what the threads but the main one told of, in order, with the object that it
    /// is about; the script's line behind the object's name is left out.
    static QStringList storyOfOthers(const Told &told)
    {
        std::map<std::uint32_t, QString> names;
        for (const Message &message : told.messages) {
            if (message.kind == MessageKind::Object)
                names[message.task] =
                    QString::fromStdString(message.text).section(QStringLiteral(" ("), 0, 0);
        }
        QStringList story;
        for (const HelperEvent &event : told.events) {
            if (event.tid == told.pids[0])
                continue;
            QString entry = Told::described(event.event);
            const auto name = names.find(event.event.argument);
            if (name != names.end())
                entry += QLatin1Char(' ') + name->second;
            story.append(entry);
        }
        return story;
    }

private slots:
    void initTestCase()
    {
        QVERIFY(!qEnvironmentVariableIsEmpty("INTERLEAVE_SOURCE_DIR"));
        m_pythons = pythons();
    }

    void locksAreToldWhenAskedFor_data() { addPythonRows(m_pythons); }
    void locksAreToldWhenAskedFor()
    {
        FETCH_PYTHON
        HelpedPython python(program);
        const Told without = python.run(kLocks);
        QCOMPARE(without.exitCode, 0);
        QVERIFY(without.texts(MessageKind::Object).isEmpty());
        QVERIFY(!without.waits().contains(QLatin1String("Acquire")));
        QVERIFY(!without.waits().contains(QLatin1String("Wait:Lock")));
        python.flags = HelperBoard::kShowLocks;
        const Told told = python.run(kLocks);
        QCOMPARE(told.exitCode, 0);
        const QStringList expected{QStringLiteral("Lock 1 (script.py:3)"),
                                   QStringLiteral("Semaphore 1 (script.py:3)"),
                                   QStringLiteral("Event 1 (script.py:3)")};
        QCOMPARE(told.texts(MessageKind::Object), expected);
        QVERIFY(told.output.startsWith(QLatin1String("<unlocked _thread.lock object")));
        QStringList mains;
        for (const HelperEvent &event : told.events) {
            if (event.tid == told.pids[0])
                mains.append(Told::described(event.event));
        }
        QCOMPARE(mains.value(0), QStringLiteral("Acquire"));
        QCOMPARE(mains.count(QStringLiteral("Acquire")), qsizetype(2));
        QCOMPARE(mains.count(QStringLiteral("Release")), qsizetype(2));
        const QStringList others = storyOfOthers(told);
        const QStringList waited{QStringLiteral("Wait:Lock! Lock 1"), QStringLiteral("WaitEnd")};
        const QStringList held{QStringLiteral("Acquire Lock 1"), QStringLiteral("Release Lock 1")};
        // The first attempt times out; how many more do depends on the machine.
        QVERIFY2(others.size() >= 6, qPrintable(others.join(QStringLiteral(", "))));
        QCOMPARE(others.mid(0, 2), waited);
        QCOMPARE(others.mid(others.size() - 2), held);
    }

    void everyKindOfWaitIsToldWithItsObject_data() { addPythonRows(m_pythons); }
    void everyKindOfWaitIsToldWithItsObject()
    {
        FETCH_PYTHON
        HelpedPython python(program);
        python.flags = HelperBoard::kShowLocks;
        const Told told = python.run(kEveryWait);
        QCOMPARE(told.output, QStringLiteral("every one came\n"));
        QCOMPARE(told.exitCode, 0);
        QCOMPARE(told.dropped, std::uint64_t(0));
        const QStringList kinds{QStringLiteral("lock"),      QStringLiteral("lock"),
                                QStringLiteral("condition"), QStringLiteral("semaphore"),
                                QStringLiteral("latch"),     QStringLiteral("barrier"),
                                QStringLiteral("channel")};
        QStringList found;
        for (const Message &message : told.messages) {
            if (message.kind == MessageKind::Object)
                found.append(QString::fromStdString(message.key));
        }
        QCOMPARE(found, kinds);
        const QStringList story{QStringLiteral("Wait:Lock Lock 1"),
                                QStringLiteral("WaitEnd"),
                                QStringLiteral("Acquire Lock 1"),
                                QStringLiteral("Release Lock 1"),
                                QStringLiteral("Wait:Lock RLock 1"),
                                QStringLiteral("WaitEnd"),
                                QStringLiteral("Acquire RLock 1"),
                                QStringLiteral("Release RLock 1"),
                                QStringLiteral("Wait:Condition Condition 1"),
                                QStringLiteral("WaitEnd"),
                                QStringLiteral("Wait:Semaphore Semaphore 1"),
                                QStringLiteral("WaitEnd"),
                                QStringLiteral("Acquire Semaphore 1"),
                                QStringLiteral("Wait:Event Event 1"),
                                QStringLiteral("WaitEnd"),
                                QStringLiteral("Wait:Barrier Barrier 1"),
                                QStringLiteral("WaitEnd"),
                                QStringLiteral("Wait:Queue Queue 1"),
                                QStringLiteral("WaitEnd")};
        QCOMPARE(storyOfOthers(told), story);
    }
};

QTEST_GUILESS_MAIN(TestPythonLocks)
#include "tst_pythonlocks.moc"
