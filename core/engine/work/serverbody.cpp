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
    const NetworkState *const state = networkStateOf(context);
    const std::optional<int> fd = connectionOf(context);
    if (!state || !fd)
        return context.fail("there is no client to serve: the run was not prepared");
    const StopSource stop = stopSourceOf(context, *state);
    const HandlerPlan plan = handlerPlan(context.parameters());
    ServerSession session(*fd);
    for (;;) {
        Step step = receiveRequest(session, stop);
        if (step == Step::Closed)
            return context.outcome(true);
        if (step == Step::Done && !(context.burn(plan.cpuMs) && context.sleepFor(plan.wait)))
            step = Step::Stopped;
        if (step == Step::Done)
            step = sendAnswer(session, stop);
        if (step == Step::Stopped)
            return context.outcome(false);
        if (step == Step::Failed)
            return context.fail(context.name() + ": " + session.problem());
    }
}

} // namespace Interleave
