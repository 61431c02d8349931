// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/record/sharedrings.h"

#include <QProcess>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace Interleave::Bench
{

namespace
{

/// The worker with a task that ends at once, as `spawn-cost` starts it.
std::vector<std::string> workerWords(const SharedRings &rings, int messages)
{
    return {binFolder() + "/interleave-worker",
            "--rings",
            std::to_string(rings.fd()),
            "--messages",
            std::to_string(messages),
            "--slug",
            "spawn-cost",
            "--task",
            "1",
            "--index",
            "0",
            "--name",
            "child 1",
            "--units-per-ms",
            "1000"};
}

double spawned(const std::vector<std::string> &words)
{
    std::vector<char *> argv;
    for (const std::string &word : words)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    return timed([&] {
        pid_t pid = 0;
        posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
        int status = 0;
        ::waitpid(pid, &status, 0);
    });
}

double viaQProcess(const std::vector<std::string> &words)
{
    QStringList arguments;
    for (std::size_t i = 1; i < words.size(); ++i)
        arguments << QString::fromStdString(words[i]);
    QProcess process;
    process.setProgram(QString::fromStdString(words[0]));
    process.setArguments(arguments);
    process.setProcessChannelMode(QProcess::ForwardedChannels);
    process.setInputChannelMode(QProcess::ForwardedInputChannel);
    return timed([&] {
        process.start();
        process.waitForFinished();
    });
}

} // namespace

void benchSpawn(Report &report)
{
    auto rings = SharedRings::create({16, 1024, 16}, bestTickSource());
    const int messages = ::open("/dev/null", O_WRONLY);
    if (!rings || messages < 0) {
        report.skipped("child process", "no shared memory");
        return;
    }
    fcntl(rings.value().fd(), F_SETFD, 0); // the child maps them
    const std::vector<std::string> words = workerWords(rings.value(), messages);
    if (const Output probe = runProgram(words); probe.status != 0) {
        report.skipped("child process", "the worker ended with " + std::to_string(probe.status));
        return;
    }
    const Pair pair =
        alternate(301, [&] { return spawned(words); }, [&] { return viaQProcess(words); });
    report.ratio("QProcess worker, start to finish / posix_spawn", pair.second / 1e3,
                 pair.first / 1e3, "us", Bar::AtMost, 1.15);
    ::close(messages);
}

} // namespace Interleave::Bench
