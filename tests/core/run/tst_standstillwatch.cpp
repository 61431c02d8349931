// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/standstillwatch.h"
#include "tests/support/handmadetrace.h"
#include "tests/support/heldchild.h"

#include <QByteArray>
#include <QtTest>

#include <map>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

using namespace Interleave;

Q_DECLARE_METATYPE(std::vector<Interleave::StandstillRole>)

namespace
{

using Role = StandstillRole;
using News = StandstillWatch::News;

constexpr DurationNs kAfter = 5 * kSecond;
constexpr pid_t kNobodysPid = 5'000'000; ///< more than the kernel gives

/// A trace with threads of which a test says what they do, and a watch over it.
struct Watched {
    explicit Watched(Source source = Source::Kernel)
        : made(source)
        , watch(made.writable(), kAfter, [this](pid_t, pid_t tid) {
            ++reads;
            return roles.at(tid);
        })
    {
    }
    ThreadIndex addThread(Role role, bool isOfRun = true)
    {
        const pid_t tid = kNobodysPid + pid_t(roles.size());
        roles[tid] = role;
        const ThreadIndex thread =
            made.writable().addThread(kNobodysPid, tid, HandmadeTrace::kOrigin, isOfRun);
        made.writable().addThreadTrack(thread);
        return thread;
    }
    void setState(ThreadIndex thread, SliceState state, TimestampNs since)
    {
        const TrackIndex track = made.shared()->thread(thread).track.load();
        made.writable().setOpen(track, HandmadeTrace::slice(since, since, state, kNoTask));
    }
    ThreadIndex addBlocked(Role role, TimestampNs since = kSecond)
    {
        const ThreadIndex thread = addThread(role);
        setState(thread, SliceState::Blocked, since);
        return thread;
    }
    void end(ThreadIndex thread, TimestampNs time)
    {
        made.writable().writableThread(thread).ended.store(HandmadeTrace::kOrigin + time);
    }
    /// What a look tells when the trace goes up to `horizon`; each comes when one is due.
    News lookAt(TimestampNs horizon)
    {
        made.publish(horizon);
        now += 1'000 * kSecond;
        return watch.look(now);
    }

    std::map<pid_t, Role> roles;
    int reads = 0;
    TimestampNs now = HandmadeTrace::kOrigin;
    HandmadeTrace made;
    StandstillWatch watch;
};

/// "number args[6] stack instruction", as /proc/.../syscall tells of a 64-bit program.
QByteArray callLine(long number, std::vector<unsigned long> arguments)
{
    arguments.resize(6);
    QByteArray line = QByteArray::number(qlonglong(number));
    for (const unsigned long argument : arguments)
        line += " 0x" + QByteArray::number(qulonglong(argument), 16);
    return line + " 0x7fff8d09a408 0x7fb7e3a21503";
}

} // namespace

class TestStandstillWatch : public QObject
{
    Q_OBJECT

private slots:
    void whatAThreadWaitsForDecides_data();
    void whatAThreadWaitsForDecides();
    void allThreadsTogetherDecide_data();
    void allThreadsTogetherDecide();
    void itIsSuspectedAtTheLimitAndOnce();
    void whileOneThreadMovesNothingIsSuspected_data();
    void whileOneThreadMovesNothingIsSuspected();
    void whatMovesEndsTheSuspicion();
    void aStretchIsLookedIntoOnce();
    void theEndOfAThreadIsAMovement();
    void threadsThatHaveEndedDoNotCount();
    void otherProgramsDoNotCount();
    void whatIsAboutToMoveIsLookedAtAgain();
    void theSamplersSlicesAreMovements();
    void withEventsAloneNothingIsSuspected();
    void anUnseenChildMayBeWhatIsWaitedFor();
    void betweenLooksNothingIsDone();
    void theLongestStretchIsKept();
};

