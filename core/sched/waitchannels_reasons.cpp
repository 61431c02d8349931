// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/waitreason.h"
#include "core/sched/waitchannels.h"

#include <array>
#include <charconv>
#include <cstdint>

#include <sys/syscall.h>

namespace Interleave
{

namespace
{

/// The calling convention does not tell the numbers apart: a 32-bit program has others under the same
/// kernel. Its stack lies in the first 4 GiB, where that of a 64-bit one does not.
constexpr std::uint64_t kFirst64BitStack = std::uint64_t(1) << 32;

struct CallReason {
    long number;
    WaitReason reason;
};

// Which calls there are differs between the architectures, and what number they have.
constexpr CallReason kCalls[] = {
#if defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
    {SYS_nanosleep, WaitReason::Sleep},
    {SYS_clock_nanosleep, WaitReason::Sleep},
    {SYS_futex, WaitReason::Futex},
#ifdef SYS_futex_waitv
    {SYS_futex_waitv, WaitReason::Futex},
#else
    {449, WaitReason::Futex}, // since Linux 5.16 everywhere
#endif
    {455, WaitReason::Futex}, // futex_wait(2), since Linux 6.7 everywhere
    {SYS_wait4, WaitReason::Child},
    {SYS_waitid, WaitReason::Child},
    {SYS_ppoll, WaitReason::Poll},
    {SYS_pselect6, WaitReason::Poll},
    {SYS_epoll_pwait, WaitReason::Poll},
    {441, WaitReason::Poll}, // epoll_pwait2(2), since Linux 5.11 everywhere
    {SYS_flock, WaitReason::Lock},
    {SYS_rt_sigtimedwait, WaitReason::Event},
    {SYS_rt_sigsuspend, WaitReason::Event},
    {SYS_semtimedop, WaitReason::Semaphore},
    {SYS_semop, WaitReason::Semaphore},
    {SYS_msgrcv, WaitReason::Queue},
    {SYS_msgsnd, WaitReason::Queue},
    {SYS_mq_timedreceive, WaitReason::Queue},
    {SYS_mq_timedsend, WaitReason::Queue},
    {SYS_read, WaitReason::Io},
    {SYS_readv, WaitReason::Io},
    {SYS_pread64, WaitReason::Io},
    {SYS_preadv, WaitReason::Io},
    {SYS_preadv2, WaitReason::Io},
    {SYS_recvfrom, WaitReason::Io},
    {SYS_recvmsg, WaitReason::Io},
    {SYS_recvmmsg, WaitReason::Io},
    {SYS_accept, WaitReason::Io},
    {SYS_accept4, WaitReason::Io},
    {SYS_connect, WaitReason::Io},
    {SYS_write, WaitReason::Io},
    {SYS_writev, WaitReason::Io},
    {SYS_pwrite64, WaitReason::Io},
    {SYS_pwritev, WaitReason::Io},
    {SYS_pwritev2, WaitReason::Io},
    {SYS_sendto, WaitReason::Io},
    {SYS_sendmsg, WaitReason::Io},
    {SYS_sendmmsg, WaitReason::Io},
    {SYS_sendfile, WaitReason::Io},
    {SYS_splice, WaitReason::Io},
    {SYS_tee, WaitReason::Io},
    {SYS_vmsplice, WaitReason::Io},
    {SYS_copy_file_range, WaitReason::Io},
    {SYS_openat, WaitReason::Io},
    {SYS_ioctl, WaitReason::Io},
    {SYS_getdents64, WaitReason::Io},
    {SYS_fsync, WaitReason::Io},
    {SYS_fdatasync, WaitReason::Io},
    {SYS_sync, WaitReason::Io},
    {SYS_syncfs, WaitReason::Io},
    {SYS_msync, WaitReason::Io},
    {SYS_io_getevents, WaitReason::Io},
    {426, WaitReason::Io}, // io_uring_enter(2), since Linux 5.1 everywhere
#endif
#if defined(__x86_64__) || defined(__aarch64__)
    {SYS_sync_file_range, WaitReason::Io},
#endif
#if defined(__x86_64__)
    {SYS_poll, WaitReason::Poll},
    {SYS_select, WaitReason::Poll},
    {SYS_epoll_wait, WaitReason::Poll},
    {SYS_pause, WaitReason::Event},
    {SYS_open, WaitReason::Io},
    {SYS_vfork, WaitReason::Child}, // until the child has called exec or ended
#endif
    {-1, WaitReason::None},
};

/// Beginnings of the names of the kernel's functions, as several versions have them.
struct ChannelReason {
    std::string_view name;
    WaitReason reason;
};
constexpr ChannelReason kChannels[] = {
    {"hrtimer_nanosleep", WaitReason::Sleep},
    {"do_nanosleep", WaitReason::Sleep},
    {"common_nsleep", WaitReason::Sleep},
    {"timerfd_read", WaitReason::Sleep},
    {"futex_", WaitReason::Futex},
    {"__futex_", WaitReason::Futex},
    {"do_futex", WaitReason::Futex},
    {"do_wait", WaitReason::Child},
    {"kernel_wait", WaitReason::Child},
    {"wait_for_vfork_done", WaitReason::Child},
    {"do_sys_poll", WaitReason::Poll},
    {"do_poll", WaitReason::Poll},
    {"poll_schedule_timeout", WaitReason::Poll},
    {"do_select", WaitReason::Poll},
    {"core_sys_select", WaitReason::Poll},
    {"ep_poll", WaitReason::Poll},
    {"do_epoll_wait", WaitReason::Poll},
    {"locks_lock_inode_wait", WaitReason::Lock},
    {"flock_lock_inode_wait", WaitReason::Lock},
    {"posix_lock_inode_wait", WaitReason::Lock},
    {"do_lock_file_wait", WaitReason::Lock},
    {"fcntl_setlk", WaitReason::Lock},
    {"do_semtimedop", WaitReason::Semaphore},
    {"__do_semtimedop", WaitReason::Semaphore},
    {"do_msgrcv", WaitReason::Queue},
    {"do_msgsnd", WaitReason::Queue},
    {"wq_sleep", WaitReason::Queue},
    {"do_sigtimedwait", WaitReason::Event},
    {"sigsuspend", WaitReason::Event},
    {"do_sys_pause", WaitReason::Event},
    {"sys_pause", WaitReason::Event},
    {"__do_sys_pause", WaitReason::Event},
    {"__x64_sys_pause", WaitReason::Event},
    {"eventfd_read", WaitReason::Event},
    {"eventfd_write", WaitReason::Event},
    {"signalfd_", WaitReason::Event},
    {"pipe_", WaitReason::Io},
    {"anon_pipe_", WaitReason::Io},
    {"fifo_open", WaitReason::Io},
    {"wait_for_partner", WaitReason::Io},
    {"n_tty_read", WaitReason::Io},
    {"tty_", WaitReason::Io},
    {"wait_woken", WaitReason::Io}, // terminals and sockets
    {"sk_wait_data", WaitReason::Io},
    {"sk_stream_wait", WaitReason::Io},
    {"sock_", WaitReason::Io},
    {"unix_", WaitReason::Io},
    {"inet_", WaitReason::Io},
    {"tcp_", WaitReason::Io},
    {"skb_wait_for_more_packets", WaitReason::Io},
    {"__skb_wait_for_more_packets", WaitReason::Io},
    {"io_schedule", WaitReason::Io},
    {"folio_wait_", WaitReason::Io},
    {"wait_on_page_bit", WaitReason::Io},
    {"bit_wait_io", WaitReason::Io},
    {"submit_bio_wait", WaitReason::Io},
    {"rq_qos_wait", WaitReason::Io},
    {"blk_", WaitReason::Io},
    {"jbd2_", WaitReason::Io},
    {"io_cqring_wait", WaitReason::Io},
    {"read_events", WaitReason::Io},
    {"request_wait_answer", WaitReason::Io}, // FUSE
    {"rpc_wait_bit_killable", WaitReason::Io}, // NFS
};

/// The system call that a line of /proc/.../syscall tells: its number, its first two arguments and the
/// stack pointer. Source: proc(5); "running", and -1 for a thread that is blocked outside of any.
struct SystemCall {
    long number = -1;
    std::array<std::uint64_t, 2> arguments{};
    std::uint64_t stack = 0;
};

template<typename Number>
bool takeNumber(std::string_view &text, Number &number, int base)
{
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos)
        return false;
    text.remove_prefix(first);
    if (base == 16 && text.substr(0, 2) == "0x")
        text.remove_prefix(2);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (parsed.ec != std::errc())
        return false;
    text.remove_prefix(std::size_t(parsed.ptr - text.data()));
    return true;
}

std::optional<SystemCall> parseCall(std::string_view line)
{
    SystemCall call;
    std::array<std::uint64_t, 7> values{}; // six arguments and the stack pointer
    if (!takeNumber(line, call.number, 10) || call.number < 0)
        return std::nullopt;
    for (std::uint64_t &value : values) {
        if (!takeNumber(line, value, 16))
            return std::nullopt;
    }
    call.arguments = {values[0], values[1]};
    call.stack = values[6];
    return call;
}

/// Calls that wait for different things, by what they were asked.
WaitReason refined(const SystemCall &call, WaitReason reason)
{
    if (reason == WaitReason::Poll) {
        // Without any descriptor they are timers: so slept Python before 3.11.
        const bool isSelect = call.number == SYS_pselect6
#ifdef SYS_select
            || call.number == SYS_select
#endif
            ;
        const bool isPoll = call.number == SYS_ppoll
#ifdef SYS_poll
            || call.number == SYS_poll
#endif
            ;
        if ((isSelect && call.arguments[0] == 0) || (isPoll && call.arguments[1] == 0))
            return WaitReason::Sleep;
    }
    return reason;
}

WaitReason reasonOfCall(std::string_view line)
{
    const std::optional<SystemCall> call = parseCall(line);
    if (!call || call->stack < kFirst64BitStack)
        return WaitReason::None;
    // fcntl(2) blocks only in these; F_SETLKW is 7, F_OFD_SETLKW 38 on all of the three.
    if (call->number == SYS_fcntl)
        return call->arguments[1] == 7 || call->arguments[1] == 38 ? WaitReason::Lock
                                                                   : WaitReason::None;
    for (const CallReason &entry : kCalls) {
        if (entry.number == call->number)
            return refined(*call, entry.reason);
    }
    return WaitReason::None;
}

WaitReason reasonOfChannel(std::string_view name)
{
    for (const ChannelReason &entry : kChannels) {
        if (name.substr(0, entry.name.size()) == entry.name)
            return entry.reason;
    }
    return WaitReason::None;
}

} // namespace

std::optional<std::uint8_t> WaitChannels::reasonOf(std::string_view syscallLine,
                                                   std::string_view wchan)
{
    // It has moved on, or it is blocked by no call of its own (a page that has to be read).
    if (syscallLine.substr(0, 7) == "running" || syscallLine.substr(0, 2) == "-1")
        return std::nullopt;
    const WaitReason byCall = reasonOfCall(syscallLine);
    const WaitReason byChannel = reasonOfChannel(wchan);
    // A read may be of a timer or of an event counter: there the function knows better.
    const bool isChannelBetter = byCall == WaitReason::None || byCall == WaitReason::Io;
    const WaitReason reason = isChannelBetter && byChannel != WaitReason::None ? byChannel : byCall;
    if (reason == WaitReason::None)
        return std::nullopt;
    return std::uint8_t(reason);
}

} // namespace Interleave
