// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/inspectorcontent.h"
#include "ui/theme/theme.h"

#include <QScrollArea>

#include <memory>
#include <optional>
#include <vector>

namespace Interleave
{

/// Why: facts of the selected slice, sums of the selected span, or the numbers of the run.
///
/// Keeps the traces of what it shows alive. Takes the keyboard's focus, to be scrolled. GUI thread.
class InspectorPanel : public QScrollArea
{
    Q_OBJECT

public:
    explicit InspectorPanel(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// What is shown when nothing is selected and no run is over; `set` may be null.
    void showEmpty(const TaskSet *set, bool isRunning = false);
    /// \param deadlock that the run ended in.
    void showSlice(std::shared_ptr<const Trace> trace, const SliceHit &hit,
                   std::optional<DeadlockReport> deadlock = std::nullopt);
    void showSpan(std::vector<RunView> runs, TimeSpan span);
    void showReport(const RunReport &report, const TaskSet *set);
    /// Reads the sums of a live run's selection again, a last time when the run is over; does nothing
    /// for other pages.
    void refresh();

    [[nodiscard]] const InspectorContent &content() const { return m_content; }

private:
    /// What is shown belongs to no run any more.
    void forgetRuns();
    void readSlice(bool keepsPlace);
    void readSpan(bool keepsPlace);
    void setContent(InspectorContent content, bool keepsPlace);
    void rebuild(bool keepsPlace);

    Theme m_theme;
    InspectorContent m_content;
    std::shared_ptr<const Trace> m_trace; ///< of the slice that is shown, else null
    SliceHit m_hit;
    std::optional<DeadlockReport> m_deadlock; ///< of the run of that slice
    std::vector<RunView> m_runs; ///< of the span that is shown, else empty
    TimeSpan m_span;
    bool m_isFinal = false; ///< read after its runs were over: nothing changes any more
};

} // namespace Interleave
