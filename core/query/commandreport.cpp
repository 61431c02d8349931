// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"

#include <QJsonArray>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int kNotStarted = 125; // as env(1): it failed itself

/// A number that is not known is null: 0 would be a claim.
QJsonValue known(bool isKnown, qint64 number)
{
    return isKnown ? QJsonValue(number) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const std::optional<int> &number)
{
    return number ? QJsonValue(*number) : QJsonValue(QJsonValue::Null);
}

} // namespace

QJsonObject ProcessReport::toJson() const
{
    const bool isPython = !interpreter.isEmpty();
    return {
        {u"pid"_s, int(pid)},
        {u"parent_pid"_s, known(parentPid != 0, parentPid)},
        {u"name"_s, name},
        {u"command_line"_s, commandLine},
        {u"title"_s, title},
        {u"interpreter"_s, interpreter},
        {u"helper"_s, hasHelper},
        {u"housekeeping"_s, isHousekeeping},
        {u"was_there"_s, wasThere},
        {u"ended"_s, hasEnded},
        {u"threads"_s, threads},
        {u"start_ns"_s, qint64(start)},
        {u"end_ns"_s, qint64(end)},
        {u"cpu_ns"_s, known(knows.totals, cpu)},
        {u"overlap_ns"_s, known(knows.switches, overlap)},
        {u"contended_ns"_s, known(knows.switches && isPython, contended)},
        {u"global_lock_wait_ns"_s, known(knows.switches, globalLockWait)},
        {u"global_lock_waits"_s, known(knows.switches, qint64(globalLockWaits))},
        {u"verdict"_s, verdict},
    };
}

int CommandReport::shellStatus() const
{
    if (isAttached)
        return 0;
    if (!failure.isEmpty())
        return exitCode.value_or(kNotStarted);
    if (signal)
        return 128 + *signal;
    return exitCode ? *exitCode & 0xff : kNotStarted;
}

QJsonObject CommandReport::toJson() const
{
    const bool isEndKnown = exitCode || signal;
    QJsonObject object = spec.toJson();
    object.insert("command_line"_L1, spec.text());
    object.insert("attached"_L1, isAttached);
    object.insert("helper"_L1, isHelperOn);
    object.insert("exit_code"_L1, orNull(exitCode));
    object.insert("signal"_L1, orNull(signal));
    object.insert("failure"_L1,
                  failure.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(failure));
    object.insert("shell_status"_L1, shellStatus());
    object.insert("user_ns"_L1, known(isEndKnown, user));
    object.insert("system_ns"_L1, known(isEndKnown, system));
    object.insert("max_rss_bytes"_L1, known(isEndKnown && maxRssBytes > 0, qint64(maxRssBytes)));
    QJsonArray left;
    for (const pid_t each : leftRunning)
        left.append(int(each));
    object.insert("left_running"_L1, left);
    object.insert("suspected_standstill_ns"_L1,
                  known(suspectedStandstill.has_value(), suspectedStandstill.value_or(0)));
    QJsonArray list;
    for (const ProcessReport &process : processes)
        list.append(process.toJson());
    object.insert("processes"_L1, list);
    return object;
}

} // namespace Interleave