void TestStandstillWatch::whatAThreadWaitsForDecides_data()
{
    QTest::addColumn<char>("state");
    QTest::addColumn<QByteArray>("call");
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<int>("role");
    const auto row = [](const char *name, char state, const QByteArray &call,
                        const QByteArray &channel, Role role) {
        QTest::newRow(name) << state << call << channel << int(role);
    };
    constexpr unsigned long kAddress = 0x7f0012345678;
    const QByteArray futex = "futex_wait_queue";
    row("a lock", 'S', callLine(SYS_futex, {kAddress, 128, 2, 0}), futex, Role::Lock);
    row("a lock for some time", 'S', callLine(SYS_futex, {kAddress, 137, 0, kAddress}), futex,
        Role::Elsewhere);
    row("a lock, by its function alone", 'S', {}, futex, Role::Lock);
    row("the rest of a timed wait", 'S', callLine(SYS_restart_syscall, {kAddress, 137, 0, 1}),
        futex, Role::Elsewhere);
    row("several locks", 'S', callLine(449, {kAddress, 2, 0, 0, 1}), futex, Role::Lock);
    row("several locks for some time", 'S', callLine(449, {kAddress, 2, 0, kAddress, 1}), futex,
        Role::Elsewhere);
    row("the newer call", 'S', callLine(455, {kAddress, 2, 255, 2, 0}), futex, Role::Lock);
    row("the newer call for some time", 'S', callLine(455, {kAddress, 2, 255, 2, kAddress}), futex,
        Role::Elsewhere);
    row("a file's lock", 'S', callLine(SYS_flock, {3, 2}), "locks_lock_inode_wait", Role::Lock);
    row("a child", 'S', callLine(SYS_wait4, {1234, 0, 0, 0}), "do_wait", Role::Child);
    row("a timer", 'S', callLine(SYS_clock_nanosleep, {0, 0, kAddress}), "hrtimer_nanosleep",
        Role::Elsewhere);
    row("a pipe", 'S', callLine(SYS_read, {0, kAddress, 4096}), "pipe_read", Role::Elsewhere);
    row("a terminal", 'S', callLine(SYS_read, {0, kAddress, 4096}), "wait_woken", Role::Elsewhere);
    row("any of several", 'S', callLine(SYS_ppoll, {kAddress, 2, 0}), "do_sys_poll",
        Role::Elsewhere);
    row("a signal", 'S', callLine(SYS_rt_sigsuspend, {kAddress, 8}), "sigsuspend", Role::Elsewhere);
    row("a call that nobody knows", 'S', callLine(9999, {}), "some_wait", Role::Unknown);
    row("kept secret", 'S', {}, "0", Role::Elsewhere);
    row("nothing can be read", 'S', {}, {}, Role::Elsewhere);
    row("the disk", 'D', callLine(SYS_futex, {kAddress, 128, 2, 0}), "io_schedule",
        Role::Elsewhere);
    row("stopped", 'T', callLine(SYS_futex, {kAddress, 128, 2, 0}), "do_signal_stop",
        Role::Elsewhere);
    row("traced", 't', callLine(SYS_futex, {kAddress, 128, 2, 0}), "ptrace_stop", Role::Elsewhere);
    row("it runs", 'R', "running", "0", Role::Moves);
    row("it has just woken up", 'S', "running", "0", Role::Moves);
    row("it has ended", 'Z', {}, "0", Role::Ended);
}

void TestStandstillWatch::whatAThreadWaitsForDecides()
{
    QFETCH(char, state);
    QFETCH(QByteArray, call);
    QFETCH(QByteArray, channel);
    QFETCH(int, role);
    const Role told = StandstillWatch::roleOf(state, {call.constData(), std::size_t(call.size())},
                                              {channel.constData(), std::size_t(channel.size())});
    QCOMPARE(int(told), role);
}

void TestStandstillWatch::allThreadsTogetherDecide_data()
{
    QTest::addColumn<std::vector<StandstillRole>>("roles");
    QTest::addColumn<bool>("isSuspicious");
    using Roles = std::vector<StandstillRole>;
    QTest::newRow("nobody") << Roles{} << false;
    QTest::newRow("a lock alone") << Roles{Role::Lock} << true;
    QTest::newRow("two locks") << Roles{Role::Lock, Role::Lock} << true;
    QTest::newRow("a lock below a shell") << Roles{Role::Child, Role::Lock} << true;
    QTest::newRow("a shell alone") << Roles{Role::Child} << false;
    QTest::newRow("shells alone") << Roles{Role::Child, Role::Child} << false;
    QTest::newRow("one, nobody knows why") << Roles{Role::Unknown} << false;
    QTest::newRow("one beside the dead") << Roles{Role::Unknown, Role::Ended} << false;
    QTest::newRow("two, nobody knows why") << Roles{Role::Unknown, Role::Unknown} << true;
    QTest::newRow("one below a shell") << Roles{Role::Child, Role::Unknown} << true;
    QTest::newRow("the dead") << Roles{Role::Ended, Role::Ended} << false;
    QTest::newRow("a lock beside the dead") << Roles{Role::Ended, Role::Lock} << true;
    QTest::newRow("one waits for time") << Roles{Role::Lock, Role::Elsewhere} << false;
    QTest::newRow("one moves") << Roles{Role::Moves, Role::Lock, Role::Lock} << false;
}

