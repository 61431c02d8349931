// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/catalogue.h"
#include "ui/theme/theme.h"

#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;

namespace Interleave
{

class TaskSetDelegate;
class TaskSetModel;

/// What shall run: a search field and the list of task sets, with a person's programs behind them. GUI
/// thread.
class GalleryPanel : public QWidget
{
    Q_OBJECT

public:
    explicit GalleryPanel(const Catalogue &catalogue, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Shows other sets. What is selected stays, where it still is; else the first one is selected.
    void setCatalogue(const Catalogue &catalogue);
    /// Shows other programs (RecentCommands::entries()). What is selected stays; a program that has gone
    /// gives the selection to the first one.
    void setPrograms(std::vector<TaskSet> programs);
    /// Slug of the selected set or program; stays when the search hides it. Empty when the catalogue is.
    [[nodiscard]] const QString &selectedSlug() const { return m_slug; }
    /// Selects a set, clearing a search that would hide it. Unknown slugs are ignored.
    void select(const QString &slug);
    [[nodiscard]] TaskSetModel *model() const { return m_model; }

public slots:
    void focusSearch();

signals:
    /// Another set was selected.
    void taskSetSelected(const QString &slug);
    /// Double click or Enter: run the selected set.
    void runRequested();
    /// A person's own set shall leave the gallery; nothing is asked yet.
    void removeRequested(const QString &slug);
    /// A program that was run shall leave the list: nothing is lost by that.
    void forgetRequested(const QString &slug);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    /// Replaces rows while the selection stays.
    void replaceRows(const std::function<void()> &replace);
    void applySearch(const QString &text);
    void takeCurrent(const QModelIndex &index);
    bool filterSearchKey(int key);
    bool filterListKey(int key);
    void showMenu(const QPoint &position);
    void tellCount();
    void tellNoMatch();

    QLineEdit *m_search = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_noMatch = nullptr;
    TaskSetModel *m_model = nullptr;
    TaskSetDelegate *m_delegate = nullptr;
    QString m_slug;
    bool m_isSearching =
        false; ///< the list is rebuilt: a change of its current row is not a choice
};

} // namespace Interleave
