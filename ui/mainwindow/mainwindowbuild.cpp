// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandpanel.h"
#include "ui/compare/comparepanel.h"
#include "ui/compare/outputpanel.h"
#include "ui/compare/repeatspanel.h"
#include "ui/compare/statisticspanel.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/legendpanel.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/mainwindowprivate.h"
#include "ui/mainwindow/panelsplitter.h"
#include "ui/mainwindow/toolbar.h"
#include "ui/mainwindow/windowstyle.h"

#include <QAction>
#include <QApplication>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include <utility>

namespace Interleave
{

namespace
{

constexpr int kLeastPanelWidth = 220;
constexpr int kLeastTimelineHeight = 160;
constexpr int kLeastBottomHeight = 130;

/// Escape lets go of the timeline's selection first; without one, it stops what is running.
class StopKey : public QObject
{
public:
    StopKey(QAction *stop, TimelineView *timeline)
        : QObject(timeline)
        , m_stop(stop)
        , m_timeline(timeline)
    {
    }

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::ShortcutOverride && m_stop->isEnabled()
            && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape
            && !m_timeline->state().selected && !m_timeline->state().selectedSpan) {
            event->ignore();
            return true;
        }
        return QObject::eventFilter(watched, event);
    }

private:
    QAction *m_stop;
    TimelineView *m_timeline;
};

} // namespace

MainWindow::Private::Private(MainWindow *window, const Catalogue &sets, Theme::Kind themeKind)
    : q(window)
    , catalogue(sets)
    , givenKind(themeKind)
    , theme(Theme::make(themeKind))
    , actions(window)
{
}

void MainWindow::Private::build()
{
    q->setObjectName(QStringLiteral("mainWindow"));
    q->setWindowTitle(MainWindow::tr("Interleave"));
    q->setMinimumSize(960, 600);
    actions.buildMenus();

    auto *central = new QWidget(q);
    toolBar = new ToolBar(actions, central);
    columns = new PanelSplitter(central);
    columns->setObjectName(QStringLiteral("columns"));
    columns->addWidget(buildLeft());
    columns->addWidget(buildCentre());
    columns->addWidget(buildRight());
    columns->setStretchFactor(0, 0);
    columns->setStretchFactor(1, 1);
    columns->setStretchFactor(2, 0);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(toolBar);
    layout->addWidget(columns, 1);
    q->setCentralWidget(central);
    buildStatusBar();

    actions.bindToTimeline(timeline);
    liveTimer.setInterval(250);
    connectActions();
    connectViewActions();
    connectPanels();
    connectTimeline();
    connectSets();
    connectCommands();

    QSize size(1440, 900);
    if (const QScreen *screen = QGuiApplication::primaryScreen())
        size = size.boundedTo(screen->availableSize());
    q->resize(size.expandedTo(q->minimumSize()));
    resetLayout();
}

QWidget *MainWindow::Private::buildLeft()
{
    leftRows = new QSplitter(Qt::Vertical, q);
    leftRows->setObjectName(QStringLiteral("leftPanel"));
    leftRows->setHandleWidth(1);
    leftRows->setChildrenCollapsible(false);
    leftRows->setMinimumWidth(kLeastPanelWidth);
    gallery = new GalleryPanel(catalogue, leftRows);
    gallery->setMinimumHeight(140);
    pages = new QStackedWidget(leftRows);
    pages->setObjectName(QStringLiteral("leftPages"));
    pages->setMinimumHeight(120);
    parameters = new ParameterPanel(pages);
    command = new CommandPanel(pages);
    pages->addWidget(parameters);
    pages->addWidget(command);
    leftRows->addWidget(gallery);
    leftRows->addWidget(pages);
    return leftRows;
}

QWidget *MainWindow::Private::buildCentre()
{
    auto *centre = new QWidget(q);
    centre->setObjectName(QStringLiteral("centre"));
    centre->setAttribute(Qt::WA_StyledBackground);
    banner = new Banner(centre);
    centreRows = new QSplitter(Qt::Vertical, centre);
    centreRows->setObjectName(QStringLiteral("centreRows"));
    centreRows->setHandleWidth(1);
    centreRows->setChildrenCollapsible(false);
    timeline = new TimelineView(centreRows);
    timeline->setObjectName(QStringLiteral("timeline"));
    timeline->setAccessibleName(MainWindow::tr("Timeline"));
    timeline->setMinimumHeight(kLeastTimelineHeight);
    centreRows->addWidget(timeline);
    centreRows->addWidget(buildBottom());
    centreRows->setStretchFactor(0, 7);
    centreRows->setStretchFactor(1, 3);
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(banner);
    layout->addWidget(centreRows, 1);
    return centre;
}

