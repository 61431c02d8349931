// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/mainwindow/mainwindowprivate.h"
#include "ui/mainwindow/panelsplitter.h"

#include <QAction>
#include <QJsonDocument>
#include <QSettings>
#include <QSplitter>

#include <utility>

namespace Interleave
{

namespace
{

QString key(const char *name)
{
    return QString::fromLatin1(name);
}

QAction *checkedTheme(const WindowActions &actions)
{
    return actions.themes->checkedAction();
}

} // namespace

void MainWindow::Private::loadSettings()
{
    QSettings settings;
    const QString word = settings.value(key("window/theme"), key("system")).toString();
    bool isKnown = false;
    for (const QAction *action : actions.themes->actions())
        isKnown = isKnown || action->data().toString() == word;
    applyTheme(isKnown ? word : key("system"));

    q->restoreGeometry(settings.value(key("window/geometry")).toByteArray());
    columns->restoreWidths(settings.value(key("window/columns")).toByteArray());
    for (const auto &[name, splitter] :
         {std::pair{"window/left", leftRows}, std::pair{"window/centre", centreRows}}) {
        const QByteArray state = settings.value(key(name)).toByteArray();
        if (!state.isEmpty() && splitter->restoreState(state)) {
            splitter->setHandleWidth(1);
            splitter->setChildrenCollapsible(false);
        }
    }
    actions.showLeft->setChecked(settings.value(key("window/showLeft"), true).toBool());
    actions.showBottom->setChecked(settings.value(key("window/showBottom"), true).toBool());
    actions.showRight->setChecked(settings.value(key("window/showRight"), true).toBool());
    loadParameters(settings);
}

void MainWindow::Private::loadValues(const QSettings &settings, const TaskSet &set)
{
    const QString group = key("sets/") + set.slug;
    const QString model = settings.value(group + key("/model")).toString();
    if (set.models.contains(model))
        models.insert(set.slug, model);
    const QByteArray json = settings.value(group + key("/params")).toByteArray();
    // Whoever edited the file by hand gets the defaults for what does not read.
    const QJsonObject stored = QJsonDocument::fromJson(json).object();
    if (!stored.isEmpty())
        params.insert(set.slug, stored);
}

void MainWindow::Private::loadParameters(QSettings &settings)
{
    for (const TaskSet &set : catalogue.sets())
        loadValues(settings, set);
    recent.load(settings);
    gallery->setPrograms(recent.entries());
    const QString last = settings.value(key("window/set")).toString();
    if (RecentCommands::isProgramSlug(last)) // one that has gone meanwhile gives way to a new one
        gallery->select(recent.find(last) ? last : RecentCommands::newSlug());
    else if (const TaskSet *set = last.isEmpty() ? nullptr : catalogue.find(last))
        gallery->select(set->slug);
    else if (const TaskSet *first = firstSet())
        gallery->select(first->slug);
    const bool isMissing = !RecentCommands::isProgramSlug(last) && !catalogue.find(last);
    awaitedSlug = isMissing ? last : QString(); // after the choice, which is nobody's
    parameters->setRepeat(settings.value(key("window/repeat"), 1).toInt());
    parameters->setExactPriority(settings.value(key("window/exactPriority"), false).toBool());
}

void MainWindow::Private::saveSettings()
{
    QSettings settings;
    if (const QAction *checked = checkedTheme(actions))
        settings.setValue(key("window/theme"), checked->data());
    settings.setValue(key("window/geometry"), q->saveGeometry());
    // Widths that follow the window's are not kept, so that they go on following it.
    settings.setValue(key("window/columns"),
                      columns->hasUserWidths() ? columns->saveState() : QByteArray());
    settings.setValue(key("window/left"), leftRows->saveState());
    settings.setValue(key("window/centre"), centreRows->saveState());
    settings.setValue(key("window/showLeft"), actions.showLeft->isChecked());
    settings.setValue(key("window/showBottom"), actions.showBottom->isChecked());
    settings.setValue(key("window/showRight"), actions.showRight->isChecked());
    settings.setValue(key("window/set"),
                      awaitedSlug.isEmpty() ? gallery->selectedSlug() : awaitedSlug);
    settings.setValue(key("window/repeat"), parameters->repeat());
    settings.setValue(key("window/exactPriority"), parameters->isExactPriority());
    for (auto it = models.cbegin(); it != models.cend(); ++it)
        settings.setValue(key("sets/") + it.key() + key("/model"), it.value());
    for (auto it = params.cbegin(); it != params.cend(); ++it) {
        settings.setValue(
            key("sets/") + it.key() + key("/params"),
            QJsonDocument(withoutPasswords(it.value())).toJson(QJsonDocument::Compact));
    }
}

} // namespace Interleave
