// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/slicescsv.h"
#include "core/format/slicescsvreader.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

#include <sys/stat.h>
#include <unistd.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

const QByteArray kHeader =
    "track_kind,track,core,pid,tid,thread,task,state,reason,start_ns,duration_ns";

Slice makeSlice(TimestampNs begin, TimestampNs end, SliceState state)
{
    Slice slice;
    slice.begin = begin;
    slice.end = end;
    slice.state = state;
    return slice;
}

ThreadIndex addNamedThread(Trace &trace, pid_t pid, pid_t tid, const char *name)
{
    const ThreadIndex thread = trace.addThread(pid, tid, 0, true);
    trace.writableThread(thread).name.store(trace.addText(name));
    return thread;
}

QList<QByteArray> linesOf(const Trace &trace)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const Result<void> written = writeSlicesCsv(TraceSnapshot(trace), buffer);
    if (!written || !buffer.data().endsWith('\n'))
        return {};
    return buffer.data().chopped(1).split('\n');
}

Result<void> writeText(QIODevice &device, const QByteArray &text)
{
    if (device.write(text) != text.size())
        return Error{ErrorCode::Io, device.errorString().toStdString()};
    return {};
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class SlicesCsvTest : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyTraceIsItsHeader()
    {
        const Trace trace;
        QCOMPARE(linesOf(trace), QList<QByteArray>{kHeader});
    }

    void aCoreTrackTellsWhoRanWhere()
    {
        Trace trace;
        const TrackIndex core = trace.addCoreTrack(3);
        const ThreadIndex thread = addNamedThread(trace, 42, 43, "prime 1");
        trace.defineTasks(1, 1, TaskKind::Thread, kNoTask, "prime 1");
        Slice slice = makeSlice(1000, 1500, SliceState::Running);
        slice.core = 3;
        slice.thread = thread;
        slice.task = 1;
        trace.append(core, slice);
        trace.publish(2000);
        const QList<QByteArray> lines = linesOf(trace);
        QCOMPARE(lines.size(), qsizetype(2));
        QCOMPARE(lines[0], kHeader);
        QCOMPARE(lines[1], QByteArray("core,core 3,3,42,43,prime 1,prime 1,running,,1000,500"));
    }

    void aWaitHasItsReasonAndNoCore()
    {
        Trace trace;
        const ThreadIndex thread = addNamedThread(trace, 42, 43, "worker");
        const TrackIndex track = trace.addThreadTrack(thread);
        Slice slice = makeSlice(1000, 3000, SliceState::Blocked);
        slice.core = 1; // where it ran last
        slice.thread = thread;
        slice.reason = WaitReason::Sleep;
        trace.append(track, slice);
        trace.publish(4000);
        const QByteArray expected = QByteArray("thread,worker,,42,43,worker,,")
            + sliceStateName(SliceState::Blocked) + ',' + waitReasonName(WaitReason::Sleep)
            + ",1000,2000";
        QCOMPARE(linesOf(trace).value(1), expected);
    }

    void aReasonThatNobodyRecordedSaysHowItIsKnown_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("reason");
        QTest::addColumn<QByteArray>("expected");
        const int blocked = int(SliceState::Blocked);
        QTest::newRow("inferred") << blocked << int(WaitReason::GlobalLock)
                                  << QByteArray("blocked,global lock (inferred)");
        QTest::newRow("sampled") << blocked << int(WaitReason::Futex)
                                 << QByteArray("blocked,futex (sampled)");
        QTest::newRow("none") << blocked << int(WaitReason::None) << QByteArray("blocked,");
        QTest::newRow("computed") << int(SliceState::Runnable) << int(WaitReason::None)
                                  << QByteArray("runnable,");
    }
    void aReasonThatNobodyRecordedSaysHowItIsKnown()
    {
        QFETCH(int, state);
        QFETCH(int, reason);
        QFETCH(QByteArray, expected);
        Trace trace;
        const TrackIndex track = trace.addThreadTrack(addNamedThread(trace, 42, 43, "w"));
        Slice slice = makeSlice(1000, 3000, SliceState(state));
        slice.reason = WaitReason(reason);
        slice.derived = true;
        trace.append(track, slice);
        trace.publish(4000);
        QCOMPARE(linesOf(trace).value(1), "thread,w,,,,,," + expected + ",1000,2000");
    }

    void aQueuedTaskHasNoThread()
    {
        Trace trace;
        trace.defineTasks(1, 2, TaskKind::Job, kNoTask, "job");
        const TrackIndex track = trace.task(1).track.load();
        QVERIFY(track != kNoTrack);
        Slice slice = makeSlice(10, 20, SliceState::Queued);
        slice.task = 1;
        trace.append(track, slice);
        trace.publish(30);
        const QByteArray name = QByteArray::fromStdString(trace.taskName(1));
        QCOMPARE(linesOf(trace).value(1), "task," + name + ",,,,," + name + ",queued,,10,10");
    }

    void aLockTrackTellsWhoHeldItAndHowManyWaited()
    {
        Trace trace;
        trace.defineTasks(1, 1, TaskKind::Thread, kNoTask, "Alice");
        trace.defineObject(1, ObjectKind::Lock, 0, "fork 1");
        const TrackIndex track = trace.findObject(1)->track;
        Slice slice = makeSlice(1000, 1500, SliceState::Held);
        slice.task = 1;
        slice.core = 1; // its holders
        slice.fraction = 0; // its waiters
        trace.append(track, slice);
        slice.begin = 1500;
        slice.end = 1600;
        slice.fraction = 2;
        trace.append(track, slice);
        trace.publish(2000);
        const QList<QByteArray> lines = linesOf(trace);
        QCOMPARE(lines.size(), qsizetype(3));
        QCOMPARE(lines[1], QByteArray("lock,fork 1,,,,,Alice,held,,1000,500"));
        QCOMPARE(lines[2], QByteArray("lock,fork 1,,,,,Alice,held,2 waiting,1500,100"));
    }

    void aLockTrackIsReadBack()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"locks.csv"_s);
        const QByteArray rows = kHeader
            + "\n"
              "lock,fork 1,,,,,Alice,held,,1000,500\n"
              "lock,fork 1,,,,,Alice,held,2 waiting,1500,100\n"
              "lock,fork 1,,,,,,held,3 waiting,1600,50\n"
              "lock,fork 1,,,,,,held,,1700,50\n"
              "lock,fork 1,,,,,Bob,held,1 waiting,1200,50\n" // another one of that name
              "task,Alice,,,,,Alice,unknown,,900,1000\n";
        QVERIFY(writeFileSafely(path, [&](QIODevice &d) { return writeText(d, rows); }).isOk());
        const auto read = readSlicesCsv(path);
        QVERIFY2(read.isOk(), read.isOk() ? "" : read.error().message.c_str());
        const Trace &trace = *read.value();
        QCOMPARE(trace.objectCount(), std::size_t(2));
        QCOMPARE(trace.objectName(2), std::string("fork 1"));
        const Track &track = trace.track(trace.object(0).track);
        QVERIFY(track.kind == TrackKind::Lock);
        QCOMPARE(track.slices.size(), std::size_t(4));
        QCOMPARE(trace.taskName(track.slices[1].task), std::string("Alice"));
        QCOMPARE(track.slices[0].holders(), 1u);
        QCOMPARE(track.slices[0].waiters(), 0u);
        QCOMPARE(track.slices[1].waiters(), 2u);
        QCOMPARE(track.slices[2].holders(), 0u);
        QCOMPARE(track.slices[3].holders(), 2u); // or more: the file does not say
        QCOMPARE(trace.track(trace.object(1).track).slices.size(), std::size_t(1));
    }

    void namesWithCommasAndQuotesAreQuoted()
    {
        Trace trace;
        const ThreadIndex thread = addNamedThread(trace, 1, 2, "a,\"b\"");
        const TrackIndex track = trace.addThreadTrack(thread);
        Slice slice = makeSlice(0, 1, SliceState::Blocked);
        slice.thread = thread;
        trace.append(track, slice);
        trace.publish(2);
        QVERIFY2(
            linesOf(trace).value(1).startsWith("thread,\"a,\"\"b\"\"\",,1,2,\"a,\"\"b\"\"\",,"),
            linesOf(trace).value(1).constData());
    }

    void timesNearTheEndOfTheClockStayExact()
    {
        constexpr TimestampNs kLast = std::numeric_limits<TimestampNs>::max();
        Trace trace;
        const TrackIndex core = trace.addCoreTrack(0);
        trace.append(core, makeSlice(kLast - 10, kLast - 5, SliceState::Lost));
        trace.publish(kLast);
        QVERIFY(linesOf(trace).value(1).endsWith("lost,,9223372036854775797,5"));
    }

    void manyRowsAreAllWrittenInOrder()
    {
        constexpr int kRows = 50'000; // more than the writer's buffer holds
        Trace trace;
        const TrackIndex core = trace.addCoreTrack(0);
        for (int i = 0; i < kRows; ++i)
            trace.append(core, makeSlice(i * 10, i * 10 + 5, SliceState::Lost));
        trace.publish(kRows * 10);
        const QList<QByteArray> lines = linesOf(trace);
        QCOMPARE(lines.size(), qsizetype(kRows + 1));
        for (int i = 0; i < kRows; i += 997)
            QVERIFY(lines[i + 1].endsWith("," + QByteArray::number(i * 10) + ",5"));
        QVERIFY(lines.last().endsWith(",499990,5"));
    }

    void aDeviceThatRefusesIsAnError()
    {
        Trace trace;
        QBuffer closed;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"not open"_s));
        const Result<void> written = writeSlicesCsv(TraceSnapshot(trace), closed);
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Io);
    }

    void aFileIsWrittenWhole()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"a b.csv"_s);
        QVERIFY(writeFileSafely(path, [](QIODevice &d) { return writeText(d, "one"); }).isOk());
        QCOMPARE(contentOf(path), QByteArray("one"));
        QVERIFY(writeFileSafely(path, [](QIODevice &d) { return writeText(d, "2"); }).isOk());
        QCOMPARE(contentOf(path), QByteArray("2"));
    }

    void whatWasThereStaysWhenWritingFails()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"kept.csv"_s);
        QVERIFY(writeFileSafely(path, [](QIODevice &d) { return writeText(d, "kept"); }).isOk());
        const Result<void> written = writeFileSafely(path, [](QIODevice &device) -> Result<void> {
            device.write("half");
            return Error{ErrorCode::Failed, "it did not work"};
        });
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Failed);
        QCOMPARE(QString::fromStdString(written.error().message),
                 u"cannot write %1: it did not work"_s.arg(path));
        QCOMPARE(contentOf(path), QByteArray("kept"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"kept.csv"_s});
    }

    void aFullDeviceIsAnError()
    {
        if (!QFile::exists(u"/dev/full"_s))
            QSKIP("this system has no /dev/full");
        struct stat before = {};
        QCOMPARE(::stat("/dev/full", &before), 0);
        const Result<void> written =
            writeFileSafely(u"/dev/full"_s, [](QIODevice &d) { return writeText(d, "one"); });
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Io);
        QVERIFY(written.error().message.starts_with("cannot write /dev/full: "));
        struct stat after = {};
        QCOMPARE(::stat("/dev/full", &after), 0);
        QVERIFY(S_ISCHR(after.st_mode)); // and no plain file has taken its place
        QCOMPARE(after.st_ino, before.st_ino);
    }

    void aFolderThatIsNotThereIsNamed()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"nowhere/a.csv"_s);
        const Result<void> written =
            writeFileSafely(path, [](QIODevice &) { return Result<void>(); });
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Io);
        QCOMPARE(QString::fromStdString(written.error().message),
                 u"cannot write %1: the folder %2 does not exist"_s.arg(
                     path, folder.filePath(u"nowhere"_s)));
    }

    void aFolderIsNoFile()
    {
        const QTemporaryDir folder;
        const Result<void> written =
            writeFileSafely(folder.path(), [](QIODevice &) { return Result<void>(); });
        QVERIFY(!written);
        QVERIFY(written.error().message.find("it is a folder") != std::string::npos);
    }

    void aFolderThatMayNotBeWrittenIsAnError()
    {
        if (geteuid() == 0)
            QSKIP("root may write everywhere");
        const QTemporaryDir folder;
        QVERIFY(
            QFile::setPermissions(folder.path(), QFileDevice::ReadOwner | QFileDevice::ExeOwner));
        const Result<void> written = writeFileSafely(
            folder.filePath(u"a.csv"_s), [](QIODevice &d) { return writeText(d, "one"); });
        QFile::setPermissions(folder.path(),
                              QFileDevice::ReadOwner | QFileDevice::WriteOwner
                                  | QFileDevice::ExeOwner);
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::Io);
    }
};

QTEST_GUILESS_MAIN(SlicesCsvTest)
#include "tst_slicescsv.moc"
