// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/commandenvironment.h"
#include "core/run/commandprocess.h"
#include "core/taskset/commandbytes.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Rings for every slot of the board; a ring takes memory only when a thread writes into it.
constexpr RingGeometry kHelperGeometry{HelperBoard::kSlots * HelperBoard::kRingsPerSlot, 8192, 0};
/// Nobody writes, but a run has rings.
constexpr RingGeometry kNoRecorder{1, 16, 0};
constexpr int kPipeBytes = 1 << 20;

Error systemError(const std::string &what)
{
    return {ErrorCode::Io, what + ": " + std::strerror(errno)};
}

/// What a command inherits from whoever started this process, whatever has been changed here since.
struct Inheritance {
    sigset_t ignored; ///< nohup(1) ignores SIGHUP for its command
    rlim_t descriptors = 0; ///< the soft limit

    Inheritance()
    {
        sigemptyset(&ignored);
        for (int signal = 1; signal < NSIG; ++signal) {
            struct sigaction action = {};
            if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
                sigaddset(&ignored, signal);
        }
        rlimit limit = {};
        if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
            descriptors = limit.rlim_cur;
    }
};
const Inheritance s_inheritance; // made before main()

/// The soft limit of descriptors to go back to; 0 when it is as it was.
rlim_t limitToRestore()
{
    rlimit now = {};
    const rlim_t before = s_inheritance.descriptors;
    if (before == RLIM_INFINITY || getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur == before)
        return 0;
    return before;
}

/// A copy with a number that no standard stream has, and that a program hardly uses.
UniqueFd highCopy(int fd)
{
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, 200));
    if (!copy.isOpen()) // the limit is lower
        copy.reset(fcntl(fd, F_DUPFD_CLOEXEC, 3));
    return copy;
}

/// \param writeEnd, readEnd whichever the child gets has a high number.
bool makePipe(UniqueFd &readEnd, UniqueFd &writeEnd)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    const UniqueFd low[2] = {UniqueFd(fds[0]), UniqueFd(fds[1])};
    readEnd = highCopy(fds[0]);
    writeEnd = highCopy(fds[1]);
    return readEnd.isOpen() && writeEnd.isOpen();
}

std::vector<char *> pointersTo(std::vector<std::string> &texts)
{
    std::vector<char *> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// A program gets texts that end at the first NUL: one inside would cut them.
Result<void> checkTexts(const CommandSpec &spec)
{
    QStringList all = spec.words + spec.environment;
    all << spec.folder << spec.inputFile;
    for (const QString &text : std::as_const(all)) {
        if (text.contains(QChar(u'\0')))
            return Error{ErrorCode::BadInput,
                         "no program can be given a NUL character: remove it from the command"};
    }
    if (spec.words.isEmpty() || spec.words.first().isEmpty())
        return Error{ErrorCode::BadInput, "no program is given: say which one to run"};
    return {};
}

} // namespace

struct CommandProcess::ChildEnds {
    UniqueFd control, messages, output, error;
};

Result<std::unique_ptr<CommandProcess>> CommandProcess::start(const Options &options)
{
    KeptChildren::reapGivenUp();
    if (::access(options.launcherPath.c_str(), X_OK) != 0) {
        return Error{ErrorCode::NotFound,
                     "the launcher was not found at " + options.launcherPath
                         + ": build or install interleave-launch beside interleave"};
    }
    if (const auto checked = checkTexts(options.spec); !checked)
        return checked.error();
    std::unique_ptr<CommandProcess> command(new CommandProcess);
    command->m_background = options.background;
    if (const auto made = command->makeRings(options.spec); !made)
        return made.error();
    command->m_firstPair = takeClockPair(command->m_rings->tickSource());
    ChildEnds ends;
    const bool isCaptured = options.spec.streams == CommandSpec::Streams::Captured;
    if (const auto made = command->makePipes(isCaptured, ends); !made)
        return made.error();
    if (const auto spawned = command->spawn(options, ends); !spawned)
        return spawned.error();
    return command;
}

Result<void> CommandProcess::makeRings(const CommandSpec &spec)
{
    if (spec.askPython) {
        const auto made = makeHelper(spec.showLocks);
        if (made)
            return {};
        m_helperRemark = "kernel view only, Python is not asked: " + made.error().message;
        m_board.reset();
        m_helper.reset();
    }
    auto rings = SharedRings::create(kNoRecorder, TickSource::Monotonic);
    if (!rings)
        return rings.error();
    m_rings.emplace(std::move(rings).value());
    return {};
}

