// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runqueue.h"

#include <algorithm>

namespace Interleave
{

RunQueue::RunQueue(RunController &controller, QObject *parent)
    : QObject(parent)
    , m_controller(controller)
{
    connect(&m_controller, &RunController::started, this, [this](const auto &trace) {
        if (m_active)
            emit runStarted(trace);
    });
    connect(&m_controller, &RunController::linePrinted, this, [this](const PrintedLine &line) {
        if (m_active)
            emit linePrinted(line);
    });
    connect(&m_controller, &RunController::finished, this, &RunQueue::onFinished);
}

void RunQueue::start(std::vector<RunRequest> requests, Keep keep)
{
    if (m_active || requests.empty())
        return;
    m_requests = std::move(requests);
    m_reports.clear();
    m_next = 0;
    m_keep = keep;
    m_active = true;
    m_cancelled = false;
    startNext();
}

void RunQueue::startNext()
{
    RunRequest &request = m_requests[m_next++];
    if (m_next < m_requests.size())
        request.keepSpare = true;
    m_controller.start(request);
}

void RunQueue::cancel()
{
    if (!m_active)
        return;
    m_cancelled = true;
    m_controller.stop();
}

void RunQueue::onFinished(const RunReport &report)
{
    if (!m_active)
        return;
    if (m_keep == Keep::Numbers && !m_reports.empty()) {
        m_reports.back().trace.reset();
        m_reports.back().lines = std::vector<PrintedLine>();
    }
    const bool isAgain = std::any_of(m_reports.begin(), m_reports.end(),
                                     [&](const RunReport &r) { return r.model == report.model; });
    m_reports.push_back(report);
    if (m_keep == Keep::FirstOfModel && isAgain) {
        m_reports.back().trace.reset();
        m_reports.back().lines = std::vector<PrintedLine>();
    }
    const bool isLast = m_next == m_requests.size();
    m_active = !isLast && !m_cancelled;
    emit runFinished(report, int(m_reports.size()));
    if (m_active && !m_cancelled) { // a listener may have cancelled just now
        startNext();
        return;
    }
    m_active = false;
    emit allFinished();
}

std::vector<RunRequest> comparisonRequests(const RunRequest &prototype, const QStringList &models,
                                           int repeat)
{
    std::vector<RunRequest> requests;
    for (int round = 0; round < repeat; ++round) {
        for (const QString &model : models) {
            requests.push_back(prototype);
            requests.back().model = model;
        }
    }
    return requests;
}

} // namespace Interleave
