// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a session does with a person's own task sets: it has their files read, written and deleted, and
// shows what came of it.
#include "app/ownsetsworker.h"
#include "app/owntasksets.h"
#include "app/session.h"
#include "core/taskset/ownsets.h"
#include "ui/mainwindow/mainwindow.h"

#include <utility>

namespace Interleave
{

namespace
{

OwnSetsAnswer refusal(const Error &error)
{
    OwnSetsAnswer answer;
    answer.message = QString::fromStdString(error.message);
    answer.isError = true;
    return answer;
}

/// Puts a file into the gallery, to be selected there.
OwnSetsAnswer openedFile(Catalogue &catalogue, const QString &path, const QString &message)
{
    if (const auto opened = openOwnTaskSet(catalogue, path); !opened)
        return refusal(opened.error());
    addOwnTaskSets(catalogue);
    OwnSetsAnswer answer = OwnSetsWorker::allOf(catalogue);
    const TaskSet *set = catalogue.findFile(path);
    if (!set)
        return answer;
    answer.slug = set->slug;
    answer.isError = !set->fault.isEmpty(); // another file has its name
    answer.message = answer.isError ? set->fault : message;
    return answer;
}

} // namespace

void Session::connectOwnSets()
{
    connect(&m_window, &MainWindow::taskSetSaveRequested, this, &Session::saveTaskSet);
    connect(&m_window, &MainWindow::taskSetOpenRequested, this, &Session::openTaskSet);
    connect(&m_window, &MainWindow::taskSetRemoveRequested, this, &Session::removeTaskSet);
    connect(m_ownSets, &OwnSetsWorker::answered, this, &Session::showOwnSets);
}

bool Session::isRunnable(const TaskSet *set)
{
    if (!set || m_queue.isActive())
        return false;
    TaskSet asked = *set;
    asked.command.reset(); // the window has asked about it
    const Result<void> runnable = checkRunnable(asked);
    if (!runnable)
        m_window.showMessage(QString::fromStdString(runnable.error().message), true);
    return runnable.isOk();
}

std::optional<QJsonObject> Session::valuesFor(const TaskSet &set, const QJsonObject &params)
{
    Result<QJsonObject> values = checkedValues(set, params);
    if (values)
        return std::move(values).value();
    m_window.showMessage(QString::fromStdString(values.error().message), true);
    return std::nullopt;
}

void Session::saveTaskSet(const QString &slug, const QString &title, const QString &model,
                          const QJsonObject &params, const QString &path)
{
    const TaskSet *set = m_catalogue.find(slug);
    if (!set)
        return;
    m_ownSets->post([catalogue = m_catalogue, set = *set, title, model, params, path]() mutable {
        addOwnTaskSets(catalogue); // another job may have changed them meanwhile
        const QString target = path.isEmpty() ? ownTaskSetPath(catalogue, title) : path;
        if (const auto saved = saveOwnTaskSet(catalogue, set, title, model, params, target); !saved)
            return refusal(saved.error());
        return openedFile(catalogue, target, tr("Saved %1.").arg(target));
    });
}

void Session::openTaskSet(const QString &path)
{
    m_ownSets->post([catalogue = m_catalogue, path]() mutable {
        return openedFile(catalogue, path, tr("Opened %1.").arg(path));
    });
}

void Session::removeTaskSet(const QString &slug)
{
    const TaskSet *set = m_catalogue.find(slug);
    if (!set || !set->isOwn())
        return;
    m_ownSets->post([catalogue = m_catalogue, set = *set]() mutable {
        if (const auto removed = removeOwnTaskSet(set); !removed)
            return refusal(removed.error());
        addOwnTaskSets(catalogue);
        OwnSetsAnswer answer = OwnSetsWorker::allOf(catalogue);
        answer.message = tr("“%1” is no longer in the gallery.").arg(set.title);
        return answer;
    });
}

void Session::showOwnSets(const OwnSetsAnswer &answer)
{
    if (answer.sets) {
        m_catalogue.setOwnSets(*answer.sets);
        m_window.setCatalogue(m_catalogue);
    }
    if (!answer.slug.isEmpty())
        m_window.showStoredSet(answer.slug);
    if (!answer.message.isEmpty())
        m_window.showMessage(answer.message, answer.isError);
}

} // namespace Interleave
