// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspectorpanel.h"

#include "ui/inspector/inspectorbody.h"

#include <QScrollBar>

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{
// The longest wait is found by a walk over the task's slices: beyond this many a live run is not
// walked again several times a second.
constexpr std::uint64_t kMostLiveSlices = 200'000;

bool isTooLong(const Trace &trace)
{
    return !trace.isFinished() && trace.sliceCount() > kMostLiveSlices;
}
} // namespace

InspectorPanel::InspectorPanel(QWidget *parent)
    : QScrollArea(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
{
    setObjectName(QStringLiteral("inspectorPanel"));
    setAccessibleName(tr("Inspector"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    showEmpty(nullptr);
}

void InspectorPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    rebuild(true);
}

void InspectorPanel::forgetRuns()
{
    m_trace.reset();
    m_deadlock.reset();
    m_runs.clear();
}

void InspectorPanel::showEmpty(const TaskSet *set, bool isRunning)
{
    forgetRuns();
    setContent(emptyContent(set, isRunning), false);
}

void InspectorPanel::showSlice(std::shared_ptr<const Trace> trace, const SliceHit &hit,
                               std::optional<DeadlockReport> deadlock)
{
    forgetRuns();
    m_trace = std::move(trace);
    m_deadlock = std::move(deadlock);
    m_hit = hit;
    readSlice(false);
}

void InspectorPanel::showSpan(std::vector<RunView> runs, TimeSpan span)
{
    forgetRuns();
    m_runs = std::move(runs);
    m_span = span;
    readSpan(false);
}

void InspectorPanel::showReport(const RunReport &report, const TaskSet *set)
{
    forgetRuns();
    setContent(reportContent(report, set), false);
}

void InspectorPanel::refresh()
{
    if (m_isFinal)
        return;
    if (m_trace && !isTooLong(*m_trace))
        readSlice(true);
    const bool isLongSpan = std::any_of(m_runs.begin(), m_runs.end(), [](const RunView &run) {
        return run.trace && isTooLong(*run.trace);
    });
    if (!m_runs.empty() && !isLongSpan)
        readSpan(true);
}

void InspectorPanel::readSlice(bool keepsPlace)
{
    m_isFinal = m_trace->isFinished(); // asked first: what comes meanwhile is read the next time
    const TraceSnapshot snapshot(*m_trace);
    // A slice that was open when it was chosen has grown, or has an end by now.
    if (m_hit.index < 0) {
        if (const std::optional<SliceHit> now = sliceAt(snapshot, m_hit.track, m_hit.slice.begin))
            m_hit = *now;
    }
    setContent(sliceContent(snapshot, m_hit, m_deadlock), keepsPlace);
}

void InspectorPanel::readSpan(bool keepsPlace)
{
    m_isFinal = std::all_of(m_runs.begin(), m_runs.end(), [](const RunView &run) {
        return !run.trace || run.trace->isFinished();
    });
    setContent(spanContent(m_runs, m_span), keepsPlace);
}

void InspectorPanel::setContent(InspectorContent content, bool keepsPlace)
{
    if (widget() && content == m_content)
        return;
    m_content = std::move(content);
    rebuild(keepsPlace);
}

void InspectorPanel::rebuild(bool keepsPlace)
{
    const int place = keepsPlace ? verticalScrollBar()->value() : 0;
    setWidget(new InspectorBody(m_content, m_theme));
    // Both fill themselves with the palette otherwise, whatever the style sheet says.
    viewport()->setAutoFillBackground(false);
    widget()->setAutoFillBackground(false);
    widget()->setAccessibleName(m_content.title);
    // The new page has its height only after the layout was made.
    if (place > 0) {
        QMetaObject::invokeMethod(
            this, [this, place] { verticalScrollBar()->setValue(place); }, Qt::QueuedConnection);
    }
}

} // namespace Interleave
