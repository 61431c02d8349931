// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"

#include "core/query/knowledge.h"

#include <QJsonArray>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// std::int64_t is `long` here, and QJsonValue knows only `long long`.
QJsonValue json(std::int64_t number)
{
    return QJsonValue(qint64(number));
}
QJsonValue json(std::uint64_t number)
{
    return QJsonValue(qint64(number));
}
/// A number that this source cannot know is null: 0 would be a claim.
template<typename Number>
QJsonValue known(bool isKnown, Number number)
{
    return isKnown ? json(number) : QJsonValue(QJsonValue::Null);
}

QString taskOutcomeName(TaskOutcome outcome)
{
    switch (outcome) {
    case TaskOutcome::Running:
        return u"running"_s;
    case TaskOutcome::Finished:
        return u"finished"_s;
    case TaskOutcome::Cancelled:
        return u"cancelled"_s;
    case TaskOutcome::Failed:
        return u"failed"_s;
    case TaskOutcome::NeverStarted:
        return u"never-started"_s;
    case TaskOutcome::Crashed:
        return u"crashed"_s;
    }
    return u"finished"_s;
}

QJsonObject taskToJson(const TaskStatistics &task, Knowledge knows)
{
    return {
        {u"id"_s, json(std::uint64_t(task.id))},
        {u"parent"_s, known(task.parent != kNoTask, std::uint64_t(task.parent))},
        {u"name"_s, QString::fromStdString(task.name)},
        {u"pid"_s, int(task.pid)},
        {u"tid"_s, int(task.tid)},
        {u"outcome"_s, taskOutcomeName(task.outcome)},
        {u"start_ns"_s, json(task.start)},
        {u"end_ns"_s, json(task.end)},
        {u"running_ns"_s, known(knows.totals, task.running)},
        {u"runnable_ns"_s, known(knows.totals, task.runnable)},
        {u"blocked_ns"_s, json(task.blocked)},
        {u"suspended_ns"_s, json(task.suspended)},
        {u"queued_ns"_s, json(task.queued)},
        {u"voluntary"_s, known(knows.switches, task.voluntary)},
        {u"involuntary"_s, known(knows.switches, task.involuntary)},
        {u"migrations"_s, known(knows.switches, task.migrations)},
    };
}

QJsonArray tasksToJson(const RunStatistics &statistics, Knowledge knows)
{
    QJsonArray tasks;
    for (const TaskStatistics &task : statistics.tasks) {
        if (task.kind != TaskKind::Main)
            tasks.append(taskToJson(task, knows));
    }
    return tasks;
}

QJsonArray coresToJson(const RunStatistics &statistics, Knowledge knows)
{
    QJsonArray cores;
    for (const CoreStatistics &core : statistics.cores) {
        cores.append(QJsonObject{
            {u"core"_s, int(core.core)},
            {u"busy_ns"_s, known(knows.switches, core.busy)},
            {u"others_ns"_s, known(knows.switches, core.others)},
            {u"stolen_ns"_s, qint64(core.stolen)},
        });
    }
    return cores;
}

QJsonObject runQueueWaitToJson(const Percentiles &wait, Knowledge knows)
{
    return {
        {u"p50"_s, known(knows.switches, wait.p50)},
        {u"p99"_s, known(knows.switches, wait.p99)},
        {u"max"_s, known(knows.switches, wait.max)},
        {u"total"_s, known(knows.totals, wait.total)},
    };
}

QJsonArray childrenToJson(const std::vector<ChildProcess> &children)
{
    QJsonArray array;
    for (const ChildProcess &child : children) {
        const bool hasEnded = child.end != ChildProcess::End::Unknown;
        QJsonObject object{
            {u"task"_s, json(std::uint64_t(child.task))},
            {u"pid"_s, int(child.pid)},
            {u"user_ns"_s, known(hasEnded, child.user)},
            {u"system_ns"_s, known(hasEnded, child.system)},
        };
        if (hasEnded)
            object.insert(child.end == ChildProcess::End::Signalled ? "signal"_L1 : "exit_code"_L1,
                          child.code);
        array.append(object);
    }
    return array;
}

void addStatistics(QJsonObject &object, const RunStatistics &s, Knowledge knows)
{
    object.insert("wall_ns"_L1, json(s.wall));
    object.insert("cpu_ns"_L1, known(knows.totals, s.cpu));
    object.insert("parallelism"_L1,
                  knows.totals ? QJsonValue(s.parallelism) : QJsonValue(QJsonValue::Null));
    object.insert("peak_parallelism"_L1, known(knows.switches, std::int64_t(s.peakParallelism)));
    object.insert("overlap_ns"_L1, known(knows.switches, s.overlap));
    object.insert("spawn_ns"_L1, json(s.spawn));
    object.insert("switches"_L1,
                  QJsonObject{
                      {u"voluntary"_s, known(knows.switches, s.voluntary)},
                      {u"involuntary"_s, known(knows.switches, s.involuntary)},
                  });
    object.insert("migrations"_L1, known(knows.switches, s.migrations));
    object.insert("run_queue_wait_ns"_L1, runQueueWaitToJson(s.runQueueWait, knows));
    object.insert("cores"_L1, coresToJson(s, knows));
    object.insert("tasks"_L1, tasksToJson(s, knows));
    for (const TaskStatistics &task : s.tasks) {
        if (task.kind == TaskKind::Main) // not one of the set's tasks, but what started them
            object.insert("main"_L1, taskToJson(task, knows));
    }
}

} // namespace

QString runOutcomeName(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Finished:
        return u"finished"_s;
    case RunOutcome::Failed:
        return u"failed"_s;
    case RunOutcome::Cancelled:
        return u"cancelled"_s;
    case RunOutcome::Deadlocked:
        return u"deadlocked"_s;
    case RunOutcome::Crashed:
        return u"crashed"_s;
    case RunOutcome::TimedOut:
        return u"timed-out"_s;
    }
    return u"failed"_s;
}

QJsonObject RunReport::toJson() const
{
    QJsonObject object{
        {u"schema"_s, u"interleave.run/1"_s},
        {u"task_set"_s, taskSet},
        {u"slug"_s, slug},
        {u"title"_s, title},
        {u"model"_s, model},
        {u"params"_s, params},
        {u"source"_s, QString::fromLatin1(sourceName(source))},
        {u"source_remark"_s, sourceRemark},
        {u"priority"_s, priority},
        {u"machine"_s, machine},
        {u"machine_remark"_s,
         machineRemark.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(machineRemark)},
        {u"outcome"_s, runOutcomeName(outcome)},
        {u"message"_s, message},
        {u"peak_rss_bytes"_s, json(peakRssBytes)},
        {u"events"_s,
         QJsonObject{
             {u"recorded"_s, json(eventsRecorded)},
             {u"dropped"_s, json(eventsDropped)},
             {u"lost"_s, json(recordsLost)},
             {u"late"_s, json(eventsLate)},
         }},
        {u"children"_s, childrenToJson(children)},
        {u"result"_s, result},
        {u"sentence"_s, sentence},
    };
    if (deadlock)
        object.insert("deadlock"_L1, deadlock->toJson());
    if (command)
        object.insert("command"_L1, command->toJson());
    addStatistics(object, statistics, knowledgeOf(source));
    return object;
}

} // namespace Interleave
