// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/readwritelock.h"
#include "core/engine/work/sharedboard.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>

#include <thread>

using namespace Interleave;

Q_DECLARE_METATYPE(Interleave::ReadWritePolicy)

namespace
{

constexpr ObjectId kLock = 5;

/// Whether somebody sleeps, or is about to.
bool isWaitedFor(const ReadWriteState &state)
{
    return (state.changes.load() & 1) != 0;
}

/// Whether on record a writer was ever in together with anybody else.
bool didWriterShare(const std::vector<Recorded> &events)
{
    int readers = 0, writers = 0;
    std::map<TaskId, bool> writes;
    for (const Recorded &r : events) {
        if (r.event.argument != kLock)
            continue;
        if (r.event.kind == EventKind::Acquire) {
            const bool isWriter = r.event.reason == std::uint8_t(AccessMode::Exclusive);
            writes[r.event.task] = isWriter;
            ++(isWriter ? writers : readers);
            if (writers > 1 || (writers == 1 && readers > 0))
                return true;
        } else if (r.event.kind == EventKind::Release) {
            --(writes[r.event.task] ? writers : readers);
        }
    }
    return readers != 0 || writers != 0;
}

} // namespace

class TestReadWriteLock : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void readersAreInTogether()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        ReadWriteState state{};
        ReadWriteLock lock(state, kLock, ReadWritePolicy::PreferWriters);
        QVERIFY(lock.lockForRead(contexts[1]));
        QVERIFY(lock.lockForRead(contexts[2]));
        lock.unlockRead(contexts[1]);
        lock.unlockRead(contexts[2]);
        QVERIFY(lock.lockForWrite(contexts[1]));
        lock.unlockWrite(contexts[1]);
        const auto events = recording.events();
        QCOMPARE(countOf(events, EventKind::Wait), 0);
        QCOMPARE(mostHolders(events, kLock), 2);
        const auto acquired = eventsOf(events, EventKind::Acquire, kLock);
        QCOMPARE(acquired.size(), std::size_t(3));
        QCOMPARE(acquired[0].event.reason, std::uint8_t(AccessMode::Shared));
        QCOMPARE(acquired[2].event.reason, std::uint8_t(AccessMode::Exclusive));
    }

    void aWriterWaitsForTheLastReader()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        ReadWriteState state{};
        ReadWriteLock lock(state, kLock, ReadWritePolicy::PreferReaders);
        QVERIFY(lock.lockForRead(contexts[1]));
        QVERIFY(lock.lockForRead(contexts[2]));
        bool got = false;
        std::thread writer([&] {
            got = lock.lockForWrite(contexts[3]);
            lock.unlockWrite(contexts[3]);
        });
        const bool waits = becomes([&] { return isWaitedFor(state); });
        lock.unlockRead(contexts[1]);
        lock.unlockRead(contexts[2]);
        writer.join();
        QVERIFY(waits && got);
        const auto events = recording.events();
        QVERIFY(!didWriterShare(events));
        QCOMPARE(eventsOf(events, EventKind::Acquire, kLock).back().event.task, TaskId(3));
        // None where it was held up between saying that it waits and its last try.
        QVERIFY(eventsOf(events, EventKind::Wait, kLock).size() <= 1);
        QVERIFY(allWaitsEnded(events));
    }

    void aWaitingWriterKeepsReadersOutOnlyWherePreferred()
    {
        for (const auto policy : {ReadWritePolicy::PreferReaders, ReadWritePolicy::PreferWriters}) {
            Recording recording;
            Contexts contexts(recording, 3);
            ReadWriteState state{};
            ReadWriteLock lock(state, kLock, policy);
            QVERIFY(lock.lockForRead(contexts[1]));
            std::thread writer([&] {
                if (lock.lockForWrite(contexts[2]))
                    lock.unlockWrite(contexts[2]);
            });
            bool isRead = false;
            const bool waits = becomes([&] { return state.waitingWriters.load() == 1; });
            std::thread reader([&] {
                isRead = lock.lockForRead(contexts[3]);
                lock.unlockRead(contexts[3]);
            });
            if (policy == ReadWritePolicy::PreferReaders)
                reader.join(); // it comes in although a writer waits
            lock.unlockRead(contexts[1]);
            writer.join();
            if (reader.joinable())
                reader.join();
            QVERIFY(waits && isRead);
            const auto events = recording.events();
            QVERIFY(!didWriterShare(events));
            const auto acquired = eventsOf(events, EventKind::Acquire, kLock);
            const TaskId second = policy == ReadWritePolicy::PreferReaders ? 3 : 2;
            QCOMPARE(acquired[1].event.task, second);
        }
    }

    void aStopRequestEndsBothKindsOfWait()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        ReadWriteState state{};
        ReadWriteLock lock(state, kLock, ReadWritePolicy::PreferWriters);
        QVERIFY(lock.lockForWrite(contexts[1]));
        bool hasRead = true, hasWritten = true;
        std::thread reader([&] { hasRead = lock.lockForRead(contexts[2]); });
        std::thread writer([&] { hasWritten = lock.lockForWrite(contexts[3]); });
        const bool waits = becomes([&] { return isWaitedFor(state); });
        recording.rings().requestStop();
        reader.join();
        writer.join();
        QVERIFY(waits);
        QVERIFY(!hasRead && !hasWritten);
        QCOMPARE(state.waitingWriters.load(), 0u);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void eightThreadsKeepTheRules_data()
    {
        QTest::addColumn<ReadWritePolicy>("policy");
        QTest::newRow("readers first") << ReadWritePolicy::PreferReaders;
        QTest::newRow("writers first") << ReadWritePolicy::PreferWriters;
    }
    void eightThreadsKeepTheRules()
    {
        QFETCH(ReadWritePolicy, policy);
        Recording recording;
        Contexts contexts(recording, 8);
        ReadWriteState state{};
        std::uint64_t first = 0, second = 0; // always equal where nobody writes
        const int good = inThreads(contexts, 8, [&](const TaskContext &context) {
            ReadWriteLock lock(state, kLock, policy);
            bool isRight = true;
            for (int i = 0; i < 1000; ++i) {
                if ((i + context.index()) % 4 == 0) {
                    isRight = lock.lockForWrite(context) && isRight;
                    ++first;
                    ++second;
                    lock.unlockWrite(context);
                } else {
                    isRight = lock.lockForRead(context) && isRight;
                    isRight = first == second && isRight;
                    lock.unlockRead(context);
                }
            }
            return isRight;
        });
        QCOMPARE(good, 8);
        QCOMPARE(first, std::uint64_t(2000));
        QCOMPARE(state.word.load(), 0u);
        const auto events = recording.events();
        QCOMPARE(recording.dropped(), std::uint64_t(0));
        QVERIFY(!didWriterShare(events));
        QVERIFY(allWaitsEnded(events));
    }

    void processesShareIt()
    {
        struct Shared {
            ReadWriteState lock;
            std::uint64_t counter;
        };
        Recording recording;
        Contexts contexts(recording, 4);
        auto board = SharedBoard::create(SharedBoard::cellsFor<Shared>());
        QVERIFY(board.isOk());
        Shared &shared = board.value().object<Shared>();
        const int good = inProcesses(contexts, 4, [&](const TaskContext &context) {
            ReadWriteLock lock(shared.lock, kLock, ReadWritePolicy::PreferWriters);
            for (int i = 0; i < 500; ++i) {
                if (!lock.lockForWrite(context))
                    return false;
                ++shared.counter;
                lock.unlockWrite(context);
            }
            return true;
        });
        QCOMPARE(good, 4);
        QCOMPARE(shared.counter, std::uint64_t(2000));
        QVERIFY(!didWriterShare(recording.events()));
    }
};

QTEST_GUILESS_MAIN(TestReadWriteLock)
#include "tst_readwritelock.moc"
