// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runcontroller.h"

#include <QSignalSpy>
#include <QString>
#include <QStringList>
#include <QtTest>

#include <memory>

namespace Interleave
{

/// Of a controller: its report, and what it said until then.
struct RunListener {
    static constexpr int kPatienceMs = 20'000;

    explicit RunListener(RunController &controller)
        : finished(&controller, &RunController::finished)
        , started(&controller, &RunController::started)
    {
        QObject::connect(&controller, &RunController::linePrinted, &context,
                         [this](const PrintedLine &line) { lines.append(line.text); });
    }
    RunReport report()
    {
        if (finished.isEmpty() && !finished.wait(kPatienceMs))
            qFatal("the run did not end");
        return finished.takeFirst().first().value<RunReport>();
    }
    /// Waits for the first line. \return the number in it.
    pid_t number()
    {
        if (!QTest::qWaitFor([this] { return !lines.isEmpty(); }, kPatienceMs))
            qFatal("the program says nothing");
        return lines.first().toInt();
    }
    QSignalSpy finished, started;
    QStringList lines;
    QObject context;
};

inline void registerRunTypes()
{
    qRegisterMetaType<Interleave::RunReport>();
    qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
}

inline RunRequest programRequest(const QStringList &words)
{
    RunRequest request;
    request.command.emplace();
    request.command->words = words;
    request.command->askPython = false;
    request.background = true;
    return request;
}

inline RunRequest shellRequest(const QString &script)
{
    return programRequest({QStringLiteral("sh"), QStringLiteral("-c"), script});
}

inline RunReport runToEnd(const RunRequest &request)
{
    RunController controller;
    RunListener listener(controller);
    controller.start(request);
    return listener.report();
}

} // namespace Interleave