void TestStandstillWatch::allThreadsTogetherDecide()
{
    QFETCH(std::vector<StandstillRole>, roles);
    QFETCH(bool, isSuspicious);
    QCOMPARE(StandstillWatch::isSuspicious(roles), isSuspicious);
}

void TestStandstillWatch::itIsSuspectedAtTheLimitAndOnce()
{
    Watched watched;
    watched.addBlocked(Role::Lock, kSecond);
    watched.addBlocked(Role::Lock, 2 * kSecond);
    QCOMPARE(int(watched.lookAt(2 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(watched.reads, 0);
    QCOMPARE(int(watched.lookAt(2 * kSecond + kAfter)), int(News::Suspected));
    QCOMPARE(watched.watch.quiet(), kAfter);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
    QVERIFY(!watched.watch.longest()); // it goes on
}

void TestStandstillWatch::whileOneThreadMovesNothingIsSuspected_data()
{
    QTest::addColumn<int>("state");
    QTest::newRow("running") << int(SliceState::Running);
    QTest::newRow("ready") << int(SliceState::Runnable);
    QTest::newRow("not known") << int(SliceState::Unknown);
    QTest::newRow("lost") << int(SliceState::Lost);
}

void TestStandstillWatch::whileOneThreadMovesNothingIsSuspected()
{
    QFETCH(int, state);
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex other = watched.addBlocked(Role::Lock);
    watched.setState(other, SliceState(state), kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
    watched.setState(other, SliceState::Blocked, kSecond);
    QCOMPARE(int(watched.lookAt(101 * kSecond)), int(News::Suspected));
    // Nor while one has just been made, and has done nothing yet.
    Watched grows;
    grows.addBlocked(Role::Lock);
    grows.addThread(Role::Lock);
    QCOMPARE(int(grows.lookAt(100 * kSecond)), int(News::None));
}

void TestStandstillWatch::whatMovesEndsTheSuspicion()
{
    Watched watched;
    const ThreadIndex thread = watched.addBlocked(Role::Lock);
    watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::Suspected));
    watched.setState(thread, SliceState::Running, 10 * kSecond);
    QCOMPARE(int(watched.lookAt(11 * kSecond)), int(News::Over));
    QCOMPARE(int(watched.lookAt(12 * kSecond)), int(News::None));
    // Also when it has come to rest again before anybody looked.
    watched.setState(thread, SliceState::Blocked, 12 * kSecond);
    QCOMPARE(int(watched.lookAt(17 * kSecond)), int(News::Suspected));
    watched.setState(thread, SliceState::Blocked, 18 * kSecond);
    QCOMPARE(int(watched.lookAt(19 * kSecond)), int(News::Over));
    QCOMPARE(int(watched.lookAt(22 * kSecond)), int(News::None));
    QCOMPARE(int(watched.lookAt(23 * kSecond)), int(News::Suspected));
}

void TestStandstillWatch::aStretchIsLookedIntoOnce()
{
    Watched watched;
    const ThreadIndex thread = watched.addBlocked(Role::Elsewhere);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 1);
    QCOMPARE(int(watched.lookAt(20 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 1);
    watched.setState(thread, SliceState::Blocked, 21 * kSecond);
    QCOMPARE(int(watched.lookAt(30 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 2);
}

void TestStandstillWatch::theEndOfAThreadIsAMovement()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex sleeper = watched.addBlocked(Role::Elsewhere);
    QCOMPARE(int(watched.lookAt(90 * kSecond)), int(News::None));
    watched.end(sleeper, 100 * kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(int(watched.lookAt(100 * kSecond + kAfter)), int(News::Suspected));
}

void TestStandstillWatch::threadsThatHaveEndedDoNotCount()
{
    Watched watched;
    watched.end(watched.addBlocked(Role::Lock), 2 * kSecond);
    watched.end(watched.addBlocked(Role::Lock), 3 * kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None)); // nobody is left
    QCOMPARE(watched.reads, 0);
    watched.addBlocked(Role::Unknown); // and beside the ended ones it is alone
    QCOMPARE(int(watched.lookAt(101 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 1);
}

void TestStandstillWatch::otherProgramsDoNotCount()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ThreadIndex other = watched.addThread(Role::Elsewhere, false);
    watched.setState(other, SliceState::Running, kSecond);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::Suspected));
    QCOMPARE(watched.reads, 1);
}

void TestStandstillWatch::whatIsAboutToMoveIsLookedAtAgain()
{
    Watched watched;
    watched.addBlocked(Role::Moves);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::None));
    watched.roles.begin()->second = Role::Lock; // it was another one's wake-up
    QCOMPARE(int(watched.lookAt(11 * kSecond)), int(News::Suspected));
}

void TestStandstillWatch::theSamplersSlicesAreMovements()
{
    Watched watched(Source::Sampled);
    const ThreadIndex thread = watched.addThread(Role::Lock);
    const ThreadIndex other = watched.addThread(Role::Lock);
    const auto sample = [&watched](ThreadIndex of, TimestampNs begin, TimestampNs end) {
        watched.made.add(watched.made.shared()->thread(of).track.load(), begin, end,
                         SliceState::Sampled, kNoTask);
    };
    sample(thread, kSecond, 2 * kSecond);
    sample(other, kSecond, 3 * kSecond);
    QCOMPARE(int(watched.lookAt(3 * kSecond + kAfter - 1)), int(News::None));
    QCOMPARE(int(watched.lookAt(3 * kSecond + kAfter)), int(News::Suspected));
    sample(thread, 9 * kSecond, 10 * kSecond);
    QCOMPARE(int(watched.lookAt(10 * kSecond)), int(News::Over));
}

void TestStandstillWatch::withEventsAloneNothingIsSuspected()
{
    Watched watched(Source::Events);
    watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
    QCOMPARE(watched.reads, 0);
}

void TestStandstillWatch::anUnseenChildMayBeWhatIsWaitedFor()
{
    const HeldChild child("none"); // it is never let go
    {
        Watched watched;
        watched.addBlocked(Role::Lock);
        watched.made.writable().addProcess(::getpid(), kNoProcess, HandmadeTrace::kOrigin, true);
        QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::None));
        QCOMPARE(watched.reads, 1);
    }
    Watched watched;
    watched.addBlocked(Role::Lock);
    const ProcessIndex parent =
        watched.made.writable().addProcess(::getpid(), kNoProcess, HandmadeTrace::kOrigin, true);
    watched.made.writable().addProcess(child.pid(), parent, HandmadeTrace::kOrigin, true);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::Suspected));
}

