// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/commonparameters.h"

#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// The same on every machine, so that a file saved on a large one opens on a small one.
constexpr double kMostCores = 256;

Parameter coresAllowed()
{
    Parameter cores;
    cores.name = u"cores"_s;
    cores.title = u"Cores allowed"_s;
    cores.type = Parameter::Type::Integer;
    cores.defaultValue = QJsonValue(0);
    cores.minimum = 0;
    cores.maximum = kMostCores;
    cores.help =
        u"On how many cores the run may be, whatever else this machine has. 0, or more than there "
        u"are: all of them."_s;
    return cores;
}

} // namespace

void addCommonParameters(TaskSet &set)
{
    if (set.command) // a person's programs run as they are
        return;
    Parameter cores = coresAllowed();
    if (!set.parameter(cores.name))
        set.parameters.push_back(std::move(cores));
}

} // namespace Interleave
