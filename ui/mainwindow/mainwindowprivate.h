// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/command/recentcommands.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/timeline/timelineview.h"

#include <QElapsedTimer>
#include <QHash>
#include <QJsonObject>
#include <QPointer>
#include <QSet>
#include <QTimer>

#include <vector>

class QLabel;
class QSettings;
class QSplitter;
class QStackedWidget;
class QTabWidget;

namespace Interleave
{

class AttachDialog;
class Banner;
class CommandPanel;
class ComparePanel;
class GalleryPanel;
class InspectorPanel;
class LegendPanel;
class OutputPanel;
class PanelSplitter;
class ParameterPanel;
class RepeatsPanel;
class StatisticsPanel;
class ToolBar;

/// The parts of the main window and what they do together.
///
///          runStarting            runStarted            runFinished
///   Idle ───────────────▶ Busy ───────────────▶ Busy ───────────────▶ Idle
///                                  (live timeline)
/// A comparison is Busy from its first runStarting() to comparisonFinished(); the models run one after
/// the other in between. Repeats of one run are so until repeatsFinished().
class MainWindow::Private
{
public:
    Private(MainWindow *window, const Catalogue &sets, Theme::Kind themeKind);

    // Construction (mainwindowbuild.cpp).
    void build();
    QWidget *buildLeft();
    QWidget *buildCentre();
    QWidget *buildBottom();
    QWidget *buildRight();
    void buildStatusBar();
    void connectActions();
    void connectViewActions();
    void connectPanels();
    void connectTimeline();
    void applyTheme(const QString &word);
    void resetLayout();

    // Settings (mainwindowsettings.cpp).
    void loadSettings();
    void saveSettings();
    void loadParameters(QSettings &settings);
    /// The model and the values that a set had last.
    void loadValues(const QSettings &settings, const TaskSet &set);

    // What the user does.
    void showSet(const QString &slug);
    void rememberParameters();
    void requestRun();
    void requestCompare();
    void chooseExportPath(const QString &ending);
    void showShortcuts();
    void showAbout();
    void showDetails();

    // Task sets of one's own (mainwindowsets.cpp).
    void connectSets();
    void replaceCatalogue(const Catalogue &sets);
    void forgetValues(const QString &slug);
    void askTitle();
    void chooseSetPath(const QString &title);
    void save(const QString &title, const QString &path);
    void chooseSetsToOpen();
    void confirmRemove(const QString &slug);
    [[nodiscard]] bool isSavable(const TaskSet *set) const;

    // A person's own programs (mainwindowcommands.cpp).
    void connectCommands();
    /// The page of the selected entry of "Your program" in the place of the parameters.
    void showProgram(const QString &slug);
    void requestCommand();
    void noteCommand(const CommandSpec &spec);
    void forgetCommand(const QString &slug);
    void openAttach();
    void requestAttach(int pid);
    void takeFile(const QString &path);
    /// An own set that starts a command does so only once that has been named and agreed to.
    /// \return whether it has been; else it is asked, and the run requested after a yes.
    bool isAgreedTo(const TaskSet &set);
    [[nodiscard]] bool isProgramSelected() const;
    /// What is told of a program that has ended: the line of the panel, and the banner.
    void presentProgram(const RunReport &report);

