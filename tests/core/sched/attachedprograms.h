// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/kernelobserver.h"
#include "tests/support/heldchild.h"

#include <QTest>

#include <atomic>
#include <ctime>
#include <memory>
#include <string>
#include <thread>

#include <pthread.h>
#include <sched.h>

namespace Interleave
{

inline Result<std::unique_ptr<KernelObserver>> attachTo(const HeldChild &child)
{
    return KernelObserver::attach(child.pid(), {});
}

/// For initTestCase(): skips all of the test where this machine does not allow to attach.
inline void skipWhereRefused()
{
    HeldChild child("nothing");
    const auto opened = attachTo(child);
    if (opened)
        return;
    QVERIFY2(opened.error().code == ErrorCode::NotAllowed, opened.error().message.c_str());
    QSKIP(opened.error().message.c_str());
}

// What the children do that are attached to, each a process of its own.

inline void nap(DurationNs length = kMillisecond)
{
    const timespec pause{0, long(length)};
    nanosleep(&pause, nullptr);
}

/// A named thread that naps until the end of this object.
class Napper
{
public:
    explicit Napper(const char *name)
        : m_thread([this, name] {
            pthread_setname_np(pthread_self(), name);
            m_hasBegun = true;
            while (!m_isOver)
                nap();
        })
    {
        while (!m_hasBegun)
            sched_yield();
    }
    Napper(const Napper &) = delete;
    Napper &operator=(const Napper &) = delete;
    ~Napper()
    {
        m_isOver = true;
        m_thread.join();
    }

private:
    std::atomic<bool> m_hasBegun = false;
    std::atomic<bool> m_isOver = false;
    std::thread m_thread;
};

/// A process with a napping thread, which ends when `hold` is closed. \return its number once it is there.
inline pid_t startGrandchild(int &hold)
{
    int holdPipe[2];
    int ready[2];
    if (pipe2(holdPipe, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0)
        return -1;
    char byte = 'r';
    const pid_t pid = fork();
    if (pid == 0) {
        close(holdPipe[1]);
        {
            Napper napper("grand-napper");
            if (write(ready[1], &byte, 1) == 1 && read(holdPipe[0], &byte, 1) != 0)
                _exit(1);
        }
        _exit(0);
    }
    close(holdPipe[0]);
    hold = holdPipe[1];
    const bool isThere = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    close(ready[1]);
    return isThere ? pid : -1;
}

/// Three napping threads and a process of its own; when let go, another thread and another process.
inline int beAFamily()
{
    int hold = -1;
    const pid_t grandchild = startGrandchild(hold);
    {
        Napper one("napper-1");
        Napper two("napper-2");
        Napper three("napper-3");
        HeldChild::say(std::to_string(grandchild));
        if (grandchild < 0 || !HeldChild::waitForRelease())
            return 1;
        std::thread([] {
            pthread_setname_np(pthread_self(), "made-later");
            nap();
        }).join();
        const pid_t later = fork();
        if (later == 0)
            _exit(0);
        if (waitpid(later, nullptr, 0) != later)
            return 1;
        HeldChild::say(std::to_string(later));
    }
    close(hold);
    return waitpid(grandchild, nullptr, 0) == grandchild ? 0 : 1;
}

/// Makes three threads in a millisecond, each of which lives for some 25.
inline int makeThreadsAllTheTime()
{
    std::atomic<bool> isOver = false;
    std::atomic<int> living = 0;
    std::thread maker([&isOver, &living] {
        while (!isOver) {
            ++living;
            std::thread([&living] {
                for (int i = 0; i < 5; ++i)
                    nap(5 * kMillisecond);
                --living;
            }).detach();
            nap(300 * kMicrosecond);
        }
    });
    HeldChild::say("ready");
    const bool isReleased = HeldChild::waitForRelease();
    isOver = true;
    maker.join();
    while (living > 0)
        nap();
    return isReleased ? 0 : 1;
}

/// One thread that uses its core, and one that waits.
inline int spinAndWait()
{
    std::atomic<bool> isOver = false;
    std::atomic<bool> hasName = false;
    std::thread spinner([&] {
        pthread_setname_np(pthread_self(), "spinner");
        hasName = true;
        while (!isOver)
            continue;
    });
    while (!hasName)
        nap();
    HeldChild::say("ready");
    const bool isReleased = HeldChild::waitForRelease();
    isOver = true;
    spinner.join();
    return isReleased ? 0 : 1;
}

} // namespace Interleave
