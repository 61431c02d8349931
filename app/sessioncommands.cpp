// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session does with a person's own programs: it has them started, or attached to.
#include "app/processlist.h"
#include "app/session.h"
#include "ui/mainwindow/mainwindow.h"

#include <utility>

namespace Interleave
{

void Session::connectCommands()
{
    connect(&m_window, &MainWindow::commandRequested, this, &Session::runCommand);
    connect(&m_window, &MainWindow::attachRequested, this, &Session::attach);
    connect(&m_window, &MainWindow::attachListRequested, m_processes, &ProcessList::request);
    connect(m_processes, &ProcessList::listed, &m_window, &MainWindow::setProcesses);
}

RunRequest Session::programRequest(const QString &title, const QString &model) const
{
    TaskSet set;
    set.title = title;
    return requestFor(set, model, {});
}

void Session::runCommand(const CommandSpec &spec)
{
    if (m_queue.isActive())
        return;
    RunRequest request = programRequest(spec.text(), QStringLiteral("command"));
    request.command = spec;
    begin({std::move(request)}, Job::Single);
}

void Session::attach(int pid, const QString &name)
{
    if (m_queue.isActive())
        return;
    const QString title = name.isEmpty() ? tr("process %1").arg(pid) : name;
    RunRequest request = programRequest(title, QStringLiteral("attached"));
    request.attachTo = pid;
    begin({std::move(request)}, Job::Single);
}

} // namespace Interleave