    // What the window shows.
    void setBusy(bool busy);
    void updateActions();
    void showRuns(std::vector<RunView> views, bool live);
    /// The inspector's page is always that of the timeline's selection, which alone is the truth: the
    /// span, else the slice, else what there is to say of the runs.
    void showSelection();
    void showNothingSelected();
    void endComparison();
    // The end of runs (mainwindowruns.cpp).
    /// A run is over: its picture, its numbers and what it came to.
    void present(const RunReport &report);
    /// The answer to the set's question may be looked at from now on.
    void noteRun(const RunReport &report);
    /// A run of another set begins: the comparison below would be mistaken for its.
    void forgetOtherComparison();
    void tick();
    void updateStatusNumbers();
    void setStatus(const QString &text);
    void log(const QString &text, bool isAlert = false);
    [[nodiscard]] bool hasSelection() const;
    [[nodiscard]] QString summaryOf(const RunReport &report) const;
    /// Ended neither as it should nor because somebody stopped it.
    [[nodiscard]] static bool isFailure(RunOutcome outcome);
    /// What such a run came to, in a sentence.
    [[nodiscard]] QString failureOf(const RunReport &report) const;
    [[nodiscard]] const TaskSet *currentSet() const;
    [[nodiscard]] const TaskSet *firstSet() const;
    /// What the empty timeline offers to run: the chosen set, or, where that is none, the first one.
    [[nodiscard]] const TaskSet *offeredSet() const;
    void offerRun();
    /// Of a report: by its number or own slug, else by its work. nullptr: not in the catalogue.
    [[nodiscard]] const TaskSet *setOf(const QString &taskSet, const QString &slug) const;
    /// The same of a report; nullptr for a program that is no set's, whatever it is called.
    [[nodiscard]] const TaskSet *setOf(const RunReport &report) const;
    /// Of a run that begins.
    [[nodiscard]] const TaskSet *setOfRun(const QString &title, const QString &model) const;

    MainWindow *q;
    Catalogue catalogue;
    Theme::Kind givenKind; ///< used while the theme is "system"
    Theme theme;
    WindowActions actions;

    ToolBar *toolBar = nullptr;
    PanelSplitter *columns = nullptr;
    QSplitter *leftRows = nullptr;
    QSplitter *centreRows = nullptr;
    GalleryPanel *gallery = nullptr;
    QStackedWidget *pages = nullptr; ///< the parameters, or the command
    ParameterPanel *parameters = nullptr;
    CommandPanel *command = nullptr;
    QPointer<AttachDialog> attachDialog; ///< while it is open
    Banner *banner = nullptr;
    TimelineView *timeline = nullptr;
    QTabWidget *tabs = nullptr;
    ComparePanel *compare = nullptr;
    RepeatsPanel *repeats = nullptr;
    StatisticsPanel *statistics = nullptr;
    OutputPanel *output = nullptr;
    OutputPanel *messages = nullptr;
    QWidget *rightPanel = nullptr;
    InspectorPanel *inspector = nullptr;
    LegendPanel *legend = nullptr;
    QLabel *statusText = nullptr;
    QLabel *statusNumbers = nullptr;

    QHash<QString, QString> models; ///< last model of a set, by slug
    QHash<QString, QJsonObject> params; ///< last parameters of a set, by slug
    /// An own set that was selected when the window was closed, and has not been read yet. Empty when
    /// there is none, and once something else has been chosen.
    QString awaitedSlug;
    RecentCommands recent;
    std::vector<CommandSpec> agreed; ///< commands of own sets that were agreed to since the start
    std::vector<RunningProcess> processes; ///< as listed last
    std::vector<RunView> runs; ///< as on the timeline
    std::vector<RunReport> reports; ///< of those that are over
    const TaskSet *runningSet = nullptr; ///< into catalogue: of the runs on the timeline
    QString runningWords; ///< "Primes · Threads"
    QString comparedSlug; ///< whose numbers the comparison shows; empty: none
    QString repeatedSlug; ///< the same of the repeats
    QSet<QString> seenSlugs; ///< of sets that have been run since the window opened
    QString hoverText; ///< of the slice below the pointer
    QString suspicion; ///< of a standstill, as the banner said it; empty: none
    QString status; ///< what stands in the status bar while nothing is hovered
    QTimer liveTimer; ///< 4 times a second while a run is live
    QElapsedTimer clock; ///< since runStarted()
    int askedRuns = 0; ///< of the comparison that was asked for
    bool isBusy = false;
    bool isComparing = false;
    bool isCompareAsked = false; ///< compareRequested() was emitted, nothing started yet
    bool isRepeating = false;
    bool isRepeatAsked = false; ///< runRequested() with several repeats was emitted
    bool isProgram = false; ///< what runs is a program, not work of the engine
    bool isShowingSet = false; ///< the panel is being filled: its changes are not the user's
};

} // namespace Interleave
