// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QStyledItemDelegate>

namespace Interleave
{

/// Draws the rows of TaskSetModel: a heading in small capitals, or a title with a muted line below.
/// Owned by GalleryPanel. GUI thread.
class TaskSetDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit TaskSetDelegate(QObject *parent = nullptr);

    void setTheme(const Theme &theme);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const override;

private:
    void paintHeading(QPainter &painter, const QRect &area, const QString &text) const;
    void paintSet(QPainter &painter, const QStyleOptionViewItem &option,
                  const QModelIndex &index) const;

    Theme m_theme;
    QFont m_headingFont; ///< small, wide, upper case
    QFont m_titleFont;
};

} // namespace Interleave
