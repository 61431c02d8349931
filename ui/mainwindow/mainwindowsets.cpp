// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window does with a person's own task sets: it asks; whoever listens reads and writes files.
#include "core/taskset/ownsets.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/gallery/savesetdialog.h"
#include "ui/mainwindow/mainwindowprivate.h"

#include <QAction>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QUrl>

#include <utility>

namespace Interleave
{

namespace
{

QString folderKey()
{
    return QStringLiteral("window/taskSetFolder");
}

QString lastFolder()
{
    return QSettings().value(folderKey(), QDir::homePath()).toString();
}

void rememberFolderOf(const QString &path)
{
    QSettings().setValue(folderKey(), QFileInfo(path).absolutePath());
}

QStringList filesOf(const QMimeData *data)
{
    QStringList files;
    const QList<QUrl> urls = data ? data->urls() : QList<QUrl>();
    for (const QUrl &url : urls) {
        if (const QString path = url.toLocalFile(); !path.isEmpty())
            files << path;
    }
    return files;
}

/// Other files are programs, or run by one.
bool isTaskSet(const QString &path)
{
    return path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
}

} // namespace

void MainWindow::setCatalogue(const Catalogue &catalogue)
{
    d->replaceCatalogue(catalogue);
}

void MainWindow::showStoredSet(const QString &slug)
{
    d->forgetValues(slug);
    selectTaskSet(slug);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!filesOf(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QStringList files = filesOf(event->mimeData());
    if (files.isEmpty())
        return;
    event->acceptProposedAction();
    bool hasProgram = false;
    for (const QString &file : files) {
        if (isTaskSet(file)) {
            emit taskSetOpenRequested(file);
        } else if (!hasProgram) { // of several the first: there is one command line
            hasProgram = true;
            d->takeFile(file);
        }
    }
}

void MainWindow::Private::connectSets()
{
    q->setAcceptDrops(true);
    QObject::connect(actions.saveSet, &QAction::triggered, q, [this] { askTitle(); });
    QObject::connect(actions.openSet, &QAction::triggered, q, [this] { chooseSetsToOpen(); });
    QObject::connect(gallery, &GalleryPanel::removeRequested, q,
                     [this](const QString &slug) { confirmRemove(slug); });
}

void MainWindow::Private::replaceCatalogue(const Catalogue &sets)
{
    // It points into the catalogue.
    const QString running = runningSet ? runningSet->slug : QString();
    const Catalogue before = std::exchange(catalogue, sets);
    runningSet = catalogue.find(running);
    const QStringList known = QStringList(models.keys()) + params.keys();
    for (const QString &slug : known) {
        if (!catalogue.find(slug))
            forgetValues(slug);
    }
    const QSettings settings;
    for (const TaskSet &set : catalogue.sets()) {
        if (!before.find(set.slug))
            loadValues(settings, set);
    }
    gallery->setCatalogue(catalogue);
    // The own sets of a slow disk: what was selected last comes with them, or is gone.
    if (const TaskSet *awaited = catalogue.find(std::exchange(awaitedSlug, QString())))
        gallery->select(awaited->slug);
    if (!isProgramSelected()) // its page may hold what is being typed
        showSet(gallery->selectedSlug());
}

void MainWindow::Private::forgetValues(const QString &slug)
{
    models.remove(slug);
    params.remove(slug);
    QSettings().remove(QStringLiteral("sets/") + slug);
}

bool MainWindow::Private::isSavable(const TaskSet *set) const
{
    // A command of a file has no parameters that could be others.
    return set && set->fault.isEmpty()
        && (!set->command || !set->isOwn() || !set->basedOn.isEmpty());
}

void MainWindow::Private::askTitle()
{
    const TaskSet *set = currentSet();
    if (!isSavable(set))
        return;
    rememberParameters();
    const QString title = set->isOwn() ? set->title : MainWindow::tr("%1 (mine)").arg(set->title);
    auto *dialog = new SaveSetDialog(catalogue, title, q);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &SaveSetDialog::saveRequested, q,
                     [this](const QString &chosen) { save(chosen, {}); });
    QObject::connect(dialog, &SaveSetDialog::saveAsRequested, q,
                     [this](const QString &chosen) { chooseSetPath(chosen); });
    dialog->open();
}

void MainWindow::Private::chooseSetPath(const QString &title)
{
    auto *dialog = new QFileDialog(q, MainWindow::tr("Save the task set"), lastFolder());
    dialog->setObjectName(QStringLiteral("saveSetFileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(MainWindow::tr("Task sets (*.json)"));
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(ownSlug(title).section(u'/', -1) + QStringLiteral(".json"));
    QObject::connect(dialog, &QFileDialog::fileSelected, q, [this, title](const QString &path) {
        rememberFolderOf(path);
        save(title, path);
    });
    dialog->open();
}

void MainWindow::Private::save(const QString &title, const QString &path)
{
    emit q->taskSetSaveRequested(parameters->taskSet().slug, title, parameters->model(),
                                 parameters->params(), path);
}

void MainWindow::Private::chooseSetsToOpen()
{
    auto *dialog = new QFileDialog(q, MainWindow::tr("Open task sets"), lastFolder());
    dialog->setObjectName(QStringLiteral("openSetDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilter(MainWindow::tr("Task sets (*.json)"));
    QObject::connect(dialog, &QFileDialog::filesSelected, q, [this](const QStringList &paths) {
        for (const QString &path : paths) {
            rememberFolderOf(path);
            emit q->taskSetOpenRequested(path);
        }
    });
    dialog->open();
}

void MainWindow::Private::confirmRemove(const QString &slug)
{
    const TaskSet *set = catalogue.find(slug);
    if (!set || !set->isOwn())
        return;
    auto *box = new QMessageBox(q);
    box->setObjectName(QStringLiteral("removeSetDialog"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setTextFormat(Qt::PlainText);
    box->setWindowTitle(MainWindow::tr("Task set"));
    QPushButton *yes = nullptr;
    if (set->isLinked) {
        box->setText(MainWindow::tr("Remove “%1” from the gallery?").arg(set->title));
        box->setInformativeText(MainWindow::tr("Its file %1 stays.").arg(set->path));
        yes = box->addButton(MainWindow::tr("&Remove"), QMessageBox::AcceptRole);
    } else {
        box->setText(MainWindow::tr("Delete “%1”?").arg(set->title));
        box->setInformativeText(MainWindow::tr("Its file %1 is deleted.").arg(set->path));
        yes = box->addButton(MainWindow::tr("&Delete"), QMessageBox::DestructiveRole);
    }
    yes->setObjectName(QStringLiteral("removeSetButton"));
    QPushButton *no = box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(no);
    box->setEscapeButton(no);
    QObject::connect(yes, &QPushButton::clicked, q,
                     [this, slug] { emit q->taskSetRemoveRequested(slug); });
    box->open();
}

} // namespace Interleave
