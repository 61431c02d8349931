// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/event.h"
#include "core/sched/processtree.h"
#include "core/sched/waitchannels.h"
#include "tests/support/heldchild.h"

#include <QtTest>

#include <ctime>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <linux/futex.h>
#include <sys/select.h>
#include <sys/syscall.h>

using namespace Interleave;

namespace
{

constexpr TimestampNs kMs = kMillisecond;

/// A line of /proc/.../syscall of a 64-bit program that waits in call `number`.
std::string callLine(long number, const char *first = "0x3", const char *second = "0x7ffc10")
{
    return std::to_string(number) + ' ' + first + ' ' + second
        + " 0x1 0x0 0x0 0x0 0x7ffc8fbeb6f8 0x7f5273fde503\n";
}

QString nameOf(std::optional<std::uint8_t> reason)
{
    static constexpr const char *names[] = {
        "none",      "sleep",     "lock",       "io",    "child", "join",
        "condition", "semaphore", "barrier",    "queue", "idle",  "yield",
        "await",     "gil",       "connection", "event", "futex", "poll"};
    static_assert(std::size(names) == kWaitReasonCount);
    return reason ? QString::fromLatin1(names[*reason]) : QStringLiteral("nothing");
}

// What the children do: each says that it is about to wait, and waits for ever.

int waitIn(std::string_view mode)
{
    HeldChild::say("ready");
    for (;;) {
        if (mode == "sleep") {
            const timespec forLong{3600, 0};
            nanosleep(&forLong, nullptr);
        } else if (mode == "pipe") {
            char byte = 0;
            if (read(STDIN_FILENO, &byte, 1) != 1)
                return 0;
        } else if (mode == "futex") {
            static int word = 0;
            syscall(SYS_futex, &word, FUTEX_WAIT, 0, nullptr, nullptr, 0);
        } else if (mode == "poll") {
            pollfd one{STDIN_FILENO, POLLIN, 0};
            if (poll(&one, 1, -1) != 0)
                return 0;
        } else if (mode == "select-timer") {
            timeval forLong{3600, 0};
            select(0, nullptr, nullptr, nullptr, &forLong);
        } else if (mode == "child") {
            const pid_t child = fork();
            if (child == 0)
                _exit(HeldChild::waitForRelease() ? 0 : 1); // the end of the test ends it
            waitpid(child, nullptr, 0);
        } else {
            return 1;
        }
    }
}

SchedEvent eventOf(SchedEventKind kind, TimestampNs time, pid_t pid, pid_t tid)
{
    SchedEvent event;
    event.kind = kind;
    event.time = time;
    event.pid = pid;
    event.tid = tid;
    return event;
}

} // namespace

class TestWaitChannels : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void aCallTellsItsReason_data();
    void aCallTellsItsReason();
    void callsWithoutDescriptorsAreTimers();
    void onlyABlockingFcntlIsALock();
    void whoRunsWaitsForNothing_data();
    void whoRunsWaitsForNothing();
    void aChannelTellsItsReason_data();
    void aChannelTellsItsReason();
    void theChannelKnowsWhatARequestIsReadFrom();
    void a32BitProgramsNumbersAreNotTrusted();
    void aChildsWaitIsSeen_data();
    void aChildsWaitIsSeen();
    void aShortWaitIsNotLookedAt();
    void aWaitIsLookedAtOnce();
    void looksHaveABudget();
    void aThreadThatIsGoneTellsNothing();
    void inTheWholeMachineOnlyTheRunIsLookedAt();
    void withoutSwitchesNothingIsLookedAt();

private:
    std::vector<SchedEvent> m_seen;
};

void TestWaitChannels::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_seen.clear();
}

void TestWaitChannels::aCallTellsItsReason_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, int number, const char *reason) {
        QTest::newRow(name) << number << QString::fromLatin1(reason);
    };
    // Literal numbers: the kernel's tables, not the headers that the code was built with.
#if defined(__x86_64__)
    row("read", 0, "io");
    row("write", 1, "io");
    row("poll", 7, "poll");
    row("ioctl", 16, "io");
    row("pread64", 17, "io");
    row("readv", 19, "io");
    row("select", 23, "poll");
    row("pause", 34, "event");
    row("nanosleep", 35, "sleep");
    row("sendfile", 40, "io");
    row("connect", 42, "io");
    row("accept", 43, "io");
    row("sendto", 44, "io");
    row("recvfrom", 45, "io");
    row("recvmsg", 47, "io");
    row("wait4", 61, "child");
    row("semop", 65, "semaphore");
    row("msgrcv", 70, "queue");
    row("flock", 73, "lock");
    row("fsync", 74, "io");
    row("fdatasync", 75, "io");
    row("rt_sigtimedwait", 128, "event");
    row("rt_sigsuspend", 130, "event");
    row("futex", 202, "futex");
    row("clock_nanosleep", 230, "sleep");
    row("epoll_wait", 232, "poll");
    row("waitid", 247, "child");
    row("openat", 257, "io");
    row("pselect6", 270, "poll");
    row("ppoll", 271, "poll");
    row("epoll_pwait", 281, "poll");
    row("accept4", 288, "io");
    row("getpid", 39, "nothing");
