// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/catalogue.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace Interleave
{

/// Asks for the title under which values are kept as a task set of one's own, and says what will come of
/// it: a new set, or that another is replaced. GUI thread.
class SaveSetDialog : public QDialog
{
    Q_OBJECT

public:
    SaveSetDialog(Catalogue catalogue, const QString &title, QWidget *parent = nullptr);

    [[nodiscard]] QString title() const; ///< without spaces around it

signals:
    /// The dialog closes; the set shall stand where own sets are.
    void saveRequested(const QString &title);
    /// The dialog closes; the user wants to choose the file.
    void saveAsRequested(const QString &title);

private:
    void judgeTitle();

    Catalogue m_catalogue;
    QLineEdit *m_title = nullptr;
    QLabel *m_hint = nullptr;
    QPushButton *m_save = nullptr;
    QPushButton *m_saveAs = nullptr;
};

} // namespace Interleave
