// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncfd.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

using namespace Interleave;

namespace
{

constexpr ObjectId kOther = 5;

Task<TaskStatus> readsByte(int fd, char *byte)
{
    bool going = co_await readable(fd, WaitReason::Io, kOther);
    if (going)
        going = ::read(fd, byte, 1) == 1;
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> writesByte(int fd, char byte)
{
    bool going = co_await yield();
    if (going)
        going = co_await writable(fd, WaitReason::Io, kOther);
    if (going)
        going = ::write(fd, &byte, 1) == 1;
    const TaskStatus status = endOf(going);
    co_return status;
}

/// `count` bytes, one by one, by one descriptor object.
Task<TaskStatus> readsMany(int fd, int count, int *sum)
{
    AsyncDescriptor descriptor(fd);
    bool going = true;
    for (int i = 0; going && i < count; ++i) {
        going = co_await descriptor.readable();
        char byte = 0;
        if (going)
            going = ::read(fd, &byte, 1) == 1;
        *sum += byte;
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> writesMany(int fd, int count)
{
    bool going = true;
    for (int i = 0; going && i < count; ++i) {
        const char byte = 1;
        going = ::write(fd, &byte, 1) == 1;
        for (int j = 0; going && j < 3; ++j)
            going = co_await yield();
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

struct Pipe {
    UniqueFd readEnd;
    UniqueFd writeEnd;
    Pipe()
    {
        int fds[2];
        if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
            qFatal("no pipe");
        readEnd.reset(fds[0]);
        writeEnd.reset(fds[1]);
    }
};

} // namespace

class TestAsyncFd : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aPipeIsReadWhenItIsReadable()
    {
        Recording recording;
        Pipe pipe;
        char byte = 0;
        Executor executor(&recording.rings());
        executor.spawn(withId(readsByte(pipe.readEnd.get(), &byte), 1));
        executor.spawn(withId(writesByte(pipe.writeEnd.get(), 'x'), 2));
        executor.run();
        QCOMPARE(byte, 'x');
        const auto waits = eventsOf(recording.events(), EventKind::Suspend, kOther);
        QCOMPARE(waits.size(), std::size_t(1)); // an empty pipe is writable at once
        QCOMPARE(waits[0].event.task, TaskId(1));
        QCOMPARE(waits[0].event.reason, std::uint8_t(WaitReason::Io));
    }

    void theEndOfAPipeIsReadable()
    {
        Recording recording;
        Pipe pipe;
        pipe.writeEnd.reset();
        char byte = 0;
        Executor executor(&recording.rings());
        executor.spawn(withId(readsByte(pipe.readEnd.get(), &byte), 1));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled); // nothing came
        QVERIFY(!recording.rings().isStopRequested());
    }

    void oneDescriptorObjectServesManyWaits()
    {
        Pipe pipe;
        int sum = 0;
        Executor executor;
        executor.spawn(readsMany(pipe.readEnd.get(), 100, &sum));
        executor.spawn(writesMany(pipe.writeEnd.get(), 100));
        executor.run();
        QCOMPARE(sum, 100);
    }

    void aCancellationEndsTheWaitForAPipe()
    {
        Recording recording;
        Pipe pipe;
        char byte = 0;
        Executor executor(&recording.rings());
        executor.spawn(withId(readsByte(pipe.readEnd.get(), &byte), 1));
        executor.spawn(cancels(1, 3));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        QCOMPARE(eventsOf(recording.events(), EventKind::Suspend, kOther).size(), std::size_t(1));
    }

    void aStopRequestEndsTheWaitForAPipe()
    {
        Recording recording;
        Pipe pipe;
        char byte = 0;
        Executor executor(&recording.rings());
        executor.spawn(withId(readsByte(pipe.readEnd.get(), &byte), 1));
        StopOnceAllWait stop(recording, 1);
        executor.run();
        QVERIFY(stop.allWaited());
        const auto waits = eventsOf(stop.eventsBefore(), EventKind::Suspend, kOther);
        QCOMPARE(waits.size(), std::size_t(1));
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestAsyncFd)
#include "tst_asyncfd.moc"
