// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/qtworkermain.h"

#include "core/engine/database/databasebody.h"
#include "core/engine/database/threadconnections.h"
#include "core/engine/qthttpclient.h"
#include "core/engine/qtserversession.h"
#include "core/engine/work/workermain.h"

#include <QCoreApplication>

namespace Interleave
{

namespace
{

/// The body, and then what Qt has of this thread closes, while the application and the run's memory
/// are still there.
template<BlockingBody body>
TaskStatus closingBody(TaskContext &context)
{
    struct Closer {
        ~Closer()
        {
            ThreadConnections::ofProcess().clear();
            endManagerOfThread();
        }
    };
    const Closer closer{};
    return body(context);
}

/// The sets come here only where Qt does their work: else they have the other worker.
BlockingBody bodyWithQt(std::string_view slug)
{
    if (slug == "database")
        return closingBody<databaseBody>;
    if (slug == "many-requests")
        return closingBody<manyRequestsByQtBody>;
    if (slug == "async-http")
        return closingBody<asyncHttpByQtBody>;
    if (slug == "clients-and-server")
        return clientsAndServerByQtBody;
    return blockingBody(slug);
}

} // namespace

int qtWorkerMain(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    return workerMain(argc, argv, bodyWithQt);
}

} // namespace Interleave
