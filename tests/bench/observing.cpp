// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/sched/kernelobserver.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <grp.h>

namespace Interleave::Bench
{

namespace
{

std::string self()
{
    return binFolder() + "/tests/interleave-bench";
}

/// A workload that is held until it is observed (or not), and times itself.
struct Observed {
    double ns = 0;
    std::uint64_t switches = 0;
    std::uint64_t lost = 0;
    std::size_t pages = 0;
    std::string error;
};

[[noreturn]] void holdAndBecome(int gate, int out, const std::vector<std::string> &words)
{
    char go;
    if (::read(gate, &go, 1) != 1)
        _exit(1);
    ::dup2(out, 1);
    std::vector<char *> argv;
    for (const std::string &word : words)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    _exit(127);
}

Observed runHeld(std::vector<std::string> words, bool observe)
{
    words.insert(words.begin(), {self(), "workload"});
    Observed result;
    int gate[2], out[2];
    if (pipe2(gate, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        return result;
    const pid_t pid = fork();
    if (pid == 0)
        holdAndBecome(gate[0], out[1], words);
    ::close(out[1]);
    std::unique_ptr<KernelObserver> observer;
    if (observe) {
        auto opened = KernelObserver::open(pid, {});
        if (opened)
            observer = std::move(opened).value();
        else
            result.error = opened.error().message;
    }
    [[maybe_unused]] const ssize_t released = ::write(gate[1], "g", 1);
    std::vector<SchedEvent> events;
    std::vector<pollfd> fds{{out[0], POLLIN, 0}};
    if (observer) {
        for (const int fd : observer->wakeDescriptors())
            fds.push_back({fd, POLLIN, 0});
    }
    char text[64] = {};
    for (;;) { // as the collector does
        ::poll(fds.data(), fds.size(), 5);
        if (observer) {
            events.clear();
            observer->drain(events);
            result.switches +=
                std::size_t(std::count_if(events.begin(), events.end(), [](const SchedEvent &e) {
                    return e.kind == SchedEventKind::SwitchIn;
                }));
        }
        if (fds[0].revents) {
            const ssize_t n = ::read(out[0], text, sizeof text - 1);
            if (n <= 0)
                break;
            result.ns = std::atof(text);
        }
    }
    ::waitpid(pid, nullptr, 0);
    if (observer) {
        observer->drain(events);
        result.lost = observer->lostRecords();
        result.pages = observer->ringPages();
    }
    for (const int fd : {gate[0], gate[1], out[0]})
        ::close(fd);
    return result;
}

double perfRecorded(const std::vector<std::string> &workload)
{
    std::vector<std::string> words{"perf",
                                   "record",
                                   "-q",
                                   "-e",
                                   "dummy:u",
                                   "--switch-events",
                                   "--sample-cpu",
                                   "-k",
                                   "mono",
                                   "-o",
                                   "/tmp/interleave-bench.perf",
                                   "--",
                                   self(),
                                   "workload"};
    words.insert(words.end(), workload.begin(), workload.end());
    const Output output = runProgram(words);
    ::unlink("/tmp/interleave-bench.perf");
    return output.status == 0 ? std::atof(output.text.c_str()) : 0;
}

void compareWith(Report &report, const std::string &name, const std::vector<std::string> &workload,
                 double bar)
{
    std::uint64_t switches = 0, lost = 0;
    double observedNs = 0;
    std::string error;
    const Pair pair = alternate(
        21, [&] { return runHeld(workload, false).ns; },
        [&] {
            const Observed o = runHeld(workload, true);
            switches = o.switches;
            lost += o.lost;
            observedNs = o.ns;
            error = o.error;
            return o.ns;
        });
    if (!error.empty()) {
        report.skipped(name, error);
        return;
    }
    char note[96];
    std::snprintf(note, sizeof note, "%.0f k switches/s, %llu lost",
                  double(switches) / observedNs * 1e6, static_cast<unsigned long long>(lost));
    report.ratio(name, pair.ratio * pair.first / 1e6, pair.first / 1e6, "ms", Bar::AtMost, bar,
                 note);
}

/// Runs `body` in a child that is nobody, without privileges and without locked memory.
int asNobody(const std::function<int()> &body)
{
    std::fflush(nullptr);
    const pid_t pid = fork();
    if (pid == 0) {
        const rlimit none{0, 0};
        setrlimit(RLIMIT_MEMLOCK, &none);
        if (getuid() == 0
            && (setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0
                || setresuid(65534, 65534, 65534) != 0))
            _exit(125);
        prctl(PR_SET_DUMPABLE, 1); // changing the user cleared it, and perf asks for it
        _exit(body());
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

} // namespace

void benchObserving(Report &report)
{
    compareWith(report, "observed 64 spinning threads / bare", {"spin", "64", "12000000"}, 1.03);
    compareWith(report, "observed condition ping-pong / bare", {"condition", "10000", "10000"},
                1.05);

    const std::vector<std::string> storm{"futex", "200000"};
    std::vector<double> bare, ours, perfs;
    std::uint64_t switches = 0;
    for (int i = 0; i < 9; ++i) {
        bare.push_back(runHeld(storm, false).ns);
        const Observed o = runHeld(storm, true);
        ours.push_back(o.ns / bare.back());
        switches = std::uint64_t(double(o.switches) / o.ns * 1e6);
        const double p = perfRecorded(storm);
        if (p > 0)
            perfs.push_back(p / bare.back());
    }
    if (perfs.empty()) {
        report.skipped("slowdown of a switch storm / that of perf record", "perf is not installed");
        return;
    }
    report.ratio("slowdown of a switch storm / that of perf record", median(ours), median(perfs),
                 "x", Bar::AtMost, 1.05, std::to_string(switches) + " k switches/s observed");
}

void benchNothingLost(Report &report)
{
    // The figures come through a pipe: the child has given up its rights and ends there.
    int fds[2];
    if (pipe(fds) != 0)
        return;
    const int code = asNobody([&] {
        const Observed o = runHeld({"futex", "1500000"}, true);
        const double figures[4] = {double(o.lost), double(o.switches) / o.ns * 1e6, double(o.pages),
                                   o.error.empty() ? 0.0 : 1.0};
        [[maybe_unused]] const ssize_t n = ::write(fds[1], figures, sizeof figures);
        return o.error.empty() ? 0 : 1;
    });
    double figures[4] = {};
    if (code == 0 && ::read(fds[0], figures, sizeof figures) == sizeof figures) {
        char note[96];
        std::snprintf(note, sizeof note, "%.0f k switches/s on 2 cores, %.0f pages a ring",
                      figures[1], figures[2]);
        report.value("records lost, unprivileged, no locked memory", figures[0], "", Bar::Exactly,
                     0, note);
    } else {
        report.skipped("records lost, unprivileged, no locked memory",
                       "perf refuses an unprivileged user (exit " + std::to_string(code) + ")");
    }
    ::close(fds[0]);
    ::close(fds[1]);
}

} // namespace Interleave::Bench
