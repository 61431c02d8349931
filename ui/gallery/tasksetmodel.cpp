// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/tasksetmodel.h"

#include "ui/command/recentcommands.h"

#include <QTextDocument>

#include <algorithm>
#include <iterator>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// A tool tip takes what looks like markup for markup; the text of a file is never to be that.
QString plainToolTip(const QString &text)
{
    return Qt::mightBeRichText(text) ? u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped()) : text;
}

} // namespace

TaskSetModel::TaskSetModel(std::vector<TaskSet> sets, QObject *parent)
    : QAbstractListModel(parent)
    , m_sets(std::move(sets))
{
    rebuild();
}

int TaskSetModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant TaskSetModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row &row = m_rows[std::size_t(index.row())];
    const TaskSet *set = row.set < 0 ? nullptr : &m_sets[std::size_t(row.set)];
    switch (role) {
    case Qt::DisplayRole:
        return set ? set->title : row.group;
    case Qt::ToolTipRole:
        return set ? QVariant(plainToolTip(set->look)) : QVariant();
    case Qt::AccessibleDescriptionRole:
    case LookRole:
        if (!set)
            return {};
        return set->summary.isEmpty() ? shortLook(set->look) : set->summary;
    case SlugRole:
        return set ? set->slug : QString();
    case IsHeadingRole:
        return set == nullptr;
    case IsOwnRole:
        return set && set->isOwn();
    case IsLinkedRole:
        return set && set->isLinked;
    case IsUsableRole:
        return set && set->fault.isEmpty();
    case IsRecentRole:
        return set && RecentCommands::isRecentSlug(set->slug);
    default:
        return {};
    }
}

Qt::ItemFlags TaskSetModel::flags(const QModelIndex &index) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return Qt::NoItemFlags;
    // A disabled row is stepped over by the arrow keys.
    if (m_rows[std::size_t(index.row())].set < 0)
        return Qt::NoItemFlags;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

QHash<int, QByteArray> TaskSetModel::roleNames() const
{
    QHash<int, QByteArray> names = QAbstractListModel::roleNames();
    names.insert(SlugRole, QByteArrayLiteral("slug"));
    names.insert(LookRole, QByteArrayLiteral("look"));
    names.insert(IsHeadingRole, QByteArrayLiteral("isHeading"));
    names.insert(IsOwnRole, QByteArrayLiteral("isOwn"));
    names.insert(IsLinkedRole, QByteArrayLiteral("isLinked"));
    names.insert(IsUsableRole, QByteArrayLiteral("isUsable"));
    names.insert(IsRecentRole, QByteArrayLiteral("isRecent"));
    return names;
}

int TaskSetModel::rowOf(const QString &slug) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row &row) {
        return row.set >= 0 && m_sets[std::size_t(row.set)].slug == slug;
    });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int TaskSetModel::firstSetRow() const
{
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [](const Row &row) { return row.set >= 0; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

bool TaskSetModel::contains(const QString &slug) const
{
    return std::any_of(m_sets.begin(), m_sets.end(),
                       [&](const TaskSet &set) { return set.slug == slug; });
}

void TaskSetModel::setSets(std::vector<TaskSet> sets)
{
    beginResetModel();
    const auto programs = m_sets.end() - std::ptrdiff_t(m_programCount);
    std::move(programs, m_sets.end(), std::back_inserter(sets));
    m_sets = std::move(sets);
    rebuild();
    endResetModel();
}

void TaskSetModel::setPrograms(std::vector<TaskSet> programs)
{
    beginResetModel();
    m_sets.resize(m_sets.size() - m_programCount);
    m_programCount = programs.size();
    std::move(programs.begin(), programs.end(), std::back_inserter(m_sets));
    rebuild();
    endResetModel();
}

void TaskSetModel::setFilter(const QString &filter)
{
    const QString simplified = filter.simplified();
    if (simplified == m_filter)
        return;
    beginResetModel();
    m_filter = simplified;
    rebuild();
    endResetModel();
}

QString TaskSetModel::shortLook(const QString &look)
{
    // Long enough to be a clause and not just "Note:"; the delegate elides what does not fit.
    constexpr qsizetype kShortestClause = 12;
    for (qsizetype i = kShortestClause; i < look.size(); ++i) {
        const QChar c = look.at(i);
        const bool endsSentence = c == u'.' && (i + 1 == look.size() || look.at(i + 1).isSpace());
        if (endsSentence || c == u';' || c == u':')
            return look.left(i).simplified();
    }
    return look.simplified();
}

bool TaskSetModel::matches(const TaskSet &set, const QStringList &words)
{
    if (words.isEmpty())
        return true;
    QStringList texts{set.title, set.summary, set.look, set.group, set.slug, set.id};
    for (const QString &model : set.models)
        texts << model << modelTitle(model);
    const QString haystack = texts.join(u'\n');
    return std::all_of(words.begin(), words.end(), [&](const QString &word) {
        return haystack.contains(word, Qt::CaseInsensitive);
    });
}

void TaskSetModel::rebuild()
{
    m_rows.clear();
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    QStringList groups;
    for (const TaskSet &set : m_sets) {
        if (!groups.contains(set.group) && matches(set, words))
            groups << set.group;
    }
    for (const QString &group : groups) {
        m_rows.push_back({-1, group});
        for (std::size_t i = 0; i < m_sets.size(); ++i) {
            if (m_sets[i].group == group && matches(m_sets[i], words))
                m_rows.push_back({int(i), group});
        }
    }
}

} // namespace Interleave
