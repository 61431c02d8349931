// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workermain.h"

#include "core/engine/work/bodies.h"
#include "core/engine/work/kernelname.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/messages.h"
#include "core/record/recorder.h"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <sys/prctl.h>

namespace Interleave
{

namespace
{

struct Arguments {
    int rings = -1;
    int messages = -1;
    int board = -1;
    TaskId task = kNoTask;
    int index = 0;
    int count = 1;
    double unitsPerMs = 0;
    std::string_view slug;
    std::string name;
    WorkParameters parameters;
};

template<typename T>
bool readNumber(std::string_view text, T &out)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

/// \return false when the option is not known or its value is no number.
bool readOption(std::string_view option, std::string_view value, Arguments &out)
{
    if (option == "--rings")
        return readNumber(value, out.rings);
    if (option == "--messages")
        return readNumber(value, out.messages);
    if (option == "--board")
        return readNumber(value, out.board);
    if (option == "--task")
        return readNumber(value, out.task);
    if (option == "--index")
        return readNumber(value, out.index);
    if (option == "--count")
        return readNumber(value, out.count);
    if (option == "--units-per-ms")
        return readNumber(value, out.unitsPerMs);
    if (option == "--slug")
        out.slug = value;
    else if (option == "--name")
        out.name = value;
    else
        return false;
    return true;
}

/// \return the sentence for a person when the arguments are wrong, else nothing.
std::optional<std::string> readArguments(int argc, char **argv, Arguments &out)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.substr(0, 2) != "--") {
            if (!out.parameters.setFromArgument(word))
                return "'" + std::string(word) + "' is neither an option nor name=value";
            continue;
        }
        if (i + 1 == argc)
            return std::string(word) + " needs a value";
        if (!readOption(word, argv[i + 1], out))
            return std::string(word) + " " + argv[i + 1] + " is not understood";
        ++i;
    }
    if (out.rings < 0 || out.messages < 0 || out.task == kNoTask || out.slug.empty()
        || !(out.unitsPerMs > 0))
        return "--rings, --messages, --slug, --task and --units-per-ms are needed; this program is "
               "started by interleave-engine";
    return std::nullopt;
}

/// An argument goes before the environment, which somebody else may have set.
void readSecret(WorkParameters &parameters)
{
    const char *const value = std::getenv(kSecretVariable);
    if (value && !parameters.contains(kSecretParameter))
        parameters.set(kSecretParameter, value);
}

int complain(const std::string &sentence, int code)
{
    std::fprintf(stderr, "interleave-worker: %s\n", sentence.c_str());
    return code;
}

int runTask(const Arguments &arguments, BlockingBody body, const SharedRings &rings,
            const SharedBoard *board)
{
    if (!body)
        return complain("no task set is called '" + std::string(arguments.slug) + "'",
                        kWorkerBadArguments);
    const RunSetup setup{arguments.parameters, arguments.unitsPerMs, &rings, board,
                         arguments.messages,   arguments.count};
    TaskContext context(setup, arguments.task, arguments.index, arguments.name);
    const TaskStatus status = runRecorded(body, context);
    if (status == TaskStatus::Finished)
        return kWorkerFinished;
    if (status == TaskStatus::Cancelled)
        return kWorkerCancelled;
    Message note;
    note.task = arguments.task;
    note.time = monotonicNow();
    note.text = context.failure();
    sendMessage(arguments.messages, note);
    return kWorkerFailed;
}

} // namespace

int workerMain(int argc, char **argv, BlockingBody (*find)(std::string_view))
{
    if (argc == 2 && std::string_view(argv[1]) == kWorkerDoesNothing)
        return kWorkerFinished;
    prctl(PR_SET_PDEATHSIG,
          SIGKILL); // whatever happens to the engine, nothing of the run stays behind
    std::signal(SIGPIPE, SIG_IGN);
    Arguments arguments;
    if (const auto sentence = readArguments(argc, argv, arguments))
        return complain(*sentence, kWorkerBadArguments);
    readSecret(arguments.parameters);
    if (!arguments.name.empty())
        setKernelName(arguments.name);
    auto rings = SharedRings::attach(arguments.rings);
    if (!rings)
        return complain(rings.error().message, kWorkerBadArguments);
    std::optional<SharedBoard> board;
    if (arguments.board >= 0) {
        auto attached = SharedBoard::attach(arguments.board);
        if (!attached)
            return complain(attached.error().message, kWorkerBadArguments);
        board.emplace(std::move(attached).value());
    }
    Recorder::install(&rings.value());
    const int code =
        runTask(arguments, find(arguments.slug), rings.value(), board ? &*board : nullptr);
    Recorder::uninstall();
    return code;
}

} // namespace Interleave
