// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/trace.h"

#include <QTest>

#include <atomic>
#include <limits>
#include <optional>
#include <thread>

using namespace Interleave;

class TestTrace : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyTraceHasNothing();
    void tasksAreNamedByTheirRange();
    void rangesMayComeInAnyOrder();
    void aBigRangeGetsNoTracksButHasNames();
    void idsThatAreNotKeptAreIgnored();
    void moreNamesThanAreKeptAreRefused();
    void moreBigRangesThanAreKeptAreRefused();
    void aThreadWithoutANameIsCalledByItsNumber();
    void textsOfMarksAreFoundByTheirNumber();
    void totalsAreSummedByState();
    void slicesOfATrackNeverOverlap();
    void aSnapshotSeesOnlyWhatBeganBeforeItsHorizon();
    void theHorizonNeverGoesBack();
    void theFirstSliceEndingAfterATimeIsFound();
    void theOpenSliceEndsAtTheHorizon();
    void binsAreBuiltWhenTheOriginIsKnown();
    void everyStateAndReasonHasItsWord();
    void everyKindOfObjectHasItsWord();
    void objectsAreFoundByTheirNumber();
    void onlyWhatIsHeldGetsATrack();
    void countersAndHandOversAreKept();
    void readersSeeAConsistentPrefixWhileTheWriterAppends();
};

namespace
{

Slice slice(TimestampNs begin, TimestampNs end, SliceState state = SliceState::Running,
            TaskId task = kNoTask)
{
    Slice result;
    result.begin = begin;
    result.end = end;
    result.state = state;
    result.task = task;
    return result;
}

QString nameOf(const Trace &trace, TaskId task)
{
    return QString::fromStdString(trace.taskName(task));
}

} // namespace

void TestTrace::anEmptyTraceHasNothing()
{
    const Trace trace;
    QCOMPARE(trace.trackCount(), std::size_t(0));
    QCOMPARE(trace.threadCount(), std::size_t(0));
    QCOMPARE(trace.taskEnd(), TaskId(0));
    QCOMPARE(trace.horizon(), TimestampNs(0));
    QVERIFY(!trace.isFinished());
    QVERIFY(!trace.rangeOf(1));
    QVERIFY(!trace.markText(0));
    QCOMPARE(nameOf(trace, kNoTask), QString());
    QCOMPARE(nameOf(trace, 7), QStringLiteral("task 7"));
}

void TestTrace::tasksAreNamedByTheirRange()
{
    Trace trace;
    trace.defineTasks(1, 1, TaskKind::Main, kNoTask, "main");
    trace.defineTasks(2, 40, TaskKind::Job, 1, "job");
    QCOMPARE(nameOf(trace, 1), QStringLiteral("main"));
    QCOMPARE(nameOf(trace, 2), QStringLiteral("job 1"));
    QCOMPARE(nameOf(trace, 41), QStringLiteral("job 40"));
    QCOMPARE(nameOf(trace, 42), QStringLiteral("task 42"));
    const TaskRange *range = trace.rangeOf(41);
    QVERIFY(range);
    QVERIFY(range->kind == TaskKind::Job);
    QCOMPARE(range->parent, TaskId(1));
    QCOMPARE(trace.trackCount(), std::size_t(41));
    const TrackIndex track = trace.task(41).track.load();
    QVERIFY(trace.track(track).kind == TrackKind::Task);
    QCOMPARE(trace.track(track).task, TaskId(41));
}

void TestTrace::rangesMayComeInAnyOrder()
{
    Trace trace;
    trace.defineTasks(10, 1, TaskKind::Thread, kNoTask, "late");
    trace.defineTasks(2, 2000, TaskKind::Job, kNoTask, "many");
    trace.defineTasks(1, 1, TaskKind::Thread, kNoTask, "early");
    QCOMPARE(nameOf(trace, 10), QStringLiteral("late"));
    QCOMPARE(nameOf(trace, 1), QStringLiteral("early"));
    QCOMPARE(nameOf(trace, 9), QStringLiteral("many 8"));
    QCOMPARE(nameOf(trace, 2001), QStringLiteral("many 2000"));
}

