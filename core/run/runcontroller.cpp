// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runcontroller.h"

#include "core/run/runloop.h"

#include <QThread>

#include <thread>

#include <sys/prctl.h>

namespace Interleave
{

class RunController::Private
{
public:
    explicit Private(RunLoop::Callbacks callbacks)
        : loop(std::move(callbacks))
        , thread([this] { loop.loop(); })
    {
    }
    ~Private()
    {
        loop.postQuit();
        thread.join();
    }

    bool running = false; // the owner's thread alone
    RunLoop loop;
    std::thread thread;
};

RunController::RunController(QObject *parent)
    : QObject(parent)
{
    qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    // Orphans of an engine host come to this process, which ends and reaps them (prctl(2)).
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const auto onOwner = [this](auto function) {
        QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
    };
    RunLoop::Callbacks callbacks;
    callbacks.started = [this, onOwner](std::shared_ptr<const Trace> trace) {
        onOwner([this, trace = std::move(trace)] { emit started(trace); });
    };
    callbacks.printed = [this, onOwner](const std::vector<PrintedLine> &lines) {
        onOwner([this, lines] {
            for (const PrintedLine &line : lines)
                emit linePrinted(line);
        });
    };
    callbacks.deadlockFound = [this, onOwner](const QString &text) {
        onOwner([this, text] { emit deadlockFound(text); });
    };
    callbacks.standstillSuspected = [this, onOwner](DurationNs quiet) {
        onOwner([this, quiet] { emit standstillSuspected(quiet); });
    };
    callbacks.standstillOver = [this, onOwner](bool hasMoved) {
        onOwner([this, hasMoved] { emit standstillOver(hasMoved); });
    };
    callbacks.finished = [this, onOwner](const RunReport &report) {
        onOwner([this, report] {
            d->running = false;
            emit finished(report);
        });
    };
    d = std::make_unique<Private>(std::move(callbacks));
}

RunController::~RunController()
{
    d.reset(); // joins: after this nothing is queued any more
}

bool RunController::isRunning() const
{
    return d->running;
}

void RunController::prepare(bool background)
{
    d->loop.postPrepare(background);
}

void RunController::start(const RunRequest &request)
{
    d->running = true;
    d->loop.postStart(request);
}

void RunController::stop()
{
    d->loop.postStop();
}

} // namespace Interleave
