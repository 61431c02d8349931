// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/shortcutsheet.h"

#include "ui/mainwindow/windowactions.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <initializer_list>

namespace Interleave
{

namespace
{

QString keysOf(const QAction *action)
{
    QStringList keys;
    for (const QKeySequence &key : action->shortcuts())
        keys << key.toString(QKeySequence::NativeText);
    return keys.join(QStringLiteral("  "));
}

QString nameOf(const QAction *action)
{
    QString name = action->text();
    return name.remove(u'&').remove(u'…');
}

} // namespace

ShortcutSheet::ShortcutSheet(const WindowActions &actions, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("shortcutSheet"));
    setWindowTitle(tr("Keyboard shortcuts"));
    const auto entries = [](std::initializer_list<const QAction *> list) {
        QList<Entry> found;
        for (const QAction *action : list)
            found << Entry{nameOf(action), keysOf(action)};
        return found;
    };
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(40);
    QList<Entry> run = entries({actions.run, actions.stop, actions.compare, actions.searchSets});
    run << entries({actions.program, actions.attach});
    run << entries({actions.openSet, actions.saveSet, actions.exports.first(), actions.quit});
    addGroup(*grid, 0, tr("Run"), run);
    addGroup(*grid, 0, tr("Window"),
             entries({actions.showLeft, actions.showBottom, actions.showRight, actions.shortcuts}));
    QList<Entry> timeline = entries(
        {actions.live, actions.fit, actions.zoomSelection, actions.zoomIn, actions.zoomOut,
         actions.previousSlice, actions.nextSlice, actions.clearSelection, actions.filterTracks});
    timeline << Entry{tr("Pan"), tr("A  D, Shift+wheel, middle button")}
             << Entry{tr("Zoom around the pointer"), tr("Ctrl+wheel")}
             << Entry{tr("Scroll tracks"), tr("Wheel  Up  Down")}
             << Entry{tr("Select a slice"), tr("Click")}
             << Entry{tr("Select a span of time"), tr("Drag on the tracks")}
             << Entry{tr("Details of the selection"), tr("Enter")}
             << Entry{tr("Back to the live end"), tr("End")};
    addGroup(*grid, 1, tr("Timeline"), timeline);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 16);
    layout->setSpacing(16);
    layout->addLayout(grid);
    layout->addStretch(1);
    layout->addWidget(buttons);
}

void ShortcutSheet::addGroup(QGridLayout &grid, int column, const QString &title,
                             const QList<Entry> &entries)
{
    auto *group = new QGridLayout;
    group->setHorizontalSpacing(24);
    group->setVerticalSpacing(5);
    auto *heading = new QLabel(title, this);
    heading->setProperty("role", QStringLiteral("section"));
    group->addWidget(heading, 0, 0, 1, 2);
    int row = 1;
    for (const Entry &entry : entries) {
        auto *what = new QLabel(entry.what, this);
        auto *keys = new QLabel(entry.keys, this);
        what->setProperty("role", QStringLiteral("muted"));
        group->addWidget(what, row, 0);
        group->addWidget(keys, row, 1, Qt::AlignRight);
        ++row;
    }
    group->setRowStretch(row, 1);
    // The second group of a column stands below the first; a column's only group takes both rows.
    const bool isFirst = grid.itemAtPosition(0, column) == nullptr;
    grid.addLayout(group, isFirst ? 0 : 1, column, isFirst && column == 1 ? 2 : 1, 1);
}

} // namespace Interleave