void TestTrace::aBigRangeGetsNoTracksButHasNames()
{
    Trace trace;
    trace.defineTasks(1, Trace::kMostTaskTracks, TaskKind::Job, kNoTask, "a");
    QCOMPARE(trace.trackCount(), std::size_t(Trace::kMostTaskTracks));
    trace.defineTasks(1000, Trace::kMostTaskTracks + 1, TaskKind::Job, kNoTask, "b");
    QCOMPARE(trace.trackCount(), std::size_t(Trace::kMostTaskTracks));
    QCOMPARE(nameOf(trace, 1512), QStringLiteral("b 513"));
    QVERIFY(!trace.rangeOf(1513));
}

void TestTrace::idsThatAreNotKeptAreIgnored()
{
    Trace trace;
    QVERIFY(!trace.writableTask(Trace::kMostTasks));
    QVERIFY(!trace.writableTask(std::numeric_limits<TaskId>::max()));
    trace.defineTasks(0, 1, TaskKind::Job, kNoTask, "none");
    trace.defineTasks(1, 0, TaskKind::Job, kNoTask, "none");
    trace.defineTasks(Trace::kMostTasks - 1, 2, TaskKind::Job, kNoTask, "none");
    trace.defineTasks(2, std::numeric_limits<std::uint32_t>::max(), TaskKind::Job, kNoTask, "none");
    QCOMPARE(trace.taskRangeCount(), std::size_t(0));
    QCOMPARE(trace.taskEnd(), TaskId(0));
    trace.setMarkText(std::numeric_limits<std::uint32_t>::max(), "none");
    QVERIFY(!trace.markText(std::numeric_limits<std::uint32_t>::max()));
}

