// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QTableWidget>

namespace Interleave
{

/// The variables that a command gets beside those of this program: a name and a value in each row, and
/// always an empty row at the end. A name with a minus before it takes that variable away. GUI thread.
class EnvironmentTable : public QTableWidget
{
    Q_OBJECT

public:
    explicit EnvironmentTable(QWidget *parent = nullptr);

    /// As CommandSpec::environment has them. Rows without a name are left out.
    [[nodiscard]] QStringList entries() const;
    void setEntries(const QStringList &entries);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

signals:
    void entriesChanged();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] QString textAt(int row, int column) const;
    void setRow(int row, const QString &name, const QString &value);
    void noteChange();

    bool m_isFilling = false; ///< the cells' changes are not the user's
};

} // namespace Interleave