QWidget *MainWindow::Private::buildBottom()
{
    tabs = new QTabWidget(q);
    tabs->setObjectName(QStringLiteral("bottomArea"));
    tabs->setAccessibleName(MainWindow::tr("Results"));
    tabs->setDocumentMode(true);
    tabs->tabBar()->setDrawBase(false);
    tabs->setMinimumHeight(kLeastBottomHeight);
    compare = new ComparePanel(tabs);
    repeats = new RepeatsPanel(tabs);
    statistics = new StatisticsPanel(tabs);
    output = new OutputPanel(tabs);
    output->setObjectName(QStringLiteral("outputPanel"));
    output->setAccessibleName(MainWindow::tr("Output of the tasks"));
    output->setPlaceholderText(
        MainWindow::tr("What the tasks, or your program, print appears here."));
    messages = new OutputPanel(tabs);
    messages->setObjectName(QStringLiteral("logPanel"));
    messages->setAccessibleName(MainWindow::tr("Log"));
    messages->setPlaceholderText(MainWindow::tr("Messages of this window appear here."));
    tabs->addTab(compare, MainWindow::tr("Compare"));
    tabs->addTab(repeats, MainWindow::tr("Repeats"));
    tabs->addTab(statistics, MainWindow::tr("Statistics"));
    tabs->addTab(output, MainWindow::tr("Output"));
    tabs->addTab(messages, MainWindow::tr("Log"));
    return tabs;
}

QWidget *MainWindow::Private::buildRight()
{
    rightPanel = new QWidget(q);
    rightPanel->setObjectName(QStringLiteral("rightPanel"));
    rightPanel->setAttribute(Qt::WA_StyledBackground);
    rightPanel->setMinimumWidth(kLeastPanelWidth);
    inspector = new InspectorPanel(rightPanel);
    legend = new LegendPanel(rightPanel);
    auto *layout = new QVBoxLayout(rightPanel);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(inspector, 1);
    layout->addWidget(legend);
    return rightPanel;
}

void MainWindow::Private::buildStatusBar()
{
    statusText = new QLabel(q);
    statusText->setObjectName(QStringLiteral("statusText"));
    statusText->setTextFormat(Qt::PlainText);
    // A long sentence must not widen the window.
    statusText->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    statusNumbers = new QLabel(q);
    statusNumbers->setObjectName(QStringLiteral("statusNumbers"));
    statusNumbers->setTextFormat(Qt::PlainText);
    q->statusBar()->setSizeGripEnabled(false);
    q->statusBar()->addWidget(statusText, 1);
    q->statusBar()->addPermanentWidget(statusNumbers);
    setStatus(MainWindow::tr("Ready"));
}

void MainWindow::Private::connectActions()
{
    timeline->installEventFilter(new StopKey(actions.stop, timeline));
    QObject::connect(actions.run, &QAction::triggered, q, [this] { requestRun(); });
    QObject::connect(actions.stop, &QAction::triggered, q, [this] { emit q->stopRequested(); });
    QObject::connect(actions.compare, &QAction::triggered, q, [this] { requestCompare(); });
    for (QAction *action : std::as_const(actions.exports)) {
        QObject::connect(action, &QAction::triggered, q,
                         [this, action] { chooseExportPath(action->data().toString()); });
    }
    QObject::connect(actions.searchSets, &QAction::triggered, q, [this] {
        actions.showLeft->setChecked(true);
        gallery->focusSearch();
    });
    QObject::connect(actions.filterTracks, &QAction::triggered, toolBar, &ToolBar::focusFilter);
    QObject::connect(actions.shortcuts, &QAction::triggered, q, [this] { showShortcuts(); });
    QObject::connect(actions.about, &QAction::triggered, q, [this] { showAbout(); });
    QObject::connect(actions.quit, &QAction::triggered, q, &QWidget::close);
}

