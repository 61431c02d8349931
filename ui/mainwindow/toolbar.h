// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/mainwindow/mainwindow.h"
#include "ui/theme/theme.h"

#include <QWidget>

class QLineEdit;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace Interleave
{

class WindowActions;

/// The top row: Run, Stop, Compare, Live, Fit, Export, the filter of the tracks, and the chip that
/// says where the truth comes from. GUI thread.
class ToolBar : public QWidget
{
    Q_OBJECT

public:
    explicit ToolBar(const WindowActions &actions, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setSourceChip(const SourceChip &chip);
    /// A line that moves while something runs.
    void setBusy(bool busy);

public slots:
    void focusFilter();

signals:
    void filterChanged(const QString &filter);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QToolButton *addButton(const char *name, QAction *action);
    void styleChip();

    QToolButton *m_run = nullptr;
    QToolButton *m_stop = nullptr;
    QToolButton *m_live = nullptr;
    QLineEdit *m_filter = nullptr;
    QPushButton *m_chip = nullptr;
    QProgressBar *m_busy = nullptr;
    Theme m_theme;
    bool m_isGood = true;
};

} // namespace Interleave
