// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/standstillwatch.h"

#include <QByteArray>
#include <QtTest>

#include <cstddef>
#include <vector>

#include <sys/syscall.h>

using namespace Interleave;

Q_DECLARE_METATYPE(std::vector<Interleave::StandstillRole>)

namespace
{

using Role = StandstillRole;

/// "number args[6] stack instruction", as /proc/.../syscall tells.
QByteArray callLine(long number, std::vector<unsigned long> arguments,
                    const QByteArray &stack = "0x7fff8d09a408")
{
    arguments.resize(6);
    QByteArray line = QByteArray::number(qlonglong(number));
    for (const unsigned long argument : arguments)
        line += " 0x" + QByteArray::number(qulonglong(argument), 16);
    return line + ' ' + stack + " 0x7fb7e3a21503";
}

} // namespace

/// What is concluded from what /proc says of one thread, and from all threads of a run.
class TestStandstillRoles : public QObject
{
    Q_OBJECT

private slots:
    void whatAThreadWaitsForDecides_data();
    void whatAThreadWaitsForDecides();
    void allThreadsTogetherDecide_data();
    void allThreadsTogetherDecide();
};

void TestStandstillRoles::whatAThreadWaitsForDecides_data()
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
    row("a lock that others may share", 'S', callLine(SYS_futex, {kAddress, 0, 2, 0}), futex,
        Role::Shared);
    row("the end of a thread", 'S', callLine(SYS_futex, {kAddress, 265, 4711, 0}), futex,
        Role::Shared);
    // Of others than descendants Yama shows the function alone: it may be for some time.
    row("a lock, by its function alone", 'S', {}, futex, Role::Elsewhere);
    row("a semaphore, by its function alone", 'S', {}, "do_semtimedop", Role::Elsewhere);
    row("a futex in a call that nobody knows", 'S', callLine(9999, {kAddress}), futex,
        Role::Elsewhere);
    row("the rest of a timed wait", 'S', callLine(SYS_restart_syscall, {kAddress, 137, 0, 1}),
        futex, Role::Elsewhere);
    row("several locks", 'S', callLine(449, {kAddress, 2, 0, 0, 1}), futex, Role::Shared);
    row("several locks for some time", 'S', callLine(449, {kAddress, 2, 0, kAddress, 1}), futex,
        Role::Elsewhere);
    row("the newer call", 'S', callLine(455, {kAddress, 2, 255, 130, 0}), futex, Role::Lock);
    row("the newer call for others, too", 'S', callLine(455, {kAddress, 2, 255, 2, 0}), futex,
        Role::Shared);
    row("the newer call for some time", 'S', callLine(455, {kAddress, 2, 255, 2, kAddress}), futex,
        Role::Elsewhere);
    const QByteArray low = "0xffd3a9c0"; // of a 32-bit program
    row("a lock of 32 bits", 'S', callLine(240, {0xf7000010, 128, 2, 0}, low), futex,
        Role::Elsewhere);
    row("a number that means a lock in 64 bits", 'S',
        callLine(SYS_futex, {0xf7000010, 128, 2, 0}, low), futex, Role::Elsewhere);
    row("a child of 32 bits", 'S', callLine(114, {1234, 0, 0, 0}, low), "do_wait", Role::Elsewhere);
    row("32 bits outside of a call", 'S', "-1 0xffd3a9c0 0xf7f3a549", "some_wait", Role::Elsewhere);
    row("just below", 'S', callLine(SYS_futex, {kAddress, 128, 2, 0}, "0xffffffff"), futex,
        Role::Elsewhere);
    row("just above", 'S', callLine(SYS_futex, {kAddress, 128, 2, 0}, "0x100000000"), futex,
        Role::Lock);
    row("outside of a call", 'S', "-1 0x7fff8d09a408 0x7fb7e3a21503", "some_wait", Role::Unknown);
    // Somebody outside may have them.
    row("a file's lock", 'S', callLine(SYS_flock, {3, 2}), "locks_lock_inode_wait",
        Role::Elsewhere);
    row("a part of a file", 'S', callLine(SYS_fcntl, {3, 7, kAddress}), "fcntl_setlk",
        Role::Elsewhere);
    row("a semaphore of System V", 'S', callLine(SYS_semop, {1, kAddress, 1}), "do_semtimedop",
        Role::Elsewhere);
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

void TestStandstillRoles::whatAThreadWaitsForDecides()
{
    QFETCH(char, state);
    QFETCH(QByteArray, call);
    QFETCH(QByteArray, channel);
    QFETCH(int, role);
    const Role told = StandstillWatch::roleOf(state, {call.constData(), std::size_t(call.size())},
                                              {channel.constData(), std::size_t(channel.size())});
    QCOMPARE(int(told), role);
}

void TestStandstillRoles::allThreadsTogetherDecide_data()
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
    // Its shell waits for it, and it waits as alone as before.
    QTest::newRow("one below a shell") << Roles{Role::Child, Role::Unknown} << false;
    QTest::newRow("two below a shell") << Roles{Role::Unknown, Role::Child, Role::Unknown} << true;
    QTest::newRow("one shares with nobody knows whom") << Roles{Role::Shared} << false;
    QTest::newRow("the same below a shell") << Roles{Role::Child, Role::Shared} << false;
    QTest::newRow("two that share") << Roles{Role::Child, Role::Shared, Role::Shared} << true;
    QTest::newRow("the end of one that has a lock") << Roles{Role::Shared, Role::Lock} << true;
    QTest::newRow("the end of one, nobody knows") << Roles{Role::Shared, Role::Unknown} << true;
    QTest::newRow("the dead") << Roles{Role::Ended, Role::Ended} << false;
    QTest::newRow("a lock beside the dead") << Roles{Role::Ended, Role::Lock} << true;
    QTest::newRow("one waits for time") << Roles{Role::Lock, Role::Elsewhere} << false;
    QTest::newRow("one moves") << Roles{Role::Moves, Role::Lock, Role::Lock} << false;
}

void TestStandstillRoles::allThreadsTogetherDecide()
{
    QFETCH(std::vector<StandstillRole>, roles);
    QFETCH(bool, isSuspicious);
    QCOMPARE(StandstillWatch::isSuspicious(roles), isSuspicious);
}

QTEST_GUILESS_MAIN(TestStandstillRoles)
#include "tst_standstillroles.moc"
