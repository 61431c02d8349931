// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
#include "ui/timeline/threadtitle.h"

#include <QTest>

using namespace Interleave;

namespace
{

/// A thread of the process 100 on which one task of this kind began.
QString titleOf(pid_t tid, TaskKind kind)
{
    HandmadeTrace made;
    Trace &trace = made.writable();
    const ThreadIndex thread = trace.addThread(100, tid, HandmadeTrace::kOrigin, true);
    trace.writableThread(thread).name.store(trace.addText("interleave-engi"));
    made.addTask(1, "prime 1", kind);
    trace.writableTask(1)->thread.store(thread);
    return threadTitle(trace, thread);
}

} // namespace

class TestThreadTitle : public QObject
{
    Q_OBJECT

private slots:
    void theFirstThreadWithCoroutinesIsTheEventLoop();
    void theFirstThreadWithOtherTasksKeepsItsName();
    void anotherThreadWithCoroutinesKeepsItsName();
    void coroutinesOfAnotherThreadDoNotCount();
    void noThreadHasNoTitle();
};

void TestThreadTitle::theFirstThreadWithCoroutinesIsTheEventLoop()
{
    QCOMPARE(titleOf(100, TaskKind::Coroutine), QStringLiteral("event loop"));
}

void TestThreadTitle::theFirstThreadWithOtherTasksKeepsItsName()
{
    QCOMPARE(titleOf(100, TaskKind::Step), QStringLiteral("Interleave's engine"));
}

void TestThreadTitle::anotherThreadWithCoroutinesKeepsItsName()
{
    QCOMPARE(titleOf(101, TaskKind::Coroutine), QStringLiteral("Interleave's engine"));
}

void TestThreadTitle::coroutinesOfAnotherThreadDoNotCount()
{
    HandmadeTrace made;
    Trace &trace = made.writable();
    const ThreadIndex first = trace.addThread(100, 100, HandmadeTrace::kOrigin, true);
    const ThreadIndex loop = trace.addThread(100, 101, HandmadeTrace::kOrigin, true);
    made.addTask(1, "fetch 1", TaskKind::Coroutine);
    made.addTask(2, "fetch 2", TaskKind::Coroutine); // has not begun
    trace.writableTask(1)->thread.store(loop);
    QCOMPARE(threadTitle(trace, first), QStringLiteral("thread 100"));
}

void TestThreadTitle::noThreadHasNoTitle()
{
    const HandmadeTrace made;
    QVERIFY(threadTitle(*made.shared(), kNoThread).isEmpty());
}

QTEST_GUILESS_MAIN(TestThreadTitle)
#include "tst_threadtitle.moc"
