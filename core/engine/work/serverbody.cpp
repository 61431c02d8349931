// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/networkstate.h"
#include "core/engine/work/serversession.h"

#include <optional>

#include <poll.h>

namespace Interleave
{

namespace
{

using Progress = ServerSession::Progress;

/// How a step of the conversation ended.
enum class Step { Done, Closed, Stopped, Failed };

Step receiveRequest(ServerSession &session, StopSource stop)
{
    for (;;) {
        const Progress progress = session.receive();
        if (progress == Progress::HasRequest)
            return Step::Done;
        if (progress == Progress::Closed)
            return Step::Closed;
        if (progress == Progress::Failed)
            return Step::Failed;
        if (!waitForSocket(session.fd(), POLLIN, stop))
            return Step::Stopped;
    }
}

Step sendAnswer(ServerSession &session, StopSource stop)
{
    session.answer();
    for (;;) {
        const Progress progress = session.send();
        if (progress == Progress::Sent)
            return Step::Done;
        if (progress == Progress::Failed)
            return Step::Failed;
        if (!waitForSocket(session.fd(), POLLOUT, stop))
            return Step::Stopped;
    }
}

} // namespace

/// S12: serves one client until it closes: read a request, compute, wait, answer.
TaskStatus clientsAndServerBody(TaskContext &context)
{
    const std::optional<ServedClient> client = clientOf(context);
    if (!client)
        return TaskStatus::Failed;
    ServerSession session(client->fd);
    for (;;) {
        Step step = receiveRequest(session, client->stop);
        if (step == Step::Closed)
            return context.outcome(true);
        if (step == Step::Done
            && !(context.burn(client->plan.cpuMs) && context.sleepFor(client->plan.wait)))
            step = Step::Stopped;
        if (step == Step::Done)
            step = sendAnswer(session, client->stop);
        if (step == Step::Stopped)
            return context.outcome(false);
        if (step == Step::Failed)
            return context.fail(context.name() + ": " + session.problem());
    }
}

} // namespace Interleave
