// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginehost.h"

#include "core/engine/enginerun.h"
#include "core/engine/runspec.h"
#include "core/engine/work/kernelname.h"
#include "core/engine/work/primework.h"
#include "core/record/messages.h"
#include "core/record/recorder.h"

#include <QByteArray>
#include <QCoreApplication>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr int kBadArguments = 2;
constexpr DurationNs kCalibration = 100 * kMillisecond;
constexpr qsizetype kLargestSpec = 1 << 20;

struct Options {
    bool host = false;
    int rings = -1;
    int control = -1;
    int messages = -1;
    double unitsPerMs = 0; ///< 0: calibrate
};

template<typename T>
bool readNumber(const char *text, T &out)
{
    const std::string_view view(text);
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), out);
    return error == std::errc() && end == view.data() + view.size();
}

/// \return false when an argument is not understood or one is missing.
bool readOptions(int argc, char **argv, Options &out)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--host") {
            out.host = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        const char *const value = argv[++i];
        bool understood = false;
        if (word == "--rings")
            understood = readNumber(value, out.rings);
        else if (word == "--control")
            understood = readNumber(value, out.control);
        else if (word == "--messages")
            understood = readNumber(value, out.messages);
        else if (word == "--units-per-ms")
            understood = readNumber(value, out.unitsPerMs);
        if (!understood)
            return false;
    }
    return out.host && out.rings >= 0 && out.control >= 0 && out.messages >= 0;
}

int complain(const std::string &sentence, int code)
{
    std::fprintf(stderr, "interleave-engine: %s\n", sentence.c_str());
    return code;
}

/// A run of many processes needs descriptors; the hard limit is what we may have.
void raiseDescriptorLimit()
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); // a refusal leaves what there was
    }
}

/// Blocks until a whole line has come. \return nothing at the end of the pipe, or on a line too long.
std::optional<QByteArray> readLine(int fd)
{
    QByteArray line;
    char buffer[4096];
    while (line.size() < kLargestSpec) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return std::nullopt;
        line.append(buffer, qsizetype(n));
        if (const qsizetype end = line.indexOf('\n'); end >= 0)
            return line.left(end);
    }
    return std::nullopt;
}

/// From now on the process, and what it starts, is only on the first `count` of the cores that it may use;
/// 0, or more than there are: on all. Before it has other threads. \return what went wrong, or nothing.
std::optional<std::string> keepToCores(int count)
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (count <= 0)
        return std::nullopt;
    bool isDone = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
    if (isDone && CPU_COUNT(&allowed) > count) {
        int left = count;
        for (int core = 0; core < CPU_SETSIZE; ++core) {
            if (CPU_ISSET(core, &allowed) && --left < 0)
                CPU_CLR(core, &allowed);
        }
        isDone = sched_setaffinity(0, sizeof allowed, &allowed) == 0;
    }
    if (isDone)
        return std::nullopt;
    return "the run cannot be kept to " + std::to_string(count)
        + (count == 1 ? " core: " : " cores: ") + std::strerror(errno);
}

void tellReady(int fd, double unitsPerMs)
{
    Message ready;
    ready.kind = MessageKind::Ready;
    ready.number = std::uint64_t(std::llround(unitsPerMs));
    ready.time = monotonicNow();
    sendMessage(fd, ready);
}

void tellFailure(int fd, const std::string &sentence)
{
    Message outcome;
    outcome.kind = MessageKind::Outcome;
    outcome.key = "failed";
    outcome.text = sentence;
    outcome.time = monotonicNow();
    sendMessage(fd, outcome);
}

/// Runs what the line asks for, and tells what came of it.
void runLine(const QByteArray &line, const Options &options, const SharedRings &rings,
             double unitsPerMs)
{
    const auto spec = parseRunSpec(line);
    if (!spec) {
        tellFailure(options.messages, spec.error().message);
        return;
    }
    // Before the watcher's thread, which would keep all cores.
    if (const auto why = keepToCores(spec.value().parameters.count("cores", 0, 0, CPU_SETSIZE))) {
        tellFailure(options.messages, *why);
        return;
    }
    const ControlWatcher watcher(options.control, rings);
    EngineRun(spec.value(), rings, options.messages, unitsPerMs).execute();
}

} // namespace

ControlWatcher::ControlWatcher(int control, const SharedRings &rings)
    : m_control(control)
    , m_rings(rings)
    , m_end(eventfd(0, EFD_CLOEXEC))
{
    try {
        m_thread = std::thread([this] {
            setKernelName("control");
            watch();
        });
    } catch (const std::system_error &) {
        // The system gives no thread more: the kernel still ends this process with its parent.
    }
}

ControlWatcher::~ControlWatcher()
{
    eventfd_write(m_end.get(), 1);
    if (m_thread.joinable())
        m_thread.join();
}

void ControlWatcher::watch() const
{
    char buffer[256];
    for (;;) {
        pollfd fds[2] = {{m_control, POLLIN, 0}, {m_end.get(), POLLIN, 0}};
        if (::poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[1].revents != 0)
            return;
        if (fds[0].revents == 0)
            continue;
        const ssize_t n = ::read(m_control, buffer, sizeof buffer);
        if (n > 0 || (n < 0 && errno == EINTR))
            continue; // nothing more is said to a running host
        m_rings.requestStop();
        return;
    }
}

int engineHostMain(int argc, char **argv)
{
    // A parent that ended before this line is noticed by the end of the control pipe. Its number says
    // nothing: in a container it may well be 1.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGPIPE, SIG_IGN);
    raiseDescriptorLimit();
    Options options;
    if (!readOptions(argc, argv, options)) {
        return complain("wrong arguments; this program is started by interleave and needs --host, "
                        "--rings, --control and --messages with a descriptor each",
                        kBadArguments);
    }
    const auto rings = SharedRings::attach(options.rings);
    if (!rings)
        return complain(rings.error().message, kBadArguments);
    // Programs that tasks start must hold neither; workers get theirs on purpose (makeWorkerProcess).
    for (const int fd : {options.rings, options.control, options.messages})
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    const QCoreApplication application(argc, argv);
    Recorder::install(&rings.value());
    const double unitsPerMs =
        options.unitsPerMs > 0 ? options.unitsPerMs : calibrateUnitsPerMs(kCalibration);
    tellReady(options.messages, unitsPerMs);

    const std::optional<QByteArray> line = readLine(options.control);
    if (line)
        runLine(*line, options, rings.value(), unitsPerMs);
    Recorder::uninstall();
    return 0;
}

} // namespace Interleave
