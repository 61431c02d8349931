// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <QAbstractListModel>

#include <cstddef>
#include <vector>

namespace Interleave
{

/// The gallery's rows: a heading per group, and below it the group's task sets in catalogue order; after
/// them a person's programs, which stand there as sets do.
///
/// Headings cannot be selected; a group in which nothing matches the filter has no heading either.
/// Owned by GalleryPanel. GUI thread. Cost of a filter: O(sets).
class TaskSetModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        SlugRole = Qt::UserRole + 1, ///< empty for a heading
        LookRole, ///< the muted line below the title
        IsHeadingRole,
        IsOwnRole, ///< a person's own: it can be removed
        IsLinkedRole, ///< of an own set: its file stays when it is removed
        IsUsableRole, ///< false for a heading and for a file that does not read
        IsRecentRole, ///< a program that was run: it can be taken from the list
    };

    explicit TaskSetModel(std::vector<TaskSet> sets, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// Replaces the sets; the filter and the programs stay.
    void setSets(std::vector<TaskSet> sets);
    /// Replaces the programs (RecentCommands::entries()).
    void setPrograms(std::vector<TaskSet> programs);
    /// All sets, whether the filter lets them through or not; without the programs.
    [[nodiscard]] int setCount() const { return int(m_sets.size() - m_programCount); }
    /// Whether a set or program has that slug, whatever the filter.
    [[nodiscard]] bool contains(const QString &slug) const;
    /// Row of a set's slug under the present filter, or -1.
    [[nodiscard]] int rowOf(const QString &slug) const;
    /// Row of the first set that matches, or -1.
    [[nodiscard]] int firstSetRow() const;
    /// Keeps the sets in whose title, look, group, slug, id or models every word occurs.
    void setFilter(const QString &filter);

    /// The first clause of a sentence, for one line: "CPU-bound: what ..." -> "CPU-bound".
    [[nodiscard]] static QString shortLook(const QString &look);

private:
    struct Row {
        int set = -1; ///< index into m_sets; -1 for a heading
        QString group;
    };
    [[nodiscard]] static bool matches(const TaskSet &set, const QStringList &words);
    void rebuild();

    std::vector<TaskSet> m_sets; ///< the programs behind the sets
    std::size_t m_programCount = 0;
    std::vector<Row> m_rows;
    QString m_filter;
};

} // namespace Interleave
