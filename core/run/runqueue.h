// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runcontroller.h"

#include <QObject>

#include <vector>

namespace Interleave
{

/// Runs several requests one after another: repeats of a run, or all models of a comparison.
/// Lives on its owner's thread; borrows the controller, which must outlive it.
class RunQueue : public QObject
{
    Q_OBJECT

public:
    /// What is kept of the runs before the last one: a trace may take hundreds of megabytes.
    enum class Keep {
        Everything,
        FirstOfModel, ///< of a comparison: what is drawn, and the numbers of the rest
        Numbers,
    };

    explicit RunQueue(RunController &controller, QObject *parent = nullptr);

    /// Starts the first; does nothing when requests is empty.
    void start(std::vector<RunRequest> requests, Keep keep = Keep::Everything);
    /// Ends the run in progress and drops the rest.
    void cancel();
    [[nodiscard]] bool isActive() const { return m_active; }
    [[nodiscard]] int total() const { return int(m_requests.size()); }
    [[nodiscard]] const RunRequest &current() const { return m_requests[m_next - 1]; }
    [[nodiscard]] const std::vector<RunReport> &reports() const { return m_reports; }

signals:
    void runStarted(std::shared_ptr<const Interleave::Trace> trace);
    void linePrinted(const Interleave::PrintedLine &line);
    /// One is over; reports() has it. `done` of total() are finished.
    void runFinished(const Interleave::RunReport &report, int done);
    /// All are over, or cancel() took effect.
    void allFinished();

private:
    void startNext();
    void onFinished(const RunReport &report);

    RunController &m_controller;
    std::vector<RunRequest> m_requests;
    std::vector<RunReport> m_reports;
    std::size_t m_next = 0;
    Keep m_keep = Keep::Everything;
    bool m_active = false;
    bool m_cancelled = false;
};

/// `repeat` rounds over `models`, alternating, so that a change of the machine's load hits all alike.
[[nodiscard]] std::vector<RunRequest> comparisonRequests(const RunRequest &prototype,
                                                         const QStringList &models, int repeat);

} // namespace Interleave
