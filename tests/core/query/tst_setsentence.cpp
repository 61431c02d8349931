// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"
#include "tests/support/handmadetrace.h"

#include <QJsonObject>
#include <QTest>

#include <string>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

/// Two tasks of 50 ms each, in a run of 1.54 s.
RunReport makeReport(const QString &slug)
{
    RunReport report;
    report.slug = slug;
    report.model = u"threads"_s;
    report.source = Source::Kernel;
    report.statistics.wall = 1540 * kMillisecond;
    for (TaskId id = 1; id <= 2; ++id) {
        TaskStatistics task;
        task.id = id;
        task.name = "task " + std::to_string(id);
        task.outcome = TaskOutcome::Finished;
        task.end = 50 * kMillisecond;
        report.statistics.tasks.push_back(task);
    }
    return report;
}

/// Task 1 is on a core in [0, 40) ms, task 2 on another one from `begin` to 80 ms.
RunReport falseSharingReport(TimestampNs begin)
{
    HandmadeTrace made;
    const TrackIndex first = made.addTask(1, "task 1");
    const TrackIndex second = made.addTask(2, "task 2");
    made.add(first, 0, 40 * kMillisecond, SliceState::Running, 1);
    made.add(second, begin, 80 * kMillisecond, SliceState::Running, 2, WaitReason::None, 1);
    made.publish(100 * kMillisecond);
    RunReport report = makeReport(u"false-sharing"_s);
    report.trace = made.shared();
    report.statistics.wall = 100 * kMillisecond;
    report.params = {{u"increments"_s, 20'000'000}};
    report.result = {{u"ns_per_increment"_s, 1.5}, {u"distance_bytes"_s, 8}};
    return report;
}

/// A lock that task 1 holds for 30 ms, in which task 2 stands in its queue for `queued`.
RunReport lockReport(const QString &slug, DurationNs queued)
{
    HandmadeTrace made;
    (void)made.addTask(1, "task 1");
    (void)made.addTask(2, "task 2");
    const TrackIndex lock = made.addObject(1, ObjectKind::Lock, "lock");
    made.hold(lock, 0, queued, 1, 1, 1);
    made.hold(lock, queued, 30 * kMillisecond, 1, 1, 0);
    made.publish(50 * kMillisecond);
    RunReport report = makeReport(slug);
    report.trace = made.shared();
    return report;
}

} // namespace

#define SAYS(sentence, expected) QVERIFY2((sentence).contains(expected), qPrintable(sentence))
#define DOES_NOT_SAY(sentence, expected)                                                           \
    QVERIFY2(!(sentence).contains(expected), qPrintable(sentence))