void TestTrace::moreNamesThanAreKeptAreRefused()
{
    Trace trace;
    TaskId next = 1;
    for (; next + 500 <= Trace::kMostNames; next += 500)
        QVERIFY(trace.defineTasks(next, 500, TaskKind::Job, kNoTask, "job"));
    const std::uint32_t left = Trace::kMostNames - (next - 1);
    QVERIFY(!trace.defineTasks(next, left + 1, TaskKind::Job, kNoTask, "too many"));
    QVERIFY(trace.defineTasks(next, left, TaskKind::Job, kNoTask, "last"));
    const std::size_t tracks = trace.trackCount();
    QVERIFY(!trace.defineTasks(next + left, 1, TaskKind::Job, kNoTask, "one more"));
    QVERIFY(!trace.defineTasks(1, 1, TaskKind::Job, kNoTask, "again"));
    QVERIFY(!trace.defineTasks(next + left, 1'000, TaskKind::Job, kNoTask, "a big one"));
    QCOMPARE(trace.trackCount(), tracks);
    QCOMPARE(tracks, std::size_t(Trace::kMostNames));
    QCOMPARE(nameOf(trace, 1), QStringLiteral("job 1"));
    QCOMPARE(nameOf(trace, next + left), QStringLiteral("task %1").arg(next + left));
}

void TestTrace::moreBigRangesThanAreKeptAreRefused()
{
    constexpr std::uint32_t kCount = Trace::kMostTaskTracks + 1;
    Trace trace;
    for (std::uint32_t i = 0; i < Trace::kMostBigRanges; ++i)
        QVERIFY(trace.defineTasks(1 + i * kCount, kCount, TaskKind::Job, kNoTask, "big"));
    const TaskId next = 1 + Trace::kMostBigRanges * kCount;
    QVERIFY(!trace.defineTasks(next, kCount, TaskKind::Job, kNoTask, "big"));
    QVERIFY(trace.defineTasks(next, 2, TaskKind::Job, kNoTask, "small"));
    QCOMPARE(nameOf(trace, next), QStringLiteral("small 1"));
    QCOMPARE(trace.taskRangeCount(), std::size_t(Trace::kMostBigRanges) + 1);
}

void TestTrace::aThreadWithoutANameIsCalledByItsNumber()
{
    Trace trace;
    const ThreadIndex index = trace.addThread(41, 42, 100, true);
    QCOMPARE(QString::fromStdString(trace.threadName(index)), QStringLiteral("thread 42"));
    trace.writableThread(index).name.store(trace.addText("prime 7"));
    QCOMPARE(QString::fromStdString(trace.threadName(index)), QStringLiteral("prime 7"));
    QVERIFY(trace.threadName(kNoThread).empty());
    QCOMPARE(trace.thread(index).created.load(), TimestampNs(100));
    const TrackIndex track = trace.addThreadTrack(index);
    QCOMPARE(trace.thread(index).track.load(), track);
}

void TestTrace::textsOfMarksAreFoundByTheirNumber()
{
    Trace trace;
    trace.setMarkText(3, "three");
    QVERIFY(!trace.markText(2));
    QVERIFY(!trace.markText(4));
    QVERIFY(trace.markText(3));
    QCOMPARE(QString::fromStdString(*trace.markText(3)), QStringLiteral("three"));
}

void TestTrace::totalsAreSummedByState()
{
    Trace trace;
    const TrackIndex track = trace.addCoreTrack(0);
    TimestampNs t = 100;
    for (int state = 0; state < kSliceStateCount; ++state) {
        const DurationNs length = 10 * (state + 1);
        trace.append(track, slice(t, t + length, SliceState(state)));
        t += length;
    }
    trace.append(track, slice(t, t));
    const TrackTotals &totals = trace.track(track).totals;
    QCOMPARE(totals.running.load(), DurationNs(10));
    QCOMPARE(totals.runnable.load(), DurationNs(20));
    QCOMPARE(totals.blocked.load(), DurationNs(30));
    QCOMPARE(totals.suspended.load(), DurationNs(40));
    QCOMPARE(totals.queued.load(), DurationNs(50));
    QCOMPARE(totals.others.load(), DurationNs(90));
    QCOMPARE(trace.sliceCount(), std::uint64_t(kSliceStateCount));
    QVERIFY(trace.allocatedBytes() >= kSliceStateCount * sizeof(Slice));
}

void TestTrace::slicesOfATrackNeverOverlap()
{
    Trace trace;
    const TrackIndex track = trace.addCoreTrack(0);
    trace.append(track, slice(100, 200));
    trace.append(track, slice(150, 300));
    trace.append(track, slice(120, 250));
    QCOMPARE(trace.track(track).slices.size(), std::size_t(2));
    QCOMPARE(trace.track(track).slices[1].begin, TimestampNs(200));
    QCOMPARE(trace.track(track).totals.running.load(), DurationNs(200));
}

void TestTrace::aSnapshotSeesOnlyWhatBeganBeforeItsHorizon()
{
    Trace trace;
    trace.setOrigin(100);
    const TrackIndex track = trace.addCoreTrack(0);
    trace.append(track, slice(100, 200));
    trace.append(track, slice(200, 300));
    trace.publish(250);
    const TraceSnapshot snapshot(trace);
    QCOMPARE(snapshot.sliceCount(track), std::size_t(2));
    trace.append(track, slice(300, 400));
    QCOMPARE(snapshot.sliceCount(track), std::size_t(2));
    trace.publish(400);
    QCOMPARE(snapshot.sliceCount(track), std::size_t(2));
    QCOMPARE(TraceSnapshot(trace).sliceCount(track), std::size_t(3));
    QCOMPARE(snapshot.horizon(), TimestampNs(250));
    QCOMPARE(snapshot.origin(), TimestampNs(100));
}

void TestTrace::theHorizonNeverGoesBack()
{
    Trace trace;
    trace.publish(500);
    trace.publish(400);
    QCOMPARE(trace.horizon(), TimestampNs(500));
}

void TestTrace::theFirstSliceEndingAfterATimeIsFound()
{
    Trace trace;
    const TrackIndex track = trace.addCoreTrack(0);
    trace.publish(10'000);
    QCOMPARE(TraceSnapshot(trace).firstEndingAfter(track, 0), std::size_t(0));
    for (TimestampNs t = 100; t < 1000; t += 100)
        trace.append(track, slice(t, t + 50));
    const TraceSnapshot snapshot(trace);
    QCOMPARE(snapshot.firstEndingAfter(track, 0), std::size_t(0));
    QCOMPARE(snapshot.firstEndingAfter(track, 149), std::size_t(0));
    QCOMPARE(snapshot.firstEndingAfter(track, 150), std::size_t(1));
    QCOMPARE(snapshot.firstEndingAfter(track, 949), std::size_t(8));
    QCOMPARE(snapshot.firstEndingAfter(track, 950), std::size_t(9));
    QCOMPARE(snapshot.firstEndingAfter(track, std::numeric_limits<TimestampNs>::max()),
             std::size_t(9));
}

void TestTrace::theOpenSliceEndsAtTheHorizon()
{
    Trace trace;
    const TrackIndex track = trace.addCoreTrack(3);
    Slice open = slice(100, 0, SliceState::Blocked, 0xfffffffe);
    open.thread = 0xfffffffd;
    open.core = 0xfffe;
    open.reason = WaitReason::Await;
    open.fraction = 17;
    open.derived = true;
    trace.setOpen(track, open);
    trace.publish(100);
    QVERIFY(!TraceSnapshot(trace).openSlice(track));
    trace.publish(180);
    const std::optional<Slice> seen = TraceSnapshot(trace).openSlice(track);
    open.end = 180;
    QVERIFY(seen.has_value());
    QVERIFY(*seen == open);
    trace.clearOpen(track);
    QVERIFY(!TraceSnapshot(trace).openSlice(track));
}

void TestTrace::binsAreBuiltWhenTheOriginIsKnown()
{
    Trace trace;
    const TrackIndex track = trace.addCoreTrack(0);
    constexpr TimestampNs kOrigin = 1'000;
    for (TimestampNs t = kOrigin; t < 40 * kMillisecond; t += 10'000)
        trace.append(track, slice(t, t + 10'000));
    trace.publish(40 * kMillisecond);
    QVERIFY(!trace.track(track).pyramid.chunk(0, 0));
    trace.setOrigin(kOrigin);
    trace.publish(40 * kMillisecond);
    QVERIFY(trace.track(track).pyramid.chunk(0, 0));
}

void TestTrace::everyStateAndReasonHasItsWord()
{
    QCOMPARE(QLatin1String(sliceStateName(SliceState::Running)), QLatin1String("running"));
    QCOMPARE(QLatin1String(sliceStateName(SliceState::Others)), QLatin1String("others"));
    QVERIFY(*waitReasonName(WaitReason::None) == 0);
    QStringList words;
    for (int state = 0; state < kSliceStateCount; ++state)
        words.append(QString::fromLatin1(sliceStateName(SliceState(state))));
    for (int reason = 1; reason < kWaitReasonCount; ++reason)
        words.append(QString::fromLatin1(waitReasonName(WaitReason(reason))));
    QVERIFY(!words.contains(QString()));
    QCOMPARE(words.removeDuplicates(), qsizetype(0));
}

void TestTrace::everyKindOfObjectHasItsWord()
{
    QStringList words;
    for (int kind = 0; kind < kObjectKindCount; ++kind) {
        const char *word = objectKindName(ObjectKind(kind));
        words.append(QString::fromLatin1(word));
        QVERIFY(objectKindNamed(word).has_value());
        QVERIFY(*objectKindNamed(word) == ObjectKind(kind));
    }
    QVERIFY(!words.contains(QString()));
    QCOMPARE(words.removeDuplicates(), qsizetype(0));
    QVERIFY(!objectKindNamed("").has_value());
    QVERIFY(!objectKindNamed("locks").has_value());
}

void TestTrace::objectsAreFoundByTheirNumber()
{
    Trace trace;
    QVERIFY(!trace.findObject(1));
    QVERIFY(trace.objectName(kNoObject).empty());
    QCOMPARE(QString::fromStdString(trace.objectName(7)), QStringLiteral("lock 7"));
    trace.defineObject(7, ObjectKind::Semaphore, 3, "");
    trace.defineObject(2, ObjectKind::Lock, 0, "fork 2");
    trace.defineObject(2, ObjectKind::Channel, 9, "again"); // the first one counts
    trace.defineObject(kNoObject, ObjectKind::Lock, 0, "none");
    trace.defineObject(Trace::kMostObjects, ObjectKind::Lock, 0, "none");
    trace.defineObject(std::numeric_limits<ObjectId>::max(), ObjectKind::Lock, 0, "none");
    QCOMPARE(trace.objectCount(), std::size_t(2));
    QCOMPARE(trace.object(0).id, ObjectId(7));
    QVERIFY(trace.findObject(2)->kind == ObjectKind::Lock);
    QCOMPARE(trace.findObject(7)->capacity, std::uint32_t(3));
    QCOMPARE(QString::fromStdString(trace.objectName(2)), QStringLiteral("fork 2"));
    QCOMPARE(QString::fromStdString(trace.objectName(7)), QStringLiteral("semaphore 7"));
}

void TestTrace::onlyWhatIsHeldGetsATrack()
{
    Trace trace;
    for (int kind = 0; kind < kObjectKindCount; ++kind)
        trace.defineObject(ObjectId(kind + 1), ObjectKind(kind), 0, "object");
    std::size_t tracks = 0;
    for (std::size_t i = 0; i < trace.objectCount(); ++i) {
        const ObjectInfo &object = trace.object(i);
        QCOMPARE(object.track != kNoTrack, isHeld(object.kind));
        if (object.track == kNoTrack)
            continue;
        ++tracks;
        QVERIFY(trace.track(object.track).kind == TrackKind::Lock);
        QCOMPARE(trace.track(object.track).object, object.id);
    }
    QCOMPARE(tracks, std::size_t(5));
    QCOMPARE(trace.trackCount(), tracks);
    QVERIFY(!isHeld(ObjectKind::Pool));
}

void TestTrace::countersAndHandOversAreKept()
{
    Trace trace;
    const std::size_t before = trace.allocatedBytes();
    trace.addCounter({100, 3, 17, 2});
    trace.addFlow({100, 1, 2, 3});
    QCOMPARE(trace.counters().size(), std::size_t(1));
    QCOMPARE(trace.counters()[0].value, std::uint32_t(17));
    QCOMPARE(trace.flows()[0].object, ObjectId(3));
    QVERIFY(trace.allocatedBytes() > before);
}

void TestTrace::readersSeeAConsistentPrefixWhileTheWriterAppends()
{
    Trace trace;
    trace.setOrigin(1);
    const TrackIndex track = trace.addCoreTrack(0);
    constexpr TimestampNs kEnd = 100'000;
    std::atomic<bool> isDone{false};
    std::atomic<int> wrong{0};
    // What is open at t has task t and thread ~t, so that a torn read shows.
    const auto read = [&] {
        std::size_t before = 0;
        while (!isDone.load()) {
            const TraceSnapshot snapshot(trace);
            const std::optional<Slice> open = snapshot.openSlice(track);
            const std::size_t count = snapshot.sliceCount(track);
            if (count < before || (open && open->end != snapshot.horizon()))
                ++wrong;
            before = count;
            if (open && (open->task != TaskId(open->begin) || open->thread != ~open->task))
                ++wrong;
            if (open && open->core != CoreId(open->begin & 0xfff))
                ++wrong;
            for (std::size_t i = count > 64 ? count - 64 : 0; i < count; ++i) {
                const Slice &slice = trace.track(track).slices[i];
                if (slice.begin >= snapshot.horizon() || slice.end != slice.begin + 1
                    || slice.task != TaskId(slice.begin)) {
                    ++wrong;
                }
            }
            std::this_thread::yield();
        }
    };
    std::thread first(read);
    std::thread second(read);
    for (TimestampNs t = 1; t < kEnd; ++t) {
        trace.append(track, slice(t, t + 1, SliceState::Running, TaskId(t)));
        Slice open = slice(t + 1, t + 1, SliceState::Running, TaskId(t + 1));
        open.thread = ~open.task;
        open.core = CoreId(open.begin & 0xfff);
        trace.setOpen(track, open);
        if (t % 10 == 0)
            trace.publish(t + 5);
    }
    isDone = true;
    first.join();
    second.join();
    QCOMPARE(wrong.load(), 0);
}

QTEST_GUILESS_MAIN(TestTrace)
#include "tst_trace.moc"
