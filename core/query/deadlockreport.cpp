// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"
#include "core/trace/waitforgraph.h"

#include <QJsonArray>

namespace Interleave
{

using namespace Qt::StringLiterals;

DeadlockReport deadlockReport(const Trace &trace, const Deadlock &deadlock, TimestampNs foundAt)
{
    DeadlockReport report;
    for (const WaitEdge &edge : deadlock.cycle) {
        DeadlockReport::Edge named;
        named.waiterId = edge.waiter;
        named.holderId = edge.holder;
        named.objectId = edge.object;
        named.waiter = QString::fromStdString(trace.taskName(edge.waiter));
        named.object = QString::fromStdString(trace.objectName(edge.object));
        named.holder = QString::fromStdString(trace.taskName(edge.holder));
        named.reason = QString::fromLatin1(waitReasonName(edge.reason));
        report.cycle.push_back(std::move(named));
    }
    report.since = deadlock.since - trace.origin();
    report.foundAfter = foundAt - deadlock.since;
    report.isStarvation = deadlock.isStarvation;
    report.isLeak = deadlock.isLeak;
    return report;
}

QJsonObject DeadlockReport::toJson() const
{
    QJsonArray edges;
    for (const Edge &edge : cycle) {
        edges.append(QJsonObject{
            {u"waiter"_s, edge.waiter},
            {u"object"_s, edge.object},
            {u"holder"_s, edge.holder},
            {u"reason"_s, edge.reason},
        });
    }
    return {
        {u"cycle"_s, edges},
        {u"since_ns"_s, qint64(since)},
        {u"found_after_ns"_s, qint64(foundAfter)},
        {u"starvation"_s, isStarvation},
        {u"leak"_s, isLeak},
    };
}

} // namespace Interleave
