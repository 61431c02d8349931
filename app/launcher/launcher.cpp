// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/launcher/launcher.h"

#include "core/record/messages.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr int kNotStarted = 125;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

struct Options {
    int control = -1;
    int messages = -1;
    long descriptors = 0; ///< 0: as they are
    bool ignoresChildren = false; ///< the program is to inherit that SIGCHLD is ignored
    const char *folder = nullptr;
    const char *input = nullptr;
    char **words = nullptr; ///< the program and its arguments, ended by nullptr
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
    int i = 1;
    for (; i + 1 < argc && std::strcmp(argv[i], "--") != 0; i += 2) {
        const std::string_view word = argv[i];
        char *const value = argv[i + 1];
        bool understood = true;
        if (word == "--control")
            understood = readNumber(value, out.control);
        else if (word == "--messages")
            understood = readNumber(value, out.messages);
        else if (word == "--descriptors")
            understood = readNumber(value, out.descriptors);
        else if (word == "--child-signals" && std::strcmp(value, "ignored") == 0)
            out.ignoresChildren = true;
        else if (word == "--folder")
            out.folder = value;
        else if (word == "--input")
            out.input = value;
        else
            understood = false;
        if (!understood)
            return false;
    }
    out.words = argv + i + 1;
    return i + 1 < argc && out.control >= 0 && out.messages >= 0;
}

/// Blocks until a line has come. \return false at the end of the pipe: nobody is there any more.
bool waitForRelease(int control)
{
    char c = 0;
    while (c != '\n') {
        const ssize_t n = ::read(control, &c, 1);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
    }
    return true;
}

int fail(const Options &options, int error, const std::string &sentence, int code)
{
    Message message;
    message.kind = MessageKind::Outcome;
    message.key = "failed";
    message.number = std::uint64_t(error);
    message.text = sentence;
    sendMessage(options.messages, message);
    return code;
}

void tellReady(const Options &options)
{
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    Message message;
    message.kind = MessageKind::Ready;
    message.number = std::uint64_t(usage.ru_maxrss);
    sendMessage(options.messages, message);
}

/// The observing process may have raised its own limit, which is none of the program's business.
void restoreDescriptorLimit(long soft)
{
    rlimit limit = {};
    if (soft > 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = rlim_t(soft);
        setrlimit(RLIMIT_NOFILE, &limit); // lowering is never refused
    }
}

/// \return an errno, or 0.
int useAsInput(const char *path)
{
    const int file = ::open(path, O_RDONLY | O_NOCTTY);
    if (file < 0)
        return errno;
    if (file == STDIN_FILENO) // there was none
        return 0;
    const int error = ::dup2(file, STDIN_FILENO) < 0 ? errno : 0;
    ::close(file);
    return error;
}

/// Only returns when the program could not be executed.
int execute(const Options &options)
{
    const std::string program = options.words[0];
    ::execvp(options.words[0], options.words);
    const int error = errno;
    std::string why = std::strerror(error);
    if (error == ENOENT && program.find('/') != std::string::npos
        && ::access(program.c_str(), F_OK) == 0)
        why = "the interpreter that its first line names was not found";
    return fail(options, error, "the program " + program + " could not be started: " + why,
                error == ENOENT ? kNotFound : kNotExecutable);
}

} // namespace

int launcherMain(int argc, char **argv)
{
    // A parent that ended before this line is noticed by the end of the control pipe.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Options options;
    if (!readOptions(argc, argv, options)) {
        std::fputs("interleave-launch: wrong arguments; this program is started by interleave and "
                   "needs --control, --messages and a program after --\n",
                   stderr);
        return kNotStarted;
    }
    for (const int fd : {options.control, options.messages})
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    tellReady(options);
    if (!waitForRelease(options.control))
        return kNotStarted;

    restoreDescriptorLimit(options.descriptors);
    if (options.ignoresChildren)
        std::signal(SIGCHLD, SIG_IGN);
    if (options.folder && ::chdir(options.folder) != 0) {
        const int error = errno;
        return fail(options, error,
                    std::string("the folder ") + options.folder
                        + " cannot be entered: " + std::strerror(error),
                    kNotStarted);
    }
    if (const int error = options.input ? useAsInput(options.input) : 0) {
        return fail(options, error,
                    std::string("the input file ") + options.input
                        + " cannot be read: " + std::strerror(error),
                    kNotStarted);
    }
    return execute(options);
}

} // namespace Interleave
