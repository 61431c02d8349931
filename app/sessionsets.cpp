// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session does with a person's own task sets: it reads, writes and deletes their files.
#include "app/owntasksets.h"
#include "app/session.h"
#include "core/taskset/ownsets.h"
#include "ui/mainwindow/mainwindow.h"

namespace Interleave
{

void Session::connectOwnSets()
{
    connect(&m_window, &MainWindow::taskSetSaveRequested, this, &Session::saveTaskSet);
    connect(&m_window, &MainWindow::taskSetOpenRequested, this, &Session::openTaskSet);
    connect(&m_window, &MainWindow::taskSetRemoveRequested, this, &Session::removeTaskSet);
}

bool Session::isRunnable(const TaskSet *set)
{
    if (!set || m_queue.isActive())
        return false;
    const Result<void> runnable = checkRunnable(*set);
    if (!runnable)
        m_window.showMessage(QString::fromStdString(runnable.error().message), true);
    return runnable.isOk();
}

void Session::saveTaskSet(const QString &slug, const QString &title, const QString &model,
                          const QJsonObject &params, const QString &path)
{
    const TaskSet *set = m_catalogue.find(slug);
    if (!set)
        return;
    const QString target = path.isEmpty() ? ownTaskSetPath(m_catalogue, title) : path;
    if (const auto saved = saveOwnTaskSet(m_catalogue, *set, title, model, params, target);
        !saved) {
        m_window.showMessage(QString::fromStdString(saved.error().message), true);
        return;
    }
    if (showTaskSetFile(target))
        m_window.showMessage(tr("Saved %1.").arg(target), false);
}

void Session::openTaskSet(const QString &path)
{
    if (showTaskSetFile(path))
        m_window.showMessage(tr("Opened %1.").arg(path), false);
}

bool Session::showTaskSetFile(const QString &path)
{
    if (const auto opened = openOwnTaskSet(m_catalogue, path); !opened) {
        m_window.showMessage(QString::fromStdString(opened.error().message), true);
        return false;
    }
    addOwnTaskSets(m_catalogue);
    m_window.setCatalogue(m_catalogue);
    const TaskSet *set = m_catalogue.findFile(path);
    if (!set)
        return false;
    m_window.showStoredSet(set->slug);
    if (!set->fault.isEmpty()) // another file has its name
        m_window.showMessage(set->fault, true);
    return set->fault.isEmpty();
}

void Session::removeTaskSet(const QString &slug)
{
    const TaskSet *set = m_catalogue.find(slug);
    if (!set || !set->isOwn())
        return;
    const QString title = set->title;
    if (const auto removed = removeOwnTaskSet(*set); !removed) {
        m_window.showMessage(QString::fromStdString(removed.error().message), true);
        return;
    }
    addOwnTaskSets(m_catalogue);
    m_window.setCatalogue(m_catalogue);
    m_window.showMessage(tr("“%1” is no longer in the gallery.").arg(title), false);
}

} // namespace Interleave
