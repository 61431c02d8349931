// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace Interleave
{

/// A process of this user that runs now, as a person chooses one to attach to. Value.
struct RunningProcess {
    int pid = 0;
    QString name; ///< the kernel's: at most 15 characters
    QString commandLine;
    double cpuShare = -1; ///< of one core, since the list before; less than 0: not known yet
    bool operator==(const RunningProcess &) const = default;
};

} // namespace Interleave
