// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/chart.h"
#include "core/query/runreport.h"
#include "ui/theme/theme.h"

#include <QStackedWidget>

#include <optional>
#include <vector>

class QLabel;
class QPushButton;
class QScrollArea;

namespace Interleave
{

class CompareModel;
class ResultPage;
class ResultTable;
class SpeedUpDelegate;
class TableDelegate;

/// How do the models compare: a sentence, a table with a bar for the speed-up, and beside it the chart of
/// a task set that has one. GUI thread.
class ComparePanel : public QStackedWidget
{
    Q_OBJECT

public:
    explicit ComparePanel(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Nothing compared yet: `title` is the task set's, and the button compares its models.
    void showEmpty(const QString &title, int models);
    void setCompareEnabled(bool enabled);
    /// The runs so far; `done` of `total` are over.
    void showProgress(const std::vector<RunReport> &runs, int done, int total);
    /// The model that runs now, by its title.
    void showRunning(const QString &model);
    void showComparison(const Comparison &comparison);
    /// The comparison was stopped: the rows so far stay.
    void stopProgress();
    /// Marks the row of the model that is chosen in the parameters.
    void setCurrentModel(const QString &model);

    [[nodiscard]] CompareModel *model() const { return m_model; }

signals:
    void compareRequested();

private:
    QWidget *makeEmptyPage();
    QWidget *makeTablePage();
    QScrollArea *makeChartArea();
    void buildChart();
    void showModels(const std::vector<ModelSummary> &models, const std::vector<RunReport> &runs);
    void markCurrent();

    CompareModel *m_model = nullptr;
    TableDelegate *m_delegate = nullptr;
    SpeedUpDelegate *m_speedUpDelegate = nullptr;
    QLabel *m_emptyText = nullptr;
    QPushButton *m_compare = nullptr;
    ResultPage *m_page = nullptr;
    ResultTable *m_table = nullptr;
    QScrollArea *m_chartArea = nullptr;
    Theme m_theme;
    std::optional<Chart> m_chart;
    QString m_current;
    int m_done = 0;
    int m_total = 0;
};

/// Cores that the runs had, at least 1.
[[nodiscard]] int coresOf(const std::vector<RunReport> &runs);

} // namespace Interleave
