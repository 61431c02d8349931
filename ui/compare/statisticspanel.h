// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/query/statistics.h"
#include "ui/theme/theme.h"

#include <QWidget>

#include <memory>
#include <optional>

namespace Interleave
{

class ProcessesModel;
class ResultTable;
class SentenceLabel;
class StatisticsModel;
class TableDelegate;

/// The numbers of one run: a line of sums, of a program a table of its processes, and a table of the tasks.
/// Where it is low the sums make way for rows of the tables: the inspector has them, too.
/// GUI thread.
class StatisticsPanel : public QWidget
{
    Q_OBJECT

public:
    /// A live run with more slices is summed up only at its end: the walk would cost frames.
    static constexpr std::uint64_t kMostLiveSlices = 200'000;

    explicit StatisticsPanel(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void clear();
    /// \param source of the run: what it cannot know is said to be unknown.
    void setStatistics(const RunStatistics &statistics, Source source);
    /// Of a program that was recorded: a table of its processes. Else, none.
    void setCommand(const std::optional<CommandReport> &command, Source source);
    /// What the numbers show, above them; empty for none.
    void setSentence(const QString &sentence);
    /// Sums a live run up as far as it is known; skips it when that would be too much.
    void updateFrom(const Trace &trace);

    [[nodiscard]] StatisticsModel *model() const { return m_model; }
    [[nodiscard]] ProcessesModel *processes() const { return m_processes; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void explainDashes(bool hasDashes);
    void showSums();

    qreal m_scale = 1; ///< of the theme
    StatisticsModel *m_model = nullptr;
    ProcessesModel *m_processes = nullptr;
    TableDelegate *m_delegate = nullptr;
    SentenceLabel *m_sentence = nullptr;
    SentenceLabel *m_sums = nullptr;
    ResultTable *m_processTable = nullptr;
    ResultTable *m_table = nullptr;
};

} // namespace Interleave