#elif defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
    row("epoll_pwait", 22, "poll");
    row("ioctl", 29, "io");
    row("flock", 32, "lock");
    row("openat", 56, "io");
    row("read", 63, "io");
    row("write", 64, "io");
    row("readv", 65, "io");
    row("pread64", 67, "io");
    row("pselect6", 72, "poll");
    row("ppoll", 73, "poll");
    row("fsync", 82, "io");
    row("waitid", 95, "child");
    row("futex", 98, "futex");
    row("nanosleep", 101, "sleep");
    row("clock_nanosleep", 115, "sleep");
    row("rt_sigsuspend", 133, "event");
    row("rt_sigtimedwait", 137, "event");
    row("accept", 202, "io");
    row("connect", 203, "io");
    row("recvfrom", 207, "io");
    row("wait4", 260, "child");
    row("getpid", 172, "nothing");
#endif
#if defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
    row("io_uring_enter", 426, "io");
    row("epoll_pwait2", 441, "poll");
    row("futex_waitv", 449, "futex");
#endif
    row("no call at all", 100000, "nothing");
}

void TestWaitChannels::aCallTellsItsReason()
{
    QFETCH(int, number);
    QFETCH(QString, reason);
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(number), "0")), reason);
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(number), "")), reason);
}

void TestWaitChannels::callsWithoutDescriptorsAreTimers()
{
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_pselect6, "0x0"), "do_select")),
             QStringLiteral("sleep"));
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_ppoll, "0x0", "0x0"), "do_poll")),
             QStringLiteral("sleep"));
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_ppoll, "0x0", "0x1"), "do_poll")),
             QStringLiteral("poll"));
}

void TestWaitChannels::onlyABlockingFcntlIsALock()
{
    for (const char *command : {"0x7", "0x26"})
        QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_fcntl, "0x3", command), "0")),
                 QStringLiteral("lock"));
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_fcntl, "0x3", "0x3"), "0")),
             QStringLiteral("nothing"));
}

void TestWaitChannels::whoRunsWaitsForNothing_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("on a core") << QByteArray("running\n");
    QTest::newRow("in no call") << QByteArray("-1 0x7ffc8fbeb6f8 0x7f5273fde503\n");
    QTest::newRow("half a line") << QByteArray("35 0x0 0x0");
    QTest::newRow("no numbers") << QByteArray("sleeping tight");
    QTest::newRow("overlong") << QByteArray(300, '9');
    QTest::newRow("nothing") << QByteArray();
}

void TestWaitChannels::whoRunsWaitsForNothing()
{
    QFETCH(QByteArray, line);
    const std::string_view text(line.constData(), std::size_t(line.size()));
    QCOMPARE(nameOf(WaitChannels::reasonOf(text, "0")), QStringLiteral("nothing"));
}

void TestWaitChannels::aChannelTellsItsReason_data()
{
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *channel, const char *reason) {
        QTest::newRow(channel) << QByteArray(channel) << QString::fromLatin1(reason);
    };
    row("hrtimer_nanosleep", "sleep");
    row("futex_wait_queue", "futex");
    row("futex_wait_queue_me", "futex");
    row("futex_do_wait", "futex");
    row("do_wait", "child");
    row("do_sys_poll", "poll");
    row("poll_schedule_timeout.constprop.0", "poll");
    row("ep_poll", "poll");
    row("pipe_read", "io");
    row("anon_pipe_read", "io");
    row("unix_stream_read_generic", "io");
    row("inet_csk_accept", "io");
    row("folio_wait_bit_common", "io");
    row("locks_lock_inode_wait", "lock");
    row("do_sigtimedwait", "event");
    row("0", "nothing");
    row("", "nothing");
    row("do_exit", "nothing");
}

void TestWaitChannels::aChannelTellsItsReason()
{
    QFETCH(QByteArray, channel);
    QFETCH(QString, reason);
    QCOMPARE(nameOf(WaitChannels::reasonOf("", channel.constData())), reason);
}