class SetSentenceTest : public QObject
{
    Q_OBJECT

private slots:
    void aRateSaysWhatItIsMeasuredOver_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QJsonObject>("result");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a queue") << u"producer-consumer"_s
                                 << QJsonObject{{u"items"_s, 60}, {u"items_per_second"_s, 40.0}}
                                 << u"60 items went through a queue of 5 places in 1.54 s, at 40.0 "
                                    "in a second between the first and the last; "_s;
        QTest::newRow("a pipeline")
            << u"pipeline"_s << QJsonObject{{u"items"_s, 60}, {u"items_per_second"_s, 40.0}}
            << u"60 items came through in 1.54 s, at 40.0 in a second "
               "between the first and the last."_s;
        QTest::newRow("files")
            << u"file-io"_s
            << QJsonObject{{u"files"_s, 8}, {u"bytes"_s, 67'100'000}, {u"mb_per_second"_s, 90.0}}
            << u"8 files, 67.1 MB in all, were read in 1.54 s, at 90 MB in a "
               "second from the beginning of the first to the end of the last."_s;
    }
    void aRateSaysWhatItIsMeasuredOver()
    {
        QFETCH(QString, slug);
        QFETCH(QJsonObject, result);
        QFETCH(QString, expected);
        RunReport report = makeReport(slug);
        report.params = {{u"capacity"_s, 5}};
        report.result = result;
        SAYS(resultSentence(report), expected);
    }

    void oneProducerIsNotSpokenOfAsSeveral()
    {
        RunReport report = makeReport(u"producer-consumer"_s);
        report.statistics.tasks[0].name = "producer 1";
        report.statistics.tasks[1].name = "consumer 1";
        SAYS(resultSentence(report),
             u"; the producer waited 0 ns for a free place, the consumer 0 ns for an item."_s);
        report.statistics.tasks.push_back(report.statistics.tasks[1]);
        SAYS(resultSentence(report), u"the consumers 0 ns for an item."_s);
        report.statistics.tasks.push_back(report.statistics.tasks[0]);
        SAYS(resultSentence(report), u"; the producers waited 0 ns for a free place"_s);
    }

    void whatWasInThePageCacheIsSaidInWords_data()
    {
        QTest::addColumn<double>("coldPercent");
        QTest::addColumn<QString>("expected");
        QTest::newRow("all") << 0.0 << u"; all of it was in the page cache before."_s;
        QTest::newRow("nearly all")
            << 0.3 << u"; less than 1 % of it was not in the page cache before."_s;
        QTest::newRow("some") << 37.4 << u"; 37 % of it was not in the page cache before."_s;
        QTest::newRow("nearly none")
            << 99.7 << u"; more than 99 % of it was not in the page cache before."_s;
        QTest::newRow("none") << 100.0 << u"; none of it was in the page cache before."_s;
    }
    void whatWasInThePageCacheIsSaidInWords()
    {
        QFETCH(double, coldPercent);
        QFETCH(QString, expected);
        RunReport report = makeReport(u"file-io"_s);
        report.result = {
            {u"files"_s, 1}, {u"bytes"_s, 8'400'000}, {u"cold_percent"_s, coldPercent}};
        SAYS(resultSentence(report), u"1 file of 8.4 MB was read in 1.54 s"_s + expected);
    }

    void theTimeInALocksQueueIsCalledSo()
    {
        RunReport report = lockReport(u"lock-cost"_s, 20 * kMillisecond);
        report.params = {{u"mode"_s, u"right"_s}};
        report.result = {{u"expected"_s, 10}, {u"lost"_s, 0}, {u"times_locked"_s, 10}};
        SAYS(resultSentence(report),
             u"A lock was taken 10 times and held for 30.0 ms; the tasks stood in its queue for "
             "20.0 ms in all, 20.0 % of their time"_s);
        report.trace = lockReport(u"lock-cost"_s, kMicrosecond).trace;
        SAYS(resultSentence(report), u"1.00 µs in all, less than 0.1 % of their time"_s);
        report = lockReport(u"deadlock"_s, 20 * kMillisecond);
        report.params = {{u"fix"_s, u"ordered"_s}};
        SAYS(resultSentence(report), u"they stood in the locks' queues for 20.0 ms in all."_s);
    }

    void aDeadlockIsToldInAWholeSentence()
    {
        RunReport report = makeReport(u"deadlock"_s);
        report.outcome = RunOutcome::Deadlocked;
        report.params = {{u"deadlock_shown_ms"_s, 0}};
        report.message = u"task 1 holds lock A and waits for lock B, held by task 2"_s;
        QCOMPARE(resultSentence(report), QString(report.message + u'.'));
        report.message += u'.';
        QCOMPARE(resultSentence(report), report.message);
    }

    void countersThatWereNeverOnCoresAtOnceShowNothingAboutSharing_data()
    {
        QTest::addColumn<qint64>("begin");
        QTest::addColumn<QString>("expected");
        QTest::newRow("never") << qint64(40 * kMillisecond)
                               << u"No two of the tasks were ever on cores at once, so this shows "
                                  "nothing about sharing."_s;
        QTest::newRow("hardly") << qint64(40 * kMillisecond - 900 * kMicrosecond)
                                << u"for less than 1 % of the time, so this shows next to nothing "
                                   "about sharing."_s;
        QTest::newRow("much") << qint64(0) << QString();
    }
    void countersThatWereNeverOnCoresAtOnceShowNothingAboutSharing()
    {
        QFETCH(qint64, begin);
        QFETCH(QString, expected);
        RunReport report = falseSharingReport(begin);
        const QString sentence = resultSentence(report);
        SAYS(sentence,
             u"2 tasks each incremented a counter of its own, 8 bytes from one counter to the "
             "next, 20,000,000 times: 1.50 ns of a core for each increment."_s);
        if (expected.isEmpty())
            DOES_NOT_SAY(sentence, u"about sharing"_s);
        else
            SAYS(sentence, expected);
        report.source = Source::Events; // who was on a core when is not known
        DOES_NOT_SAY(resultSentence(report), u"about sharing"_s);
    }

    void countersOnOneThreadShowNothingAboutSharing()
    {
        RunReport report = falseSharingReport(0);
        report.trace.reset();
        DOES_NOT_SAY(resultSentence(report), u"about sharing"_s);
        for (const QString &model : {u"sequential"_s, u"coroutines"_s}) {
            report.model = model;
            SAYS(resultSentence(report), u"shows nothing about sharing."_s);
        }
    }

    void aLittleOverlapIsNotToldAsNone()
    {
        RunReport report = makeReport(u"global-lock"_s);
        SAYS(resultSentence(report), u"at the same time for 0.0 % of that"_s);
        report.statistics.overlap = 10 * kMicrosecond;
        SAYS(resultSentence(report), u"at the same time for less than 0.1 % of that"_s);
        report.statistics.overlap = 154 * kMillisecond;
        SAYS(resultSentence(report), u"at the same time for 10.0 % of that"_s);
    }

    void theClientThatSentTheRequestsIsNamed()
    {
        RunReport report = makeReport(u"many-requests"_s);
        report.result = {{u"requests"_s, 8},
                         {u"server_peak"_s, 4},
                         {u"threads"_s, 3},
                         {u"cpu_ms"_s, 12.0},
                         {u"client"_s, u"qnetwork"_s}};
        SAYS(resultSentence(report),
             u"at most 4 at once; QNetworkAccessManager took 3 threads and 12.0 ms of CPU time."_s);
        report.result.insert(u"client"_s, u"socket"_s);
        SAYS(resultSentence(report),
             u"at most 4 at once; that took 3 threads and 12.0 ms of CPU time."_s);
    }
};

QTEST_GUILESS_MAIN(SetSentenceTest)
#include "tst_setsentence.moc"