void MainWindow::Private::connectViewActions()
{
    actions.live->setChecked(timeline->isFollowing());
    QObject::connect(actions.live, &QAction::toggled, timeline, &TimelineView::setFollowing);
    QObject::connect(timeline, &TimelineView::followingChanged, actions.live, &QAction::setChecked);
    QObject::connect(actions.fit, &QAction::triggered, timeline, &TimelineView::fit);
    QObject::connect(actions.zoomSelection, &QAction::triggered, timeline,
                     &TimelineView::zoomToSelection);
    QObject::connect(actions.zoomIn, &QAction::triggered, timeline, &TimelineView::zoomIn);
    QObject::connect(actions.zoomOut, &QAction::triggered, timeline, &TimelineView::zoomOut);
    QObject::connect(actions.previousSlice, &QAction::triggered, timeline,
                     [this] { timeline->selectNeighbour(-1); });
    QObject::connect(actions.nextSlice, &QAction::triggered, timeline,
                     [this] { timeline->selectNeighbour(1); });
    QObject::connect(actions.clearSelection, &QAction::triggered, timeline,
                     &TimelineView::clearSelection);
    QObject::connect(actions.showLeft, &QAction::toggled, leftRows, &QWidget::setVisible);
    QObject::connect(actions.showBottom, &QAction::toggled, tabs, &QWidget::setVisible);
    QObject::connect(actions.showRight, &QAction::toggled, rightPanel, &QWidget::setVisible);
    QObject::connect(actions.resetLayout, &QAction::triggered, q, [this] { resetLayout(); });
    QObject::connect(actions.themes, &QActionGroup::triggered, q,
                     [this](QAction *action) { applyTheme(action->data().toString()); });
}

void MainWindow::Private::connectPanels()
{
    QObject::connect(gallery, &GalleryPanel::taskSetSelected, q, [this](const QString &slug) {
        awaitedSlug.clear();
        showSet(slug);
    });
    QObject::connect(gallery, &GalleryPanel::runRequested, q, [this] { requestRun(); });
    QObject::connect(parameters, &ParameterPanel::modelChanged, q, [this](const QString &model) {
        compare->setCurrentModel(model);
        rememberParameters();
        if (!isShowingSet)
            emit q->selectionChanged();
    });
    QObject::connect(parameters, &ParameterPanel::valuesChanged, q,
                     [this] { rememberParameters(); });
    QObject::connect(parameters, &ParameterPanel::exactPriorityChanged, q,
                     &MainWindow::exactPriorityChanged);
    QObject::connect(compare, &ComparePanel::compareRequested, q, [this] { requestCompare(); });
    QObject::connect(toolBar, &ToolBar::filterChanged, timeline, &TimelineView::setFilter);
}

void MainWindow::Private::connectTimeline()
{
    QObject::connect(timeline, &TimelineView::emptyActionTriggered, q, [this] {
        if (const TaskSet *set = offeredSet()) {
            q->selectTaskSet(set->slug);
            requestRun();
        }
    });
    QObject::connect(timeline, &TimelineView::sliceSelected, q, [this] { showSelection(); });
    QObject::connect(timeline, &TimelineView::spanSelected, q, [this] { showSelection(); });
    QObject::connect(timeline, &TimelineView::detailsRequested, q, [this] { showDetails(); });
    QObject::connect(timeline, &TimelineView::hovered, q, [this](const QString &text) {
        hoverText = text;
        statusText->setText(text.isEmpty() ? status : text);
    });
    QObject::connect(timeline, &TimelineView::windowChanged, q, [this] {
        // While a run is followed, the window moves with every frame: the timer is enough.
        if (!liveTimer.isActive())
            updateStatusNumbers();
    });
    QObject::connect(&liveTimer, &QTimer::timeout, q, [this] { tick(); });
}

void MainWindow::Private::applyTheme(const QString &word)
{
    const bool isSystem = word == QLatin1String("system");
    theme = Theme::make(isSystem ? givenKind : Theme::kindOf(word));
    for (QAction *action : actions.themes->actions())
        action->setChecked(action->data().toString() == word);
    q->setPalette(theme.palette());
    // Also for widgets that are made later, and those that a style sheet rule gives a size alone.
    QApplication::setFont(theme.font);
    q->setFont(theme.font);
    q->setStyleSheet(theme.styleSheet() + windowStyleSheet(theme));
    toolBar->setTheme(theme);
    gallery->setTheme(theme);
    timeline->setTheme(theme);
    compare->setTheme(theme);
    repeats->setTheme(theme);
    statistics->setTheme(theme);
    output->setTheme(theme);
    messages->setTheme(theme);
    inspector->setTheme(theme);
    legend->setTheme(theme);
    columns->setScale(theme.scale);
}

void MainWindow::Private::resetLayout()
{
    for (QAction *panel : {actions.showLeft, actions.showBottom, actions.showRight})
        panel->setChecked(true);
    columns->resetWidths();
    leftRows->setSizes({560, 440});
    centreRows->setSizes({700, 300});
}

} // namespace Interleave