void TestWaitChannels::theChannelKnowsWhatARequestIsReadFrom()
{
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_read), "timerfd_read")),
             QStringLiteral("sleep"));
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_read), "eventfd_read")),
             QStringLiteral("event"));
    QCOMPARE(nameOf(WaitChannels::reasonOf(callLine(SYS_read), "pipe_read")), QStringLiteral("io"));
}

void TestWaitChannels::a32BitProgramsNumbersAreNotTrusted()
{
    // Number 162 is its nanosleep, and the sync of a 64-bit program.
    const std::string line = "162 0xffd0 0xffd8 0x0 0x0 0x0 0x0 0xffffd0c8 0xf7fc5579\n";
    QCOMPARE(nameOf(WaitChannels::reasonOf(line, "0")), QStringLiteral("nothing"));
    QCOMPARE(nameOf(WaitChannels::reasonOf(line, "hrtimer_nanosleep")), QStringLiteral("sleep"));
}

void TestWaitChannels::aChildsWaitIsSeen_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<QString>("reason");
    QTest::newRow("sleeps") << QByteArray("sleep") << QStringLiteral("sleep");
    QTest::newRow("reads a pipe") << QByteArray("pipe") << QStringLiteral("io");
    QTest::newRow("waits for a lock") << QByteArray("futex") << QStringLiteral("futex");
    QTest::newRow("polls") << QByteArray("poll") << QStringLiteral("poll");
    QTest::newRow("sleeps as old Pythons do")
        << QByteArray("select-timer") << QStringLiteral("sleep");
    QTest::newRow("waits for a child") << QByteArray("child") << QStringLiteral("child");
}

void TestWaitChannels::aChildsWaitIsSeen()
{
    QFETCH(QByteArray, mode);
    QFETCH(QString, reason);
    HeldChild child(mode.constData());
    QVERIFY(child.release());
    QCOMPARE(child.line(), std::string("ready"));
    if (::access(("/proc/" + std::to_string(child.pid()) + "/syscall").c_str(), R_OK) != 0
        && ::access(("/proc/" + std::to_string(child.pid()) + "/wchan").c_str(), R_OK) != 0)
        QSKIP("this kernel tells neither system calls nor wait channels");
    // A moment later it waits. Each try is a wait of its own, until it is in there.
    WaitChannels channels;
    const TimestampNs deadline = monotonicNow() + 10 * kSecond;
    TimestampNs since = 0;
    do {
        since = monotonicNow() - WaitChannels::kLookAfter;
        channels.add(eventOf(SchedEventKind::SwitchIn, since - 1, child.pid(), child.pid()));
        channels.add(eventOf(SchedEventKind::SwitchOut, since, child.pid(), child.pid()));
        m_seen.clear();
        channels.collect(monotonicNow(), m_seen);
        std::this_thread::yield();
    } while ((m_seen.empty() || nameOf(m_seen.front().reason) != reason)
             && monotonicNow() < deadline);
    QCOMPARE(m_seen.size(), std::size_t(1));
    const SchedEvent &seen = m_seen.front();
    QCOMPARE(nameOf(seen.reason), reason);
    QVERIFY(seen.kind == SchedEventKind::WaitSeen);
    QCOMPARE(seen.pid, child.pid());
    QCOMPARE(seen.tid, child.pid());
    QCOMPARE(seen.lostSince, since);
    QVERIFY(seen.time >= since + WaitChannels::kLookAfter && seen.time <= monotonicNow());
}

void TestWaitChannels::aShortWaitIsNotLookedAt()
{
    HeldChild child("sleep"); // held in a read
    WaitChannels channels;
    const pid_t pid = child.pid();
    channels.add(eventOf(SchedEventKind::SwitchOut, 100 * kMs, pid, pid));
    channels.collect(103 * kMs, m_seen);
    QVERIFY(m_seen.empty());
    channels.add(eventOf(SchedEventKind::SwitchIn, 103 * kMs, pid, pid));
    channels.collect(105 * kMs, m_seen);
    QVERIFY(m_seen.empty());
    SchedEvent preempted = eventOf(SchedEventKind::SwitchOut, 106 * kMs, pid, pid);
    preempted.preempted = true;
    channels.add(preempted);
    channels.collect(120 * kMs, m_seen);
    QVERIFY(m_seen.empty());
}

