// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/command/runningprocess.h"

#include <QDialog>
#include <QTimer>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;

namespace Interleave
{

class RunningProcessModel;

/// Chooses one of the processes that run now, to record what it does from here on. Asks for the list when
/// it opens and once a second after that; somebody else reads it. GUI thread.
class AttachDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AttachDialog(QWidget *parent = nullptr);

    /// Shows these; the one that is chosen stays so, where it is still there.
    void setProcesses(std::vector<RunningProcess> processes);

signals:
    void listRequested();
    /// The dialog closes.
    void attachRequested(int pid);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    [[nodiscard]] int chosenPid() const; ///< 0: none
    void choose(int pid);
    void attach();
    void tellState();

    QLineEdit *m_filter = nullptr;
    QTableView *m_table = nullptr;
    QLabel *m_hint = nullptr;
    QPushButton *m_attach = nullptr;
    RunningProcessModel *m_model = nullptr;
    QSortFilterProxyModel *m_rows = nullptr;
    QTimer m_refresh;
    bool m_hasList = false;
};

} // namespace Interleave
