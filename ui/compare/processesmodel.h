// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/knowledge.h"
#include "core/query/runreport.h"
#include "ui/compare/resultmodel.h"

namespace Interleave
{

/// The processes of a program that was recorded, one per row in the order in which they were forked: how
/// many threads they had, how much of the cores, and how often these waited for the GIL. GUI thread.
class ProcessesModel : public ResultModel
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        PidColumn,
        ThreadsColumn,
        CpuColumn,
        OverlapColumn,
        WaitsColumn, ///< for the GIL: how long, and how often
        VerdictColumn,
        EndColumn,
        ColumnCount,
    };

    explicit ProcessesModel(QObject *parent = nullptr);

    /// \param knowledge of the run's source: what it does not know is said to be unknown.
    void setCommand(const CommandReport &command, Knowledge knowledge);
    void clear();

private:
    [[nodiscard]] static std::span<const Head> heads();
    [[nodiscard]] static qint64 number(const ProcessReport &process, int column);

    [[nodiscard]] QString text(std::size_t item, int column) const override;
    [[nodiscard]] bool isUnknown(int column) const override;
    [[nodiscard]] bool isLess(std::size_t left, std::size_t right, int column) const override;
    [[nodiscard]] QVariant ownData(std::size_t item, int column, int role) const override;
    [[nodiscard]] QString endText(const ProcessReport &process) const;

    CommandReport m_command;
    Knowledge m_knowledge;
};

} // namespace Interleave
