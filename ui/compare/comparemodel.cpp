// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/comparemodel.h"

#include "core/taskset/taskset.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace Interleave
{

namespace
{

QString nsLabel(double ns)
{
    return durationLabel(DurationNs(std::llround(ns)));
}

/// "–" where there was nothing to measure.
QString nsOrDash(double ns)
{
    return ns >= 1 ? nsLabel(ns) : dashMark();
}

} // namespace

QString bytesLabel(double bytes)
{
    if (bytes < 1)
        return dashMark();
    if (bytes < 1e6)
        return QStringLiteral("%1 kB").arg(bytes / 1e3, 0, 'f', 0);
    if (bytes < 1e9)
        return QStringLiteral("%1 MB").arg(bytes / 1e6, 0, 'f', 1);
    return QStringLiteral("%1 GB").arg(bytes / 1e9, 0, 'f', 2);
}

CompareModel::CompareModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

bool CompareModel::continues(const std::vector<ModelSummary> &models) const
{
    if (models.size() < m_models.size())
        return false;
    return std::equal(
        m_models.begin(), m_models.end(), models.begin(),
        [](const ModelSummary &a, const ModelSummary &b) { return a.model == b.model; });
}

void CompareModel::setModels(std::vector<ModelSummary> models, int cores,
                             std::vector<Knowledge> knowledge)
{
    double scale = std::max(cores, 1);
    for (const ModelSummary &model : models)
        scale = std::max(scale, model.speedUp);
    const std::size_t before = m_models.size();
    const bool isReset = !continues(models);
    const bool grows = !isReset && models.size() > before;
    if (isReset)
        beginResetModel();
    else if (grows)
        beginInsertRows({}, int(before), int(models.size()) - 1);
    m_models = std::move(models);
    m_knowledge = std::move(knowledge);
    m_cores = std::max(cores, 1);
    m_scale = scale;
    if (isReset)
        endResetModel();
    else if (grows)
        endInsertRows();
    if (!isReset && before > 0)
        emit dataChanged(index(0, 0), index(int(before) - 1, ColumnCount - 1));
}

int CompareModel::rowOf(const QString &model) const
{
    const auto found = std::find_if(m_models.begin(), m_models.end(),
                                    [&](const ModelSummary &row) { return row.model == model; });
    return found == m_models.end() ? -1 : int(found - m_models.begin());
}

int CompareModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_models.size());
}

int CompareModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

bool CompareModel::isUnknown(const QModelIndex &index) const
{
    const auto row = std::size_t(index.row());
    if (m_models[row].runs == 0 || row >= m_knowledge.size())
        return false;
    switch (index.column()) {
    case CpuColumn:
    case ParallelColumn:
        return !m_knowledge[row].totals;
    case SwitchesColumn:
    case WaitedColumn:
        return !m_knowledge[row].switches;
    default:
        return false;
    }
}

QVariant CompareModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ModelSummary &model = m_models[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return isUnknown(index) ? dashMark() : text(model, index.column());
    case Qt::ToolTipRole:
        return isUnknown(index) ? unknownWords() : tip(model, index.column());
    case Qt::AccessibleTextRole: // else the text is read out
        return isUnknown(index) ? QVariant(unknownWords()) : QVariant();
    case Qt::TextAlignmentRole:
        return int((index.column() == ModelColumn ? Qt::AlignLeft : Qt::AlignRight)
                   | Qt::AlignVCenter);
    case ModelRole:
        return model.model;
    case SpeedUpRole:
        return model.speedUp;
    case ScaleRole:
        return m_scale;
    case CoresRole:
        return m_cores;
    default:
        return {};
    }
}

QString CompareModel::text(const ModelSummary &model, int column) const
{
    if (model.runs == 0
        && column != ModelColumn) // failed or stopped: zeros would look like the best
        return dashMark();
    switch (column) {
    case ModelColumn:
        return modelTitle(model.model);
    case WallColumn:
        return nsLabel(model.wallNs.median);
    case CpuColumn:
        return nsLabel(model.cpuNs.median);
    case SpeedUpColumn:
        if (model.speedUp <= 0)
            return dashMark();
        return model.speedUp < 0.1 ? QStringLiteral("1/%1").arg(std::llround(1 / model.speedUp))
                                   : QStringLiteral("%1×").arg(model.speedUp, 0, 'f', 2);
    case ParallelColumn:
        return QString::number(model.parallelism.median, 'f', 2);
    case SwitchesColumn:
        return QString::number(std::llround(model.voluntary.median + model.involuntary.median));
    case WaitedColumn:
        return nsOrDash(model.runQueueP99Ns.median);
    case MemoryColumn:
        return bytesLabel(model.peakRssBytes.median);
    case SpawnColumn:
        return nsOrDash(model.spawnNs.median);
    case SpreadColumn:
        if (model.runs < 2 || model.wallNs.median <= 0)
            return dashMark();
        return QStringLiteral("±%1 %").arg(
            50 * (model.wallNs.max - model.wallNs.min) / model.wallNs.median, 0, 'f', 1);
    default:
        return {};
    }
}

QString CompareModel::tip(const ModelSummary &model, int column) const
{
    if (model.runs == 0)
        return {};
    const auto range = [&](const Spread &spread) {
        if (model.runs < 2)
            return nsLabel(spread.median);
        return tr("Median %1 of %2 runs, from %3 to %4")
            .arg(nsLabel(spread.median))
            .arg(model.runs)
            .arg(nsLabel(spread.min), nsLabel(spread.max));
    };
    switch (column) {
    case WallColumn:
    case SpreadColumn:
        return range(model.wallNs);
    case CpuColumn:
        return range(model.cpuNs);
    case SpeedUpColumn:
        return model.speedUp > 0
            ? tr("Wall time of one after another ÷ wall time of %1").arg(modelTitle(model.model))
            : tr("Needs the sequential run for comparison");
    case SwitchesColumn:
        return tr("Gave up the core: %1, preempted: %2, moved between cores: %3")
            .arg(std::llround(model.voluntary.median))
            .arg(std::llround(model.involuntary.median))
            .arg(std::llround(model.migrations.median));
    case WaitedColumn:
        return tr("Ready, but waiting for a core: half of the waits up to %1, 99 % up to %2")
            .arg(nsLabel(model.runQueueP50Ns.median), nsLabel(model.runQueueP99Ns.median));
    case SpawnColumn:
        return tr("From a task's submission to its begin, mean: %1")
            .arg(nsLabel(model.spawnNs.median));
    default:
        return {};
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isLeft = section == ModelColumn || section == SpeedUpColumn;
        return int((isLeft ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case ModelColumn:
        return tr("Model");
    case WallColumn:
        return tr("Wall");
    case CpuColumn:
        return tr("CPU");
    case SpeedUpColumn:
        return tr("Speed-up");
    case ParallelColumn:
        return tr("Parallel");
    case SwitchesColumn:
        return tr("Switches");
    case WaitedColumn:
        return tr("Waited p99");
    case MemoryColumn:
        return tr("Memory");
    case SpawnColumn:
        return tr("Spawn");
    case SpreadColumn:
        return tr("Spread");
    default:
        return {};
    }
}

} // namespace Interleave
