// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/slicescsv.h"
#include "core/format/slicescsvreader.h"
#include "core/query/statistics.h"

#include <QBuffer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace Interleave;

namespace
{

const QByteArray kHeader =
    "track_kind,track,core,pid,tid,thread,task,state,reason,start_ns,duration_ns\n";

Result<std::shared_ptr<const Trace>> readRows(const QByteArray &rows)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("slices.csv"));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(kHeader + rows) < 0)
        qFatal("no file");
    file.close();
    return readSlicesCsv(path);
}

/// The ids of the tasks of that name, in their order.
std::vector<TaskId> tasksNamed(const Trace &trace, const std::string &name)
{
    std::vector<TaskId> found;
    for (TaskId id = 1; id < trace.taskEnd(); ++id) {
        if (trace.taskName(id) == name)
            found.push_back(id);
    }
    return found;
}

const Track *trackOf(const Trace &trace, TrackKind kind)
{
    for (TrackIndex i = 0; i < trace.trackCount(); ++i) {
        if (trace.track(i).kind == kind)
            return &trace.track(i);
    }
    return nullptr;
}

} // namespace

class SlicesCsvReaderTest : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyFileIsAnEmptyTrace()
    {
        const auto trace = readRows({});
        QVERIFY(trace.isOk());
        QCOMPARE(trace.value()->trackCount(), std::size_t(0));
        QVERIFY(trace.value()->isFinished());
        QCOMPARE(trace.value()->origin(), TimestampNs(0));
    }

    void whatWasReadIsWrittenAgainAsItWas()
    {
        const QByteArray rows = "core,core 0,0,7,8,w,prime 1,running,,1000,50\n"
                                "thread,w,0,7,8,w,prime 1,running,,1000,50\n"
                                "thread,w,,7,8,w,prime 1,blocked,sleep,1050,20\n"
                                "task,prime 1,0,7,8,w,prime 1,running,,1000,50\n"
                                "task,prime 1,,7,8,w,prime 1,blocked,sleep,1050,20\n";
        const auto trace = readRows(rows);
        QVERIFY2(trace.isOk(), trace ? "" : trace.error().message.c_str());
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QVERIFY(writeSlicesCsv(TraceSnapshot(*trace.value()), buffer).isOk());
        // The order of the tracks is the reader's own.
        QList<QByteArray> expected = (kHeader + rows).split('\n');
        QList<QByteArray> found = buffer.data().split('\n');
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
        QCOMPARE(found, expected);
    }

    void aNameMayHaveSeveralLines()
    {
        const auto trace = readRows("core,core 0,0,7,8,w,\"a\nb\",running,,1000,50\n"
                                    "task,\"a\nb\",0,7,8,w,\"a\nb\",running,,1000,50\n");
        QVERIFY2(trace.isOk(), trace ? "" : trace.error().message.c_str());
        QCOMPARE(tasksNamed(*trace.value(), "a\nb").size(), std::size_t(1));
        const auto wrong = readRows("core,core 0,0,7,8,w,\"a\nb\",running,,1000,50\nx\n");
        QVERIFY(!wrong.isOk());
        QVERIFY2(wrong.error().message.find("line 4") != std::string::npos,
                 wrong.error().message.c_str());
    }

    void aReasonKeepsHowItIsKnown()
    {
        const QByteArray rows = "thread,w,,7,8,w,,blocked,global lock (inferred),1000,50\n"
                                "thread,w,,7,8,w,,blocked,futex (sampled),1050,20\n"
                                "thread,w,,7,8,w,,blocked,poll,1070,10\n"
                                "thread,w,,7,8,w,,blocked,,1080,10\n";
        const auto trace = readRows(rows);
        QVERIFY2(trace.isOk(), trace ? "" : trace.error().message.c_str());
        const Track *track = trackOf(*trace.value(), TrackKind::Thread);
        QVERIFY(track);
        QCOMPARE(track->slices.size(), std::size_t(4));
        QCOMPARE(int(track->slices[0].reason), int(WaitReason::GlobalLock));
        QVERIFY(track->slices[0].derived);
        QCOMPARE(int(track->slices[1].reason), int(WaitReason::Futex));
        QVERIFY(track->slices[1].derived);
        QCOMPARE(int(track->slices[2].reason), int(WaitReason::Poll));
        QVERIFY(!track->slices[2].derived);
        QVERIFY(!track->slices[3].derived);
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QVERIFY(writeSlicesCsv(TraceSnapshot(*trace.value()), buffer).isOk());
        QCOMPARE(buffer.data(), kHeader + rows);
    }

    void anUnknownReasonIsNone()
    {
        const auto trace = readRows("thread,w,,7,8,w,,blocked,weather (sampled),1000,50\n");
        QVERIFY(trace.isOk());
        const Track *track = trackOf(*trace.value(), TrackKind::Thread);
        QVERIFY(track);
        QCOMPARE(int(track->slices[0].reason), int(WaitReason::None));
        QVERIFY(!track->slices[0].derived);
    }

    void aTaskWithoutRowsHasThoseOfItsThread()
    {
        // As of a recorded program, where each thread is a task.
        const auto read = readRows("core,core 0,0,7,7,make,make,running,,1000,100\n"
                                   "core,core 0,0,8,8,cc,cc,running,,1100,300\n"
                                   "thread,make,0,7,7,make,make,running,,1000,100\n"
                                   "thread,make,,7,7,make,make,blocked,child,1100,300\n"
                                   "thread,cc,0,8,8,cc,cc,running,,1100,300\n"
                                   "task,step,,7,7,make,step,suspended,io,1000,50\n"
                                   "thread,other,0,9,9,other,step,running,,1050,10\n");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const Trace &trace = *read.value();
        const std::vector<TaskId> make = tasksNamed(trace, "make");
        QCOMPARE(make.size(), std::size_t(1));
        const TaskInfo &task = trace.task(make[0]);
        QCOMPARE(task.totals.running.load(), DurationNs(100));
        QCOMPARE(task.totals.blocked.load(), DurationNs(300));
        QCOMPARE(task.begun.load(), TimestampNs(1000));
        QCOMPARE(task.ended.load(), TimestampNs(1400));
        QCOMPARE(int(task.outcome.load()), int(TaskOutcome::Finished));
        QCOMPARE(trace.thread(task.thread.load()).tid.load(), 7);
        // One with rows of its own has those alone.
        const std::vector<TaskId> step = tasksNamed(trace, "step");
        QCOMPARE(step.size(), std::size_t(1));
        QCOMPARE(trace.task(step[0]).totals.running.load(), DurationNs(0));
        QCOMPARE(trace.task(step[0]).totals.suspended.load(), DurationNs(50));
    }

    void aTraceMayLastAWeekAndNoLonger_data()
    {
        const qint64 week = kLongestTrace;
        QTest::addColumn<QByteArray>("rows");
        QTest::addColumn<QByteArray>("line"); // at fault; empty: none
        const auto row = [](qint64 start, qint64 duration) {
            return "core,core 0,0,7,8,w,a,running,," + QByteArray::number(start) + ','
                + QByteArray::number(duration) + '\n';
        };
        QTest::newRow("one slice of a week") << row(5, week) << QByteArray();
        QTest::newRow("one longer slice") << row(5, week + 1) << QByteArray("line 2");
        QTest::newRow("the longest there is")
            << row(1, std::numeric_limits<qint64>::max() - 1) << QByteArray("line 2");
        QTest::newRow("two slices a week apart") << row(0, 1) + row(week - 1, 1) << QByteArray();
        QTest::newRow("further apart") << row(0, 1) + row(week, 1) << QByteArray("line 3");
        QTest::newRow("an earlier track afterwards")
            << row(week + 10, 1) + "core,core 1,1,7,8,w,a,running,,10,1\n"
            << QByteArray("line 3");
        QTest::newRow("late on the clock") << row(1'000'000 * kSecond, 10) << QByteArray();
    }
    void aTraceMayLastAWeekAndNoLonger()
    {
        QFETCH(QByteArray, rows);
        QFETCH(QByteArray, line);
        const auto trace = readRows(rows);
        QCOMPARE(trace.isOk(), line.isEmpty());
        if (trace)
            return;
        QCOMPARE(trace.error().code, ErrorCode::BadInput);
        const std::string &message = trace.error().message;
        QVERIFY2(message.find(line.toStdString() + ':') != std::string::npos, message.c_str());
        QVERIFY2(message.find("week") != std::string::npos, message.c_str());
    }

    void aTraceMayBeginAtZero()
    {
        const auto read = readRows("core,core 0,0,7,8,w,a,running,,0,10\n"
                                   "core,core 0,0,7,8,w,b,running,,10,10\n"
                                   "task,a,0,7,8,w,a,running,,0,10\n"
                                   "task,b,,,,,b,queued,,0,10\n"
                                   "task,b,0,7,8,w,b,running,,10,10\n");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const Trace &trace = *read.value();
        const RunStatistics statistics = computeStatistics(TraceSnapshot(trace));
        QCOMPARE(statistics.wall, DurationNs(20));
        QCOMPARE(statistics.cpu, DurationNs(20));
        QCOMPARE(statistics.tasks.size(), std::size_t(2));
        QCOMPARE(statistics.tasks[0].start, TimestampNs(0));
        QCOMPARE(statistics.tasks[0].end, TimestampNs(10));
        QCOMPARE(statistics.tasks[0].running, DurationNs(10));
        QCOMPARE(statistics.tasks[1].start, TimestampNs(10));
        QCOMPARE(statistics.tasks[1].queued, DurationNs(10));
        QCOMPARE(statistics.spawn, DurationNs(5)); // 0 and 10 ns
    }

    void aLaterFirstRowDoesNotHideAnEarlierOne()
    {
        const auto read = readRows("core,core 0,0,7,8,w,a,running,,500,10\n"
                                   "core,core 1,1,7,9,v,b,running,,100,10\n");
        QVERIFY(read.isOk());
        QCOMPARE(read.value()->origin(), TimestampNs(100));
        QCOMPARE(read.value()->horizon(), TimestampNs(510));
    }

    void namesakesAreToldApartByTheirTimes()
    {
        const auto read = readRows("core,core 0,0,7,8,v,job,running,,100,10\n"
                                   "core,core 1,1,7,9,w,job,running,,105,20\n"
                                   "core,core 1,1,7,9,w,other,running,,130,5\n"
                                   "task,job,0,7,8,v,job,running,,100,10\n"
                                   "task,job,1,7,9,w,job,running,,105,20\n"
                                   "task,other,1,7,9,w,other,running,,130,5\n");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const Trace &trace = *read.value();
        const auto jobs = tasksNamed(trace, "job");
        QCOMPARE(jobs.size(), std::size_t(2));
        QCOMPARE(trace.task(jobs[0]).totals.running.load(), DurationNs(10));
        QCOMPARE(trace.task(jobs[1]).totals.running.load(), DurationNs(20));
        QVERIFY(trace.task(jobs[0]).thread.load() != trace.task(jobs[1]).thread.load());
        // The cores have the name alone: the thread and the time tell which.
        for (TrackIndex i = 0; i < trace.trackCount(); ++i) {
            const Track &track = trace.track(i);
            if (track.kind == TrackKind::Core)
                QCOMPARE(track.slices[0].task, jobs[track.core]);
        }
        QCOMPARE(tasksNamed(trace, "other").size(), std::size_t(1));
    }

    void namesakesAreToldApartByTracksBetweenThem()
    {
        const auto read = readRows("thread,w,0,7,9,w,job,running,,100,10\n"
                                   "thread,w,0,7,9,w,other,running,,110,10\n"
                                   "thread,w,0,7,9,w,job,running,,120,10\n"
                                   "task,job,0,7,9,w,job,running,,100,10\n"
                                   "task,other,0,7,9,w,other,running,,110,10\n"
                                   "task,job,0,7,9,w,job,running,,120,10\n");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        const Trace &trace = *read.value();
        const auto jobs = tasksNamed(trace, "job");
        QCOMPARE(jobs.size(), std::size_t(2));
        const Track *thread = trackOf(trace, TrackKind::Thread);
        QVERIFY(thread);
        QCOMPARE(thread->slices[0].task, jobs[0]);
        QCOMPARE(thread->slices[1].task, tasksNamed(trace, "other").front());
        QCOMPARE(thread->slices[2].task, jobs[1]);
    }

    void whatTheFileCannotTellApartIsOneTask()
    {
        const auto read = readRows("task,job,0,7,8,v,job,running,,100,10\n"
                                   "task,job,1,7,9,w,job,running,,110,10\n");
        QVERIFY(read.isOk());
        QCOMPARE(tasksNamed(*read.value(), "job").size(), std::size_t(1));
    }

    void theTrackOfALockTellsNamesakesApart()
    {
        const auto read = readRows("task,job,0,7,8,v,job,running,,100,10\n"
                                   "lock,fork 1,,7,8,v,job,held,,100,5\n"
                                   "task,job,1,7,9,w,job,running,,110,10\n");
        QVERIFY2(read.isOk(), read ? "" : read.error().message.c_str());
        QCOMPARE(tasksNamed(*read.value(), "job").size(), std::size_t(2));
    }

    void rowsThatMakeNoSenseAreNamed_data()
    {
        QTest::addColumn<QByteArray>("rows");
        QTest::newRow("no number") << QByteArray("core,core 0,0,7,8,w,a,running,,x,10\n");
        QTest::newRow("no duration") << QByteArray("core,core 0,0,7,8,w,a,running,,5,\n");
        QTest::newRow("before time") << QByteArray("core,core 0,0,7,8,w,a,running,,-5,10\n");
        QTest::newRow("less than no time") << QByteArray("core,core 0,0,7,8,w,a,running,,5,-1\n");
        QTest::newRow("beyond the clock")
            << QByteArray("core,core 0,0,7,8,w,a,running,,5,9223372036854775807\n");
        QTest::newRow("no state") << QByteArray("core,core 0,0,7,8,w,a,dancing,,5,1\n");
        QTest::newRow("no track") << QByteArray("planet,core 0,0,7,8,w,a,running,,5,1\n");
        QTest::newRow("a task without a name") << QByteArray("task,,0,7,8,w,,running,,5,1\n");
        QTest::newRow("too few fields") << QByteArray("core,core 0,0\n");
    }
    void rowsThatMakeNoSenseAreNamed()
    {
        QFETCH(QByteArray, rows);
        const auto read = readRows(rows);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::BadInput);
        QVERIFY2(read.error().message.find("slices.csv, line 2: ") != std::string::npos,
                 read.error().message.c_str());
    }

    void rowsOfACoreInDisorderAreNamed()
    {
        const auto read = readRows("core,core 0,0,7,8,w,a,running,,100,10\n"
                                   "core,core 0,0,7,8,w,a,running,,105,10\n");
        QVERIFY(!read);
        QVERIFY(read.error().message.find("line 3: ") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(SlicesCsvReaderTest)
#include "tst_slicescsvreader.moc"
