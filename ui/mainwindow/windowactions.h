// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QActionGroup>
#include <QCoreApplication>
#include <QList>

class QAction;
class QMainWindow;
class QMenu;

namespace Interleave
{

/// Every action of the window with its name and shortcut, and the menus made of them.
/// The actions belong to the window. GUI thread.
class WindowActions
{
    Q_DECLARE_TR_FUNCTIONS(WindowActions)

public:
    explicit WindowActions(QMainWindow *window);

    /// Fills the menu bar. Call once.
    void buildMenus();
    /// Shortcuts of single letters that only mean something on the timeline work only there.
    void bindToTimeline(QWidget *timeline);

    QAction *run = nullptr;
    QAction *stop = nullptr;
    QAction *compare = nullptr;
    QAction *live = nullptr;
    QAction *fit = nullptr;
    QAction *zoomSelection = nullptr;
    QAction *zoomIn = nullptr;
    QAction *zoomOut = nullptr;
    QAction *previousSlice = nullptr;
    QAction *nextSlice = nullptr;
    QAction *clearSelection = nullptr;
    QAction *filterTracks = nullptr;
    QAction *searchSets = nullptr;
    QAction *program = nullptr; ///< type a command
    QAction *attach = nullptr;
    QAction *openSet = nullptr;
    QAction *saveSet = nullptr;
    /// Their data() is the ending: "png", "svg", "pdf", "csv".
    QList<QAction *> exports;
    /// Their data() is the word in the settings: "system", "light", "dark", "projector".
    QActionGroup *themes = nullptr;
    QAction *showLeft = nullptr;
    QAction *showBottom = nullptr;
    QAction *showRight = nullptr;
    QAction *resetLayout = nullptr;
    QAction *shortcuts = nullptr;
    QAction *about = nullptr;
    QAction *quit = nullptr;
    QMenu *exportMenu = nullptr;

private:
    QAction *add(const char *name, const QString &text, const QList<QKeySequence> &keys = {});
    QAction *addToggle(const char *name, const QString &text, const QList<QKeySequence> &keys = {});
    void createThemes();
    void createExports();

    QMainWindow *m_window;
};

} // namespace Interleave
