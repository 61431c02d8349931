// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What tst_languages records as a program in C++: a process with two named threads, and a child process
// that it forks. Knows nothing of Interleave.
#include <cmath>
#include <cstdio>
#include <functional>
#include <thread>

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

double work(int rounds)
{
    double sum = 0;
    for (int i = 1; i < rounds; ++i)
        sum += std::sqrt(double(i));
    return sum;
}

void workAs(const char *name, double &result)
{
    pthread_setname_np(pthread_self(), name);
    result = work(40'000'000);
}

} // namespace

int main()
{
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_NAME, "inspector");
        _exit(work(15'000'000) > 0 ? 0 : 1);
    }
    double ground = 0, polished = 0;
    std::thread grinder(workAs, "grinder", std::ref(ground));
    std::thread polisher(workAs, "polisher", std::ref(polished));
    grinder.join();
    polisher.join();
    int status = 1;
    waitpid(child, &status, 0);
    std::printf("%d\n", ground == polished ? 1 : 0);
    return status;
}
