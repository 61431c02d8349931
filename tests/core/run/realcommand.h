// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/commandprocess.h"

#include <QString>
#include <QtTest>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>

namespace RealCommand
{

// Real programs by the real launcher.

using namespace Interleave;
using namespace Qt::StringLiterals;

constexpr int kPatienceMs = 10'000;

struct Ended {
    RunHost::Exit exit;
    std::vector<std::string> output, error;
};

inline CommandSpec shell(const QString &script)
{
    CommandSpec spec;
    spec.words = {u"sh"_s, u"-c"_s, script};
    spec.askPython = false;
    return spec;
}

inline std::unique_ptr<CommandProcess> start(const CommandSpec &spec, bool background = true)
{
    const std::string launcher = qgetenv("INTERLEAVE_BIN").toStdString() + "/interleave-launch";
    auto command = CommandProcess::start({spec, launcher, background});
    if (!command)
        qFatal("%s", command.error().message.c_str());
    return std::move(command).value();
}

inline bool waitFor(int fd)
{
    pollfd waited{fd, POLLIN, 0};
    return ::poll(&waited, 1, kPatienceMs) == 1;
}

inline void waitUntilReady(CommandProcess &command)
{
    for (;;) {
        const auto ready = command.checkReady();
        if (!ready)
            qFatal("%s", ready.error().message.c_str());
        if (ready.value())
            return;
        if (!waitFor(command.messagesFd()))
            qFatal("the launcher does not get ready");
    }
}

inline std::unique_ptr<CommandProcess> run(const CommandSpec &spec, bool background = true)
{
    auto command = start(spec, background);
    waitUntilReady(*command);
    if (const auto released = command->release({}); !released)
        qFatal("%s", released.error().message.c_str());
    return command;
}

inline Ended end(CommandProcess &command)
{
    if (!waitFor(command.pidFd()))
        qFatal("the program does not end");
    Ended ended;
    ended.exit = command.tryReap().value();
    std::vector<OutputLine> lines;
    command.readRestOfOutput(lines);
    for (const OutputLine &line : lines)
        (line.stream == OutputLine::Stream::Error ? ended.error : ended.output)
            .push_back(line.text);
    return ended;
}

inline Ended runToEnd(const CommandSpec &spec)
{
    const auto command = run(spec);
    return end(*command);
}

/// Waits for a line of output.
inline std::string lineOf(CommandProcess &command)
{
    std::vector<OutputLine> lines;
    const auto hasSome = [&] {
        command.readOutput(lines);
        return !lines.empty();
    };
    if (!QTest::qWaitFor(hasSome, kPatienceMs))
        qFatal("the program says nothing");
    return lines.front().text;
}

} // namespace RealCommand
