// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/record/recorder.h"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <linux/futex.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave::Bench
{

namespace
{

void pinTo(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(unsigned(core), &set);
    sched_setaffinity(0, sizeof set, &set);
}

/// The last one that this process may use: interrupts are rather the first one's.
int lastCore()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    int core = CPU_SETSIZE - 1;
    while (core > 0 && !CPU_ISSET(unsigned(core), &set))
        --core;
    return core;
}

/// Of this process and of the programs that it has waited for, of all their threads.
long contextSwitches()
{
    long sum = 0;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        getrusage(who, &used);
        sum += used.ru_nvcsw + used.ru_nivcsw;
    }
    return sum;
}

void compute(std::uint64_t rounds)
{
    std::uint64_t x = 88172645463325252ull;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        asm volatile("" : "+r"(x));
    }
}

/// Threads that compute a fixed amount each.
void spin(int threads, std::uint64_t rounds)
{
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t)
        all.emplace_back([rounds] { compute(rounds); });
}

/// Two threads that hand a turn to each other through a condition variable and compute `workNs` in
/// each turn, which sets the rate of the switches.
void conditionPingPong(int rounds, DurationNs workNs)
{
    std::mutex mutex;
    std::condition_variable changed;
    int turn = 0;
    const auto player = [&](int me) {
        for (int i = 0; i < rounds; ++i) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return turn == me; });
            const TimestampNs until = monotonicNow() + workNs;
            while (monotonicNow() < until) {
            }
            turn = 1 - me;
            changed.notify_one();
        }
    };
    std::jthread other(player, 1);
    player(0);
}

void futexPlayer(std::atomic<int> &turn, int me, int rounds, std::uint64_t work)
{
    for (int i = 0; i < rounds; ++i) {
        while (turn.load(std::memory_order_acquire) != me)
            syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 1 - me, nullptr, nullptr, 0);
        compute(work);
        turn.store(1 - me, std::memory_order_release);
        syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
}

/// Two pairs, each pinned to a core of its own: as many switches as a futex can make.
void futexPingPong(int rounds)
{
    std::vector<std::jthread> all;
    static std::atomic<int> turns[2 * 64];
    const int cores = int(sysconf(_SC_NPROCESSORS_ONLN)) > 1 ? 2 : 1;
    for (int core = 0; core < cores; ++core) {
        for (int me = 0; me < 2; ++me) {
            all.emplace_back([core, me, rounds] {
                pinTo(core);
                futexPlayer(turns[core * 64], me, rounds, 0);
            });
        }
    }
}

/// One pair on one core: each turn computes `work` rounds and ends with a switch.
void oneCorePingPong(int rounds, std::uint64_t work)
{
    static std::atomic<int> turn;
    const int core = lastCore();
    std::vector<std::jthread> both;
    for (int me = 0; me < 2; ++me) {
        both.emplace_back([core, me, rounds, work] {
            pinTo(core);
            futexPlayer(turn, me, rounds, work);
        });
    }
}

} // namespace

int runWorkload(const std::vector<std::string> &words)
{
    if (words.empty())
        return 2;
    const auto number = [&](std::size_t i) {
        return i < words.size() ? std::atoll(words[i].c_str()) : 0;
    };
    int status = 0;
    const long switchesBefore = contextSwitches();
    const double ns = timed([&] {
        if (words[0] == "spin")
            spin(int(number(1)), std::uint64_t(number(2)));
        else if (words[0] == "condition")
            conditionPingPong(int(number(1)), number(2));
        else if (words[0] == "futex")
            futexPingPong(int(number(1)));
        else if (words[0] == "one-core")
            oneCorePingPong(int(number(1)), std::uint64_t(number(2)));
        else if (words[0] == "wall") // of another program
            status = runProgram({words.begin() + 1, words.end()}).status;
    });
    std::printf("%.0f %ld\n", ns, contextSwitches() - switchesBefore);
    return status;
}

} // namespace Interleave::Bench
