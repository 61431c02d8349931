// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session does with a person's own programs: it has them started, or attached to.
#include "app/examplesfolder.h"
#include "app/processlist.h"
#include "app/session.h"
#include "core/taskset/setcommand.h"
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

bool Session::addCommand(RunRequest &request)
{
    if (!request.set.command)
        return true;
    const bool needsExamples = placeholdersOf(*request.set.command).contains(examplesPlaceholder());
    QString folder;
    if (needsExamples) {
        const Result<QString> examples = examplesFolder();
        if (!examples) {
            m_window.showMessage(QString::fromStdString(examples.error().message), true);
            return false;
        }
        folder = examples.value();
    }
    request.command = commandOf(request.set, request.params, folder);
    return true;
}

} // namespace Interleave
