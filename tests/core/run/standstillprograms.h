// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <latch>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <semaphore.h>

/// Programs that stand still, or only seem to: a test's executable is started again as one of them.
namespace Interleave::StandstillPrograms
{

/// The first argument of a program that is to be one of these; its name is the second.
constexpr const char *kFlag = "--as-program";
/// Longer than the tests let pass before something is suspected: for a program that waits so long,
/// and then ends well.
constexpr std::chrono::milliseconds kPause(1'200);

inline sem_t never; ///< nobody posts it
inline sem_t untilSignalled;

/// A semaphore's wait without end that no signal ends.
inline void waitFor(sem_t &semaphore)
{
    while (sem_wait(&semaphore) != 0 && errno == EINTR) {
    }
}

/// Two threads that take two locks in the opposite order.
inline int deadlock()
{
    std::mutex first, second;
    std::latch bothHaveOne(2);
    const auto takeBoth = [&bothHaveOne](std::mutex &own, std::mutex &other) {
        const std::lock_guard has(own);
        bothHaveOne.arrive_and_wait();
        const std::lock_guard wants(other);
    };
    std::thread one([&] { takeBoth(first, second); });
    std::thread two([&] { takeBoth(second, first); });
    one.join();
    two.join();
    return 1;
}

/// One thread that waits for itself.
inline int alone()
{
    waitFor(never);
    return 1;
}

/// A process that waits for one that waits for itself.
inline int parent()
{
    const pid_t child = fork();
    if (child == 0) {
        waitFor(never);
        _exit(1);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child ? 0 : 1;
}

/// A thread waits for a lock, which another one holds that sleeps.
inline int sleeper()
{
    std::mutex mutex;
    std::latch isHeld(1);
    std::thread thread([&] {
        const std::lock_guard lock(mutex);
        isHeld.count_down();
        std::this_thread::sleep_for(kPause);
    });
    isHeld.wait();
    {
        const std::lock_guard lock(mutex);
    }
    thread.join();
    return 0;
}

/// A thread waits for another one, which waits for a condition, but not for ever.
inline int patient()
{
    std::thread thread([] {
        std::mutex mutex;
        std::condition_variable condition;
        std::unique_lock lock(mutex);
        condition.wait_for(lock, kPause, [] { return false; });
    });
    thread.join();
    return 0;
}

/// Two threads that wait until a signal comes, and then for another one.
inline int signalled()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { sem_post(&untilSignalled); };
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    std::thread thread([] {
        waitFor(untilSignalled);
        waitFor(untilSignalled);
    });
    thread.join();
    return 0;
}

/// Semaphores that processes share.
inline sem_t *sharedSemaphores(std::size_t count)
{
    void *memory = mmap(nullptr, count * sizeof(sem_t), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        _exit(3);
    auto *semaphores = static_cast<sem_t *>(memory);
    for (std::size_t i = 0; i < count; ++i)
        sem_init(&semaphores[i], 1, 0);
    return semaphores;
}

/// Two processes of one thread each that wait for each other, below one that waits for both.
inline int processes()
{
    sem_t *semaphores = sharedSemaphores(2);
    for (std::size_t i = 0; i < 2; ++i) {
        if (fork() == 0) {
            waitFor(semaphores[i]);
            sem_post(&semaphores[1 - i]);
            _exit(1);
        }
    }
    while (waitpid(-1, nullptr, 0) > 0) {
    }
    return 1;
}

/// One thread that waits for a semaphore which others may share.
inline int outside()
{
    waitFor(*sharedSemaphores(1));
    return 1;
}

/// One thread that waits for the lock of a file.
inline int fileLock()
{
    const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    while (::flock(file, LOCK_EX) != 0) {
        if (errno != EINTR)
            return 3;
    }
    return 0;
}

/// \return the exit status of the program of that name; 2: there is none.
inline int runProgram(const char *name)
{
    sem_init(&never, 0, 0);
    sem_init(&untilSignalled, 0, 0);
    constexpr struct {
        const char *name;
        int (*run)();
    } kPrograms[] = {{"deadlock", deadlock},   {"alone", alone},     {"parent", parent},
                     {"sleeper", sleeper},     {"patient", patient}, {"signalled", signalled},
                     {"processes", processes}, {"outside", outside}, {"fileLock", fileLock}};
    for (const auto &program : kPrograms) {
        if (std::strcmp(program.name, name) == 0)
            return program.run();
    }
    return 2;
}

} // namespace Interleave::StandstillPrograms
