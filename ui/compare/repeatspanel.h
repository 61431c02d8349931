// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "ui/theme/theme.h"

#include <QStackedWidget>

#include <vector>

class QScrollArea;

namespace Interleave
{

class RepeatsModel;
class ResultPage;
class ResultTable;
class TableDelegate;

/// What came out when the same was run several times: a sentence, a table of the runs, and a histogram of
/// each result that was not the same every time. GUI thread.
class RepeatsPanel : public QStackedWidget
{
    Q_OBJECT

public:
    explicit RepeatsPanel(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Nothing was repeated yet.
    void showEmpty();
    /// The runs so far; `done` of `total` are over.
    void showProgress(const std::vector<RunReport> &runs, int done, int total);
    /// All are over. \param resultKey that the table prefers, see mainResultKey(); may be empty.
    void showRepeats(const std::vector<RunReport> &runs, const QString &resultKey = {});

    [[nodiscard]] RepeatsModel *model() const { return m_model; }

private:
    QWidget *makeEmptyPage();
    QWidget *makeResultPage();
    void fill(const std::vector<RunReport> &runs, const QString &resultKey);
    void buildHistograms();

    Theme m_theme;
    std::vector<RunReport> m_runs; ///< numbers alone, without traces and lines
    RepeatsModel *m_model = nullptr;
    TableDelegate *m_delegate = nullptr;
    ResultPage *m_page = nullptr;
    ResultTable *m_table = nullptr;
    QScrollArea *m_histograms = nullptr;
};

} // namespace Interleave
