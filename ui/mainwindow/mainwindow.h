// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/taskset/catalogue.h"
#include "core/taskset/commandspec.h"
#include "ui/command/runningprocess.h"
#include "ui/theme/theme.h"

#include <QMainWindow>

#include <memory>
#include <vector>

class QCloseEvent;
class QDragEnterEvent;
class QDropEvent;

namespace Interleave
{

class TimelineView;

/// What the chip in the status bar says about the source of the truth.
struct SourceChip {
    QString text; ///< "kernel, whole machine · 2 cores"
    QString detail; ///< reason and remedy, for the tooltip
    bool good = true; ///< kernel tiers
};

/// The one window: gallery and parameters (left), timeline (centre), inspector and legend (right),
/// output, statistics, comparison and log (bottom).
///
/// Knows nothing of engines: it emits what the user asks for and is told what happened. GUI thread.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    MainWindow(const Catalogue &catalogue, Theme::Kind themeKind, QWidget *parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] TimelineView *timeline() const;
    void setSourceChip(const SourceChip &chip);
    /// Selects a set (slug or id) and, when they are not empty, a model and parameters.
    void selectTaskSet(const QString &name, const QString &model = {},
                       const QJsonObject &params = {});
    /// The person's own sets have changed. What is selected stays, where it still is.
    void setCatalogue(const Catalogue &catalogue);
    /// Selects a set with the model and the values of its file, whatever was set before.
    void showStoredSet(const QString &slug);

public slots:
    /// A run was asked for and is on its way; Stop is possible from now on.
    void runStarting(const QString &title, const QString &model);
    void runStarted(std::shared_ptr<const Interleave::Trace> trace, const QString &title,
                    const QString &model);
    void addLine(const Interleave::PrintedLine &line, const QString &taskName,
                 Interleave::TimestampNs origin);
    void runFinished(const Interleave::RunReport &report);
    /// Compare all: `done` of `total` models are finished; the runs so far stand on the timeline.
    void comparisonProgress(const std::vector<Interleave::RunReport> &runs, int done, int total);
    void comparisonFinished(const Interleave::Comparison &comparison);
    /// Repeats of one run: `done` of `total` are over; the newest of them stands on the timeline.
    void repeatProgress(const std::vector<Interleave::RunReport> &runs, int done, int total);
    void repeatsFinished(const std::vector<Interleave::RunReport> &runs);
    /// Tasks of the run that still goes on wait for each other in a circle: that in words.
    void deadlockFound(const QString &text);
    /// Nothing of a person's program has moved for so long: perhaps a deadlock.
    void standstillSuspected(Interleave::DurationNs quiet);
    /// It is not suspected any more: the banner says it no longer. \param hasMoved something of the
    /// program has, which is logged; else nobody looks any more, and it may stand still as before.
    void standstillOver(bool hasMoved);
    /// One sentence for the log and the status bar; `isError` also shows it above the timeline.
    void showMessage(const QString &sentence, bool isError);
    /// The answer to attachListRequested().
    void setProcesses(const std::vector<Interleave::RunningProcess> &processes);

signals:
    void runRequested(const QString &slug, const QString &model, const QJsonObject &params,
                      int repeat);
    /// A person's program shall be started and recorded.
    void commandRequested(const Interleave::CommandSpec &spec);
    /// The processes that can be attached to shall be listed now.
    void attachListRequested();
    /// A process that runs already shall be recorded. \param name what to call it: its command line.
    void attachRequested(int pid, const QString &name);
    void stopRequested();
    void compareRequested(const QString &slug, const QJsonObject &params, int repeat);
    /// The runs that the timeline shows shall be written to `path`.
    void exportRequested(const QString &path);
    void exactPriorityChanged(bool exact);
    /// The values of a set shall be kept as a set with that title. `path` is empty: where own sets are.
    void taskSetSaveRequested(const QString &slug, const QString &title, const QString &model,
                              const QJsonObject &params, const QString &path);
    void taskSetOpenRequested(const QString &path);
    /// The user has confirmed it.
    void taskSetRemoveRequested(const QString &slug);
    /// The model or set was changed: a good moment to start a spare engine host.
    void selectionChanged();

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Interleave
