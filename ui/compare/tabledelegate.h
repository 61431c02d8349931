// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QStyledItemDelegate>

namespace Interleave
{

/// Cells of the comparison and statistics tables: tabular digits, a task's swatch, a quiet selection.
/// GUI thread.
class TableDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit TableDelegate(QObject *parent = nullptr);

    void setTheme(const Theme &theme) { m_theme = theme; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

protected:
    [[nodiscard]] const Theme &theme() const { return m_theme; }
    virtual void paintContent(QPainter &painter, const QRectF &area,
                              const QModelIndex &index) const;

private:
    Theme m_theme;
};

/// The speed-up: the number, and a bar with dotted guides at 1x and at the number of cores.
class SpeedUpDelegate : public TableDelegate
{
    Q_OBJECT

public:
    explicit SpeedUpDelegate(QObject *parent = nullptr);

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

protected:
    void paintContent(QPainter &painter, const QRectF &area,
                      const QModelIndex &index) const override;
};

} // namespace Interleave
