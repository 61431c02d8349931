// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"

#include "core/engine/models.h"
#include "core/engine/sync/globallock.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <exception>
#include <utility>

namespace Interleave
{

void TaskTally::add(TaskStatus status, const std::string &failure)
{
    switch (status) {
    case TaskStatus::Finished:
        ++finished;
        break;
    case TaskStatus::Cancelled:
        ++cancelled;
        break;
    case TaskStatus::Failed:
        ++failed;
        if (firstFailure.empty())
            firstFailure = failure;
        break;
    }
}

void TaskTally::add(const TaskTally &other)
{
    finished += other.finished;
    cancelled += other.cancelled;
    failed += other.failed;
    if (firstFailure.empty())
        firstFailure = other.firstFailure;
}

EngineRun::EngineRun(RunSpec spec, const SharedRings &rings, int messageFd, double unitsPerMs)
    : m_spec(std::move(spec))
    , m_setup{m_spec.parameters, unitsPerMs, &rings, nullptr, messageFd, 0}
{
}

EngineRun::~EngineRun() = default;

TaskTally EngineRun::tally() const
{
    const std::lock_guard lock(m_mutex);
    return m_tally;
}

std::map<int, DurationNs> EngineRun::busy() const
{
    const std::lock_guard lock(m_mutex);
    return m_busy;
}

void EngineRun::execute()
{
    m_mainTask = m_setup.rings->takeTaskIds(1);
    Recorder::begin(m_mainTask);
    Message define;
    define.kind = MessageKind::Define;
    define.task = m_mainTask;
    define.number = 1;
    define.key = "main";
    define.text = "main";
    tell(define);
    m_mainContext.emplace(m_setup, m_mainTask, 0, "main");
    try {
        if (prepare()) {
            if (!m_workload->runItself(*this))
                runModel(*this, *m_workload);
            m_workload->finish(*this);
        }
    } catch (const std::exception &e) {
        fail(std::string("the engine could not go on: ") + e.what());
    }
    endMain(TaskStatus::Finished);
    tellOutcome();
}

bool EngineRun::prepare()
{
    m_workload = makeWorkload(m_spec.slug, *this);
    if (!m_workload) {
        fail("this engine has no task set called '" + m_spec.slug + "'");
        return false;
    }
    m_setup.taskCount = m_workload->taskCount();
    if (const std::size_t cells = m_workload->boardCells(); cells > 0) {
        auto board = SharedBoard::create(cells);
        if (!board) {
            fail(board.error().message);
            return false;
        }
        m_board.emplace(std::move(board).value());
        m_setup.board = &*m_board;
    }
    if (m_spec.model == Model::Gil)
        makeGlobalLock();
    m_firstTask = m_setup.rings->takeTaskIds(std::uint32_t(m_setup.taskCount));
    defineTasks(*m_workload);
    m_workload->defineObjects(*this);
    m_workload->prepare();
    return true;
}

/// "switch_interval_ms": how long a thread that wants the lock leaves its holder alone; CPython's
/// sys.getswitchinterval() gives 5 ms, too.
void EngineRun::makeGlobalLock()
{
    const double interval = std::clamp(m_spec.parameters.real("switch_interval_ms", 5), 0.1, 100.0);
    m_globalLock = std::make_unique<GlobalLock>(DurationNs(interval * double(kMillisecond)));
    m_setup.globalLock = m_globalLock.get();
    defineObject(kGlobalLockObject, ObjectKind::GlobalLock, "global lock");
}

void EngineRun::defineTasks(const Workload &workload)
{
    Message define;
    define.kind = MessageKind::Define;
    define.cause = m_mainTask;
    define.key = taskKindWord(m_spec.model);
    if (!workload.hasOwnNames() && m_setup.taskCount > 1) {
        define.task = m_firstTask;
        define.number = std::uint64_t(m_setup.taskCount);
        define.text = workload.prefix();
        tell(define);
        return;
    }
    define.number = 1;
    for (int i = 0; i < m_setup.taskCount; ++i) {
        define.task = taskId(i);
        define.text = workload.taskName(i);
        tell(define);
    }
}

DurationNs EngineRun::startStagger() const
{
    constexpr int kMostMs = 60'000; // as long as a run may last
    return m_spec.parameters.count("start_stagger_ms", 0, 0, kMostMs) * kMillisecond;
}

bool EngineRun::pauseBetweenStarts()
{
    const DurationNs pause = startStagger();
    return pause <= 0 || m_mainContext->sleepFor(pause);
}

void EngineRun::suspendMain()
{
    if (!m_mainEnded)
        Recorder::suspend(m_mainTask, WaitReason::Await);
}

void EngineRun::resumeMain()
{
    if (!m_mainEnded)
        Recorder::resume(m_mainTask);
}

void EngineRun::endMain(TaskStatus status)
{
    if (!std::exchange(m_mainEnded, true))
        recordEnd(m_mainTask, status);
}

void EngineRun::add(const TaskTally &tally)
{
    const std::lock_guard lock(m_mutex);
    m_tally.add(tally);
}

void EngineRun::addBusy(int worker, DurationNs duration)
{
    const std::lock_guard lock(m_mutex);
    m_busy[worker] += duration;
}

void EngineRun::note(const std::string &text)
{
    Message message;
    message.kind = MessageKind::Note;
    message.time = monotonicNow();
    message.text = text;
    tell(message);
}

void EngineRun::result(const char *key, const QJsonValue &value)
{
    // Only arrays and objects are documents: the brackets are taken off again.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    Message message;
    message.kind = MessageKind::Result;
    message.key = key;
    message.text = wrapped.mid(1, wrapped.size() - 2).toStdString();
    tell(message);
}

void EngineRun::defineObject(std::uint32_t id, ObjectKind kind, const std::string &name,
                             std::uint32_t capacity)
{
    Message message;
    message.kind = MessageKind::Object;
    message.task = id;
    message.number = capacity;
    message.key = objectKindName(kind);
    message.text = name;
    tell(message);
}

TaskId EngineRun::defineSubtasks(const char *kind, const std::string &name, std::uint32_t count,
                                 TaskId parent)
{
    Message define;
    define.kind = MessageKind::Define;
    define.task = m_setup.rings->takeTaskIds(count);
    define.number = count;
    define.cause = parent;
    define.key = kind;
    define.text = name;
    tell(define);
    return define.task;
}

void EngineRun::tell(const Message &message)
{
    sendMessage(m_setup.messageFd, message); // a reader that is gone does not stop the run
}

void EngineRun::fail(const std::string &sentence)
{
    const std::lock_guard lock(m_mutex);
    if (m_failure.empty())
        m_failure = sentence;
}

void EngineRun::tellOutcome()
{
    Message outcome;
    outcome.kind = MessageKind::Outcome;
    outcome.time = monotonicNow();
    {
        const std::lock_guard lock(m_mutex);
        const bool failed = !m_failure.empty() || m_tally.failed > 0;
        outcome.key = failed ? "failed" : "finished";
        outcome.text = m_failure.empty() ? m_tally.firstFailure : m_failure;
        if (outcome.text.empty() && failed)
            outcome.text = std::to_string(m_tally.failed) + " tasks failed";
        // Without a stop request, cancelling was the set's own doing.
        if (outcome.text.empty() && m_tally.cancelled > 0 && isStopRequested())
            outcome.text = "stopped before the end";
    }
    tell(outcome);
}

} // namespace Interleave