Result<void> CommandProcess::makeHelper(bool showLocks)
{
    auto folder = HelperFolder::make();
    if (!folder)
        return folder.error();
    auto board = HelperBoard::create(showLocks ? HelperBoard::kShowLocks : 0);
    if (!board)
        return board.error();
    // The helper reads this clock and no other.
    auto rings = SharedRings::create(kHelperGeometry, TickSource::Monotonic);
    if (!rings)
        return rings.error();
    m_helper = std::move(folder).value();
    m_board.emplace(std::move(board).value());
    m_rings.emplace(std::move(rings).value());
    return {};
}

Result<void> CommandProcess::makePipes(bool isCaptured, ChildEnds &ends)
{
    if (!makePipe(ends.control, m_control) || !makePipe(m_messages, ends.messages)
        || (isCaptured && (!makePipe(m_output, ends.output) || !makePipe(m_error, ends.error))))
        return systemError("no pipe to the program");
    for (const int fd : {m_output.get(), m_error.get()}) {
        if (fd >= 0)
            fcntl(fd, F_SETPIPE_SZ, kPipeBytes); // a refusal costs only room
    }
    for (const int fd : {m_messages.get(), m_output.get(), m_error.get()}) {
        if (fd >= 0)
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    return {};
}

std::vector<std::string> CommandProcess::environmentFor(const CommandSpec &spec) const
{
    CommandEnvironment environment;
    environment.remove("INTERLEAVE_HELPER"); // of a run that this one is a part of
    environment.apply(spec.environment);
    environment.setEntry(m_mark);
    if (m_board) {
        const std::string own = "/proc/" + std::to_string(getpid()) + "/fd/";
        environment.setEntry("INTERLEAVE_HELPER=" + own + std::to_string(m_board->fd()) + ':' + own
                             + std::to_string(m_rings->fd()));
        environment.putFirst("PYTHONPATH", m_helper->path().toLocal8Bit().toStdString());
        // Else the lines of a pipe come thousands at a time. A choice of the person's stays.
        if (spec.streams == CommandSpec::Streams::Captured
            && !CommandEnvironment::names(spec.environment, "PYTHONUNBUFFERED")
            && !environment.has("PYTHONUNBUFFERED"))
            environment.setEntry("PYTHONUNBUFFERED=1");
    }
    return environment.entries();
}

Result<void> CommandProcess::spawn(const Options &options, const ChildEnds &ends)
{
    const CommandSpec &spec = options.spec;
    m_mark = ProcessFamily::newMark();

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (spec.streams == CommandSpec::Streams::Captured) {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, ends.output.get(), 1);
        posix_spawn_file_actions_adddup2(&actions, ends.error.get(), 2);
    } else if (spec.streams == CommandSpec::Streams::ToError) {
        posix_spawn_file_actions_adddup2(&actions, 2, 1);
    }
    // To its own number: it then stays open over the start (posix_spawn_file_actions_adddup2(3)).
    for (const int fd : {ends.control.get(), ends.messages.get()})
        posix_spawn_file_actions_adddup2(&actions, fd, fd);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, reset;
    sigemptyset(&none);
    sigemptyset(&reset);
    for (int signal = 1; signal < NSIG; ++signal) {
        if (sigismember(&s_inheritance.ignored, signal) == 0)
            sigaddset(&reset, signal);
    }
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &reset);
    posix_spawnattr_setflags(&attributes,
                             short(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
                                   | (m_background ? POSIX_SPAWN_SETSID : 0)));

    std::vector<std::string> words{options.launcherPath, "--control",
                                   std::to_string(ends.control.get()), "--messages",
                                   std::to_string(ends.messages.get())};
    if (const rlim_t limit = limitToRestore(); limit > 0)
        words.insert(words.end(), {"--descriptors", std::to_string(limit)});
    if (sigismember(&s_inheritance.ignored, SIGCHLD) == 1) // this process cannot ignore it
        words.insert(words.end(), {"--child-signals", "ignored"});
    if (!spec.folder.isEmpty())
        words.insert(words.end(), {"--folder", spec.folder.toLocal8Bit().toStdString()});
    if (!spec.inputFile.isEmpty())
        words.insert(words.end(), {"--input", spec.inputFile.toLocal8Bit().toStdString()});
    words.emplace_back("--");
    for (const QString &word : spec.words)
        words.push_back(bytesOfText(word).toStdString());
    std::vector<std::string> environment = environmentFor(spec);

    pid_t pid = 0;
    const int rc = posix_spawn(&pid, options.launcherPath.c_str(), &actions, &attributes,
                               pointersTo(words).data(), pointersTo(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (rc != 0) {
        errno = rc;
        return systemError("the program could not be started");
    }
    m_pid = pid;
    m_group = m_background ? pid : 0;
    m_family = ProcessFamily(m_group, m_mark);
    m_priority = m_background ? "own session" : "same priority as interleave";
    KeptChildren::keep(pid);
    m_pidFd.reset(int(syscall(SYS_pidfd_open, pid, 0)));
    return {};
}

} // namespace Interleave
