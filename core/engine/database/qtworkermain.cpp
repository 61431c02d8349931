// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/qtworkermain.h"

#include "core/engine/database/databasebody.h"
#include "core/engine/database/threadconnections.h"
#include "core/engine/work/workermain.h"

#include <QCoreApplication>

namespace Interleave
{

namespace
{

/// Closes the process's connections while Qt and the run's memory are still there.
TaskStatus databaseBodyOfProcess(TaskContext &context)
{
    struct Closer {
        ~Closer() { ThreadConnections::ofProcess().clear(); }
    };
    const Closer closer{};
    return databaseBody(context);
}

BlockingBody bodyWithQt(std::string_view slug)
{
    return slug == "database" ? databaseBodyOfProcess : blockingBody(slug);
}

} // namespace

int qtWorkerMain(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    return workerMain(argc, argv, bodyWithQt);
}

} // namespace Interleave