void TestWaitChannels::aWaitIsLookedAtOnce()
{
    HeldChild child("sleep");
    const pid_t pid = child.pid();
    const auto status = [pid] { return readThreadStatus(pid, pid); };
    QTRY_VERIFY_WITH_TIMEOUT(status() && status()->state == 'S', 10'000);
    WaitChannels channels;
    channels.add(eventOf(SchedEventKind::SwitchOut, 100 * kMs, pid, pid));
    channels.collect(104 * kMs, m_seen);
    if (m_seen.empty())
        QSKIP("this kernel tells neither system calls nor wait channels");
    QCOMPARE(m_seen.size(), std::size_t(1));
    channels.collect(110 * kMs, m_seen);
    channels.collect(210 * kMs, m_seen);
    QCOMPARE(m_seen.size(), std::size_t(1));
    channels.add(eventOf(SchedEventKind::SwitchIn, 220 * kMs, pid, pid));
    channels.add(eventOf(SchedEventKind::SwitchOut, 221 * kMs, pid, pid));
    channels.collect(225 * kMs, m_seen);
    QCOMPARE(m_seen.size(), std::size_t(2));
    QCOMPARE(m_seen.back().lostSince, 221 * kMs);
}

void TestWaitChannels::looksHaveABudget()
{
    HeldChild child("sleep");
    const pid_t pid = child.pid();
    const auto status = [pid] { return readThreadStatus(pid, pid); };
    QTRY_VERIFY_WITH_TIMEOUT(status() && status()->state == 'S', 10'000);
    WaitChannels channels;
    TimestampNs time = kSecond;
    for (int i = 0; i < 2000; ++i, time += 5 * kMs) { // 200 waits a second for ten seconds
        channels.add(eventOf(SchedEventKind::SwitchIn, time, pid, pid));
        channels.add(eventOf(SchedEventKind::SwitchOut, time + 1, pid, pid));
        channels.collect(time + 4 * kMs + 1, m_seen);
    }
    if (m_seen.empty())
        QSKIP("this kernel tells neither system calls nor wait channels");
    QCOMPARE(m_seen.size(), std::size_t(2000)); // below the budget all are seen

    // The same thread again and again, as if time stood still: no more than the burst is spent.
    m_seen.clear();
    for (int i = 1; i <= 1000; ++i) {
        channels.add(eventOf(SchedEventKind::SwitchOut, time + i, pid, pid));
        channels.collect(time + 5 * kMs, m_seen);
    }
    QVERIFY(!m_seen.empty());
    QVERIFY(m_seen.size() <= std::size_t(WaitChannels::kMostLooks / 10));
}

void TestWaitChannels::aThreadThatIsGoneTellsNothing()
{
    HeldChild child("nothing");
    const pid_t pid = child.pid();
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 1); // "nothing" is no mode
    WaitChannels channels;
    channels.add(eventOf(SchedEventKind::SwitchOut, 100 * kMs, pid, pid));
    channels.collect(200 * kMs, m_seen);
    QVERIFY(m_seen.empty());
    channels.add(eventOf(SchedEventKind::SwitchOut, 300 * kMs, pid, pid));
    channels.add(eventOf(SchedEventKind::Exit, 301 * kMs, pid, pid));
    channels.collect(400 * kMs, m_seen);
    QVERIFY(m_seen.empty());
}

void TestWaitChannels::inTheWholeMachineOnlyTheRunIsLookedAt()
{
    HeldChild child("sleep");
    const pid_t pid = child.pid();
    const auto status = [pid] { return readThreadStatus(pid, pid); };
    QTRY_VERIFY_WITH_TIMEOUT(status() && status()->state == 'S', 10'000);
    WaitChannels channels(Source::KernelWide);
    channels.add(eventOf(SchedEventKind::SwitchOut, 100 * kMs, pid, pid));
    channels.collect(200 * kMs, m_seen);
    QVERIFY(m_seen.empty());
    SchedEvent found = eventOf(SchedEventKind::Found, 201 * kMs, pid, pid);
    found.waiting = true;
    channels.add(found);
    channels.collect(300 * kMs, m_seen);
    if (m_seen.empty())
        QSKIP("this kernel tells neither system calls nor wait channels");
    QCOMPARE(m_seen.size(), std::size_t(1));
}

void TestWaitChannels::withoutSwitchesNothingIsLookedAt()
{
    HeldChild child("sleep");
    const pid_t pid = child.pid();
    for (const Source source : {Source::Sampled, Source::Events}) {
        WaitChannels channels(source);
        channels.addRoot(pid);
        channels.add(eventOf(SchedEventKind::SwitchOut, 100 * kMs, pid, pid));
        channels.collect(200 * kMs, m_seen);
        QVERIFY(m_seen.empty());
    }
}

int main(int argc, char **argv)
{
    if (const char *mode = HeldChild::childMode(argc, argv))
        _exit(waitIn(mode));
    QCoreApplication app(argc, argv);
    TestWaitChannels test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_waitchannels.moc"
