// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/knowledge.h"

#include <QTest>

using namespace Interleave;

class TestKnowledge : public QObject
{
    Q_OBJECT

private slots:
    void everySourceKnowsWhatItsRecordsTell_data();
    void everySourceKnowsWhatItsRecordsTell();
    void togetherTheyKnowWhatBothKnow();
};

void TestKnowledge::everySourceKnowsWhatItsRecordsTell_data()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<bool>("totals");
    QTest::addColumn<bool>("switches");
    QTest::newRow("whole machine") << int(Source::KernelWide) << true << true;
    QTest::newRow("kernel") << int(Source::Kernel) << true << true;
    QTest::newRow("sampled") << int(Source::Sampled) << true << false;
    QTest::newRow("events") << int(Source::Events) << false << false;
}

void TestKnowledge::everySourceKnowsWhatItsRecordsTell()
{
    QFETCH(int, source);
    QFETCH(bool, totals);
    QFETCH(bool, switches);
    const Knowledge knows = knowledgeOf(Source(source));
    QCOMPARE(knows.totals, totals);
    QCOMPARE(knows.switches, switches);
}

void TestKnowledge::togetherTheyKnowWhatBothKnow()
{
    const Knowledge kernel = knowledgeOf(Source::Kernel);
    const Knowledge sampled = knowledgeOf(Source::Sampled);
    const Knowledge events = knowledgeOf(Source::Events);
    QVERIFY(sharedKnowledge(kernel, kernel) == kernel);
    QVERIFY(sharedKnowledge(kernel, sampled) == sampled);
    QVERIFY(sharedKnowledge(sampled, events) == events);
}

QTEST_GUILESS_MAIN(TestKnowledge)
#include "tst_knowledge.moc"
