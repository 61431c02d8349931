// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runqueue.h"
#include "core/taskset/catalogue.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace Interleave
{

class MainWindow;
class OwnSetsWorker;
class ProcessList;
struct OwnSetsAnswer;

/// Carries out what the window asks for: the wire between the window and the engine. GUI thread.
class Session : public QObject
{
    Q_OBJECT

public:
    /// \param window outlives the session. \param ownSets  reads and writes the files of own sets; outlives
    /// the session; null: it makes one of its own.
    Session(const Catalogue &catalogue, MainWindow &window, OwnSetsWorker *ownSets = nullptr,
            QObject *parent = nullptr);
    ~Session() override;

signals:
    /// A run is over and the window has been told.
    void runReported(const Interleave::RunReport &report);
    void comparisonReported(const Interleave::Comparison &comparison);
    /// All repeats of one run are over; only the last one has its trace.
    void repeatsReported(const std::vector<Interleave::RunReport> &runs);

private:
    /// What the queue is run for.
    enum class Job { Single, Repeats, Comparison };

    void run(const QString &slug, const QString &model, const QJsonObject &params, int repeat);
    void compare(const QString &slug, const QJsonObject &params, int repeat);
    void begin(std::vector<RunRequest> requests, Job job);
    void onStarted(const std::shared_ptr<const Trace> &trace);
    void onRunFinished(const RunReport &report, int done);
    void onAllFinished();
    void exportTo(const QString &path);
    void showSource();
    // A person's own programs (sessioncommands.cpp).
    void connectCommands();
    void runCommand(const CommandSpec &spec);
    void attach(int pid, const QString &name);
    [[nodiscard]] RunRequest programRequest(const QString &title, const QString &model) const;
    // Own task sets (sessionsets.cpp).
    void connectOwnSets();
    /// Whether that set can be run now; why not is shown, unless something runs. Of one that starts a
    /// command the window has asked.
    bool isRunnable(const TaskSet *set);
    void saveTaskSet(const QString &slug, const QString &title, const QString &model,
                     const QJsonObject &params, const QString &path);
    void openTaskSet(const QString &path);
    void removeTaskSet(const QString &slug);
    /// What one of the three has come to: the gallery, the selection and the banner follow.
    void showOwnSets(const OwnSetsAnswer &answer);
    /// The values of a run, checked; nothing, with the reason shown, when they are not possible.
    [[nodiscard]] std::optional<QJsonObject> valuesFor(const TaskSet &set,
                                                       const QJsonObject &params);
    [[nodiscard]] RunRequest requestFor(const TaskSet &set, const QString &model,
                                        const QJsonObject &params) const;

    Catalogue m_catalogue; ///< changes with the own sets
    MainWindow &m_window;
    OwnSetsWorker *m_ownSets;
    ProcessList *m_processes;
    RunController m_controller;
    RunQueue m_queue;
    std::shared_ptr<const Trace> m_trace;
    std::vector<RunReport> m_shown; ///< the runs that the timeline shows
    Job m_job = Job::Single;
    bool m_exactPriority = false;
};

} // namespace Interleave
