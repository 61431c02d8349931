// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QGridLayout;

namespace Interleave
{

class WindowActions;

/// Every shortcut of the window and the timeline on one page ('?'). GUI thread.
class ShortcutSheet : public QDialog
{
    Q_OBJECT

public:
    explicit ShortcutSheet(const WindowActions &actions, QWidget *parent = nullptr);

private:
    struct Entry {
        QString what;
        QString keys;
    };
    void addGroup(QGridLayout &grid, int column, const QString &title, const QList<Entry> &entries);
};

} // namespace Interleave
