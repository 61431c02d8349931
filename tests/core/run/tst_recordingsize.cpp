// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runloop_p.h"
#include "core/taskset/catalogue.h"
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/runlistener.h"

#include <QtTest>

#include <string>
#include <vector>

using namespace Interleave;
using namespace Qt::StringLiterals;

/// Recordings that need more memory than they may.
class TestRecordingSize : public QObject
{
    Q_OBJECT

private:
    static constexpr std::size_t kLimit = std::size_t(2) << 20;

private slots:
    void initTestCase() { registerRunTypes(); }
    void cleanup() { QCOMPARE(childrenOfThisProcess(), std::vector<pid_t>()); }

    void withoutAnotherWishItIsFourGiB()
    {
        QCOMPARE(RunRequest().largestTrace, std::size_t(4'294'967'296));
    }

    void itIsToldInItsUnit_data()
    {
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("as it is") << (qint64(4) << 30) << u"had grown to 4 GiB, "_s;
        QTest::newRow("small") << qint64(kLimit) << u"had grown to 2 MiB, "_s;
    }
    void itIsToldInItsUnit()
    {
        QFETCH(qint64, bytes);
        QFETCH(QString, text);
        const QString told = tooLargeText(std::size_t(bytes));
        QVERIFY2(told.contains(text), qPrintable(told));
        QVERIFY2(told.endsWith(u"record for a shorter time"_s), qPrintable(told));
    }

    void aProgramThatGoesOnForEverIsEndedAndKept()
    {
        // Every line has a mark, whatever the source is.
        RunRequest request = shellRequest(u"while :; do echo a line; done"_s);
        request.largestTrace = kLimit;
        const RunReport report = runToEnd(request);
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QCOMPARE(report.message, tooLargeText(kLimit));
        QVERIFY2(report.sentence.contains(u"had grown to 2 MiB"_s), qPrintable(report.sentence));
        QVERIFY(report.command->signal.has_value());
        QVERIFY(report.command->leftRunning.empty());
        // What was recorded until then.
        QVERIFY(report.trace && report.trace->isFinished());
        QVERIFY(report.trace->allocatedBytes() > kLimit);
        QVERIFY(report.trace->marks().size() > 1'000);
        QVERIFY(report.lines.size() >= report.trace->marks().size());
        const std::string *text = report.trace->markText(report.trace->marks()[0].number);
        QVERIFY(text != nullptr);
        QCOMPARE(*text, std::string("a line"));
        if (report.source != Source::Events)
            QVERIFY(report.statistics.wall > 0);
    }

    void aTaskSetIsEndedToo()
    {
        const Catalogue catalogue = Catalogue::load().value();
        RunRequest request;
        request.set = catalogue.named(u"two-sleepers"_s).value();
        request.model = u"threads"_s;
        request.params = checkedParameters(request.set, {}).value();
        request.largestTrace = 1; // any is larger
        const RunReport report = runToEnd(request);
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QCOMPARE(report.message, tooLargeText(1));
        QVERIFY2(report.sentence.contains(u"had grown to"_s), qPrintable(report.sentence));
        QVERIFY(report.trace && report.trace->isFinished());
    }
};

QTEST_GUILESS_MAIN(TestRecordingSize)
#include "tst_recordingsize.moc"
