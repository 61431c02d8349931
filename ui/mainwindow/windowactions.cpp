// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/windowactions.h"

#include <QAction>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

namespace Interleave
{

WindowActions::WindowActions(QMainWindow *window)
    : m_window(window)
{
    // F5 is left alone: it is the key that presents.
    run = add("actionRun", tr("&Run"), {QKeySequence(Qt::CTRL | Qt::Key_R)});
    stop = add("actionStop", tr("&Stop"),
               {QKeySequence(Qt::Key_Escape), QKeySequence(Qt::CTRL | Qt::Key_Period)});
    compare = add("actionCompare", tr("&Compare all models"),
                  {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R)});
    live = addToggle("actionLive", tr("Follow &live"), {QKeySequence(Qt::Key_L)});
    live->setIconText(tr("Live"));
    fit = add("actionFit", tr("&Fit the whole run"), {QKeySequence(Qt::Key_0)});
    fit->setIconText(tr("Fit"));
    zoomSelection =
        add("actionZoomSelection", tr("Zoom to the &selection"), {QKeySequence(Qt::Key_F)});
    zoomIn = add("actionZoomIn", tr("Zoom &in"), {QKeySequence(Qt::Key_W)});
    zoomOut = add("actionZoomOut", tr("Zoom &out"), {QKeySequence(Qt::Key_S)});
    previousSlice = add("actionPrevious", tr("&Previous slice"), {QKeySequence(Qt::Key_Comma)});
    nextSlice = add("actionNext", tr("&Next slice"), {QKeySequence(Qt::Key_Period)});
    clearSelection = add("actionClearSelection", tr("&Clear the selection"),
                         {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A)});
    filterTracks = add("actionFilter", tr("Fil&ter tracks"), {QKeySequence(Qt::CTRL | Qt::Key_F)});
    searchSets = add("actionSearch", tr("&Find a task set"), {QKeySequence(Qt::CTRL | Qt::Key_K)});
    program = add("actionProgram", tr("Run a &command…"), {QKeySequence(Qt::CTRL | Qt::Key_P)});
    attach = add("actionAttach", tr("&Attach to a running process…"),
                 {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P)});
    openSet = add("actionOpenSet", tr("&Open task set…"), {QKeySequence(Qt::CTRL | Qt::Key_O)});
    saveSet = add("actionSaveSet", tr("&Save these parameters as a task set…"),
                  {QKeySequence(Qt::CTRL | Qt::Key_S)});
    createExports();
    createThemes();
    showLeft = addToggle("actionShowLeft", tr("Task sets and &parameters"),
                         {QKeySequence(Qt::CTRL | Qt::Key_1)});
    showBottom = addToggle("actionShowBottom", tr("Comparison, statistics, &output"),
                           {QKeySequence(Qt::CTRL | Qt::Key_2)});
    showRight = addToggle("actionShowRight", tr("&Inspector and legend"),
                          {QKeySequence(Qt::CTRL | Qt::Key_3)});
    for (QAction *panel : {showLeft, showBottom, showRight})
        panel->setChecked(true);
    resetLayout = add("actionResetLayout", tr("&Reset layout"));
    shortcuts = add("actionShortcuts", tr("&Keyboard shortcuts"),
                    {QKeySequence(Qt::Key_Question), QKeySequence(Qt::Key_F1)});
    about = add("actionAbout", tr("&About Interleave"));
    quit = add("actionQuit", tr("&Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)});
    quit->setMenuRole(QAction::QuitRole);
    about->setMenuRole(QAction::AboutRole);
}

QAction *WindowActions::add(const char *name, const QString &text, const QList<QKeySequence> &keys)
{
    auto *action = new QAction(text, m_window);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcuts(keys);
    m_window->addAction(action);
    return action;
}

QAction *WindowActions::addToggle(const char *name, const QString &text,
                                  const QList<QKeySequence> &keys)
{
    QAction *action = add(name, text, keys);
    action->setCheckable(true);
    return action;
}

void WindowActions::createExports()
{
    const auto addExport = [this](const char *ending, const QString &text,
                                  const QList<QKeySequence> &keys = {}) {
        const QString word = QString::fromLatin1(ending);
        QAction *action = add("", text, keys);
        action->setObjectName(QStringLiteral("actionExport.") + word);
        action->setData(word);
        action->setEnabled(false);
        exports << action;
    };
    addExport("png", tr("Picture (&PNG)…"), {QKeySequence(Qt::CTRL | Qt::Key_E)});
    addExport("svg", tr("Drawing (&SVG)…"));
    addExport("pdf", tr("Page (P&DF)…"));
    addExport("csv", tr("Slices (&CSV)…"));
}

void WindowActions::createThemes()
{
    themes = new QActionGroup(m_window);
    const auto addTheme = [this](const char *word, const QString &text) {
        QAction *action = addToggle("", text);
        action->setObjectName(QStringLiteral("actionTheme.") + QString::fromLatin1(word));
        action->setData(QString::fromLatin1(word));
        themes->addAction(action);
    };
    addTheme("system", tr("As the &system"));
    addTheme("light", tr("&Light"));
    addTheme("dark", tr("&Dark"));
    addTheme("projector", tr("&Projector"));
}

void WindowActions::buildMenus()
{
    QMenuBar *bar = m_window->menuBar();
    QMenu *file = bar->addMenu(tr("&File"));
    file->addActions({openSet, saveSet});
    file->addSeparator();
    exportMenu = file->addMenu(tr("&Export"));
    exportMenu->addActions(exports);
    exportMenu->setToolTipsVisible(true); // they say why one of them is not possible
    file->addSeparator();
    file->addAction(quit);

    QMenu *runMenu = bar->addMenu(tr("&Run"));
    runMenu->addActions({run, stop, compare});
    runMenu->addSeparator();
    runMenu->addActions({program, attach});
    runMenu->addSeparator();
    runMenu->addAction(searchSets);

    QMenu *view = bar->addMenu(tr("&View"));
    view->addActions({live, fit, zoomSelection, zoomIn, zoomOut});
    view->addSeparator();
    view->addActions({previousSlice, nextSlice, clearSelection, filterTracks});
    view->addSeparator();
    view->addMenu(tr("&Theme"))->addActions(themes->actions());
    view->addSeparator();
    view->addActions({showLeft, showBottom, showRight, resetLayout});

    QMenu *help = bar->addMenu(tr("&Help"));
    help->addActions({shortcuts, about});
}

void WindowActions::bindToTimeline(QWidget *timeline)
{
    for (QAction *action : {zoomIn, zoomOut, previousSlice, nextSlice}) {
        m_window->removeAction(action);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        timeline->addAction(action);
    }
}

} // namespace Interleave