void TestStandstillWatch::betweenLooksNothingIsDone()
{
    Watched watched;
    watched.addBlocked(Role::Lock);
    QCOMPARE(int(watched.lookAt(2 * kSecond)), int(News::None));
    watched.made.publish(100 * kSecond);
    QCOMPARE(int(watched.watch.look(watched.now + StandstillWatch::kLookPitch - 1)),
             int(News::None));
    QCOMPARE(watched.reads, 0);
    QCOMPARE(int(watched.lookAt(100 * kSecond)), int(News::Suspected));
}

void TestStandstillWatch::theLongestStretchIsKept()
{
    Watched watched;
    const ThreadIndex thread = watched.addBlocked(Role::Lock, 0);
    const TimestampNs origin = HandmadeTrace::kOrigin;
    QVERIFY(!watched.watch.end(origin)); // nothing was suspected
    watched.made.publish(6 * kSecond);
    QCOMPARE(int(watched.watch.look(origin + 6 * kSecond)), int(News::Suspected));
    QVERIFY(watched.watch.end(origin + 20 * kSecond));
    QVERIFY(!watched.watch.end(origin + 21 * kSecond)); // it has been told
    QCOMPARE(watched.watch.longest().value_or(0), 20 * kSecond);
    // A shorter one does not replace it.
    watched.setState(thread, SliceState::Blocked, 5'000 * kSecond);
    QCOMPARE(int(watched.lookAt(5'000 * kSecond + kAfter)), int(News::Suspected));
    QVERIFY(watched.watch.end(origin));
    QCOMPARE(watched.watch.longest().value_or(0), 20 * kSecond);
}

QTEST_GUILESS_MAIN(TestStandstillWatch)
#include "tst_standstillwatch.moc"
