// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/helperrecords.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

namespace Interleave
{

namespace
{

constexpr DurationNs kLongestSwitchInterval = 10 * kSecond;

std::optional<TaskKind> taskKindNamed(const std::string &word)
{
    if (word == "coroutine")
        return TaskKind::Coroutine;
    if (word == "job")
        return TaskKind::Job;
    if (word == "request")
        return TaskKind::Request;
    if (word == "thread")
        return TaskKind::Thread;
    if (word == "process")
        return TaskKind::Process;
    if (word == "main")
        return TaskKind::Main;
    return std::nullopt;
}

DurationNs switchIntervalOf(const std::string &text)
{
    DurationNs interval = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), interval);
    const bool isSane = error == std::errc() && end == text.data() + text.size() && interval > 0
        && interval <= kLongestSwitchInterval;
    return isSane ? interval : 0;
}

bool needsTask(EventKind kind)
{
    switch (kind) {
    case EventKind::Queued:
    case EventKind::Begin:
    case EventKind::End:
    case EventKind::Chain:
    case EventKind::Suspend:
    case EventKind::Resume:
    case EventKind::Cancelled:
    case EventKind::Failed:
        return true;
    case EventKind::None:
    case EventKind::Wait:
    case EventKind::WaitEnd:
    case EventKind::Mark:
    case EventKind::Acquire:
    case EventKind::Release:
    case EventKind::Counter:
        break;
    }
    return false;
}

} // namespace

HelperRecords::HelperRecords(Trace &trace, HelperBoard &board, std::function<TaskId()> takeTaskId,
                             std::function<void(const InterpreterFound &)> interpreterFound)
    : m_trace(trace)
    , m_board(board)
    , m_takeTaskId(std::move(takeTaskId))
    , m_interpreterFound(std::move(interpreterFound))
    , m_facts(trace)
    , m_owners(HelperBoard::kSlots)
{
}

void HelperRecords::hear(TimestampNs time)
{
    m_lines.clear();
    m_board.drain(m_lines);
    learnOwners();
    for (const HelperBoard::Line &line : m_lines) {
        if (!handle(line, time))
            ++m_refused;
    }
    m_facts.settle(time);
}

/// Forgets the processes that have no slot any more, and makes room for those that have got one.
void HelperRecords::learnOwners()
{
    std::fill(m_owners.begin(), m_owners.end(), 0);
    for (const auto &[slot, pid] : m_board.owners()) {
        if (pid <= 0)
            continue;
        m_owners[slot] = pid;
        m_processes.try_emplace(pid);
    }
    for (auto process = m_processes.begin(); process != m_processes.end();) {
        const bool isOwner =
            std::find(m_owners.begin(), m_owners.end(), process->first) != m_owners.end();
        process = isOwner ? std::next(process) : m_processes.erase(process);
    }
}

/// \return false when the line makes no sense.
bool HelperRecords::handle(const HelperBoard::Line &line, TimestampNs now)
{
    const std::optional<Message> message = parseMessage(line.text);
    if (!message || line.pid <= 0)
        return false;
    const TimestampNs time = message->time > 0 ? std::min(message->time, now) : now;
    Process &process = m_processes[line.pid];
    if (!process.isToldOf) {
        process.isToldOf = true;
        m_facts.ofProcess(line.pid, time, [](ProcessInfo &info) { info.hasHelper.store(true); });
    }
    switch (message->kind) {
    case MessageKind::Define:
        return define(process, *message, line.pid);
    case MessageKind::Object:
        return defineObject(process, *message);
    case MessageKind::Process:
        return nameProcess(*message, line.pid, time);
    case MessageKind::Interpreter:
        return noteInterpreter(*message, line.pid, time);
    case MessageKind::ThreadName:
        return nameThread(*message, line.pid, time);
    case MessageKind::Ready:
    case MessageKind::Line:
    case MessageKind::Result:
    case MessageKind::Outcome:
    case MessageKind::Note:
    case MessageKind::Output:
    case MessageKind::ProcessStarted:
    case MessageKind::ProcessEnded:
        break; // an engine says these, not a helper
    }
    return false;
}

bool HelperRecords::define(Process &process, const Message &message, pid_t pid)
{
    const std::optional<TaskKind> kind = taskKindNamed(message.key);
    if (!kind || message.number != 1)
        return false;
    const TaskId id = taskOf(process, message.task);
    if (id == kNoTask)
        return false;
    TaskId parent = taskOf(process, message.cause);
    if (parent == kNoTask || parent >= id) // who creates was there before: parents form no circle
        parent = mainTaskOf(pid);
    if (!m_trace.defineTasks(id, 1, *kind, parent, takeText(message.text)))
        ++m_taskNamesLeftOut; // its id is kept: so it is the names that are too many
    return true;
}

bool HelperRecords::defineObject(Process &process, const Message &message)
{
    const auto kind = objectKindNamed(message.key);
    if (!kind || message.task == kNoObject || process.objects.size() >= kMostObjects
        || m_nextObject >= Trace::kMostObjects)
        return false;
    if (!process.objects.try_emplace(message.task, m_nextObject).second)
        return false; // it has been defined
    const auto capacity = std::uint32_t(std::min<std::uint64_t>(message.number, 0xffffffffu));
    m_trace.defineObject(m_nextObject, *kind, capacity, takeText(message.text));
    ++m_nextObject;
    return true;
}

bool HelperRecords::nameProcess(const Message &message, pid_t pid, TimestampNs time)
{
    if (message.number != std::uint64_t(pid)) // it speaks for itself alone
        return false;
    const std::string text = takeText(message.text);
    const std::uint32_t name = text.empty() ? 0 : m_trace.addText(text);
    const bool isHousekeeping = message.key == "housekeeping";
    m_facts.ofProcess(pid, time, [name, isHousekeeping](ProcessInfo &info) {
        if (name != 0)
            info.name.store(name);
        info.isHousekeeping.store(
            isHousekeeping); // a fork server's worker is not what its parent is
    });
    return true;
}

bool HelperRecords::noteInterpreter(const Message &message, pid_t pid, TimestampNs time)
{
    if (message.number != std::uint64_t(pid) || (message.key != "gil" && message.key != "free"))
        return false;
    const Interpreter interpreter =
        message.key == "gil" ? Interpreter::Python : Interpreter::FreePython;
    const DurationNs interval = switchIntervalOf(message.text);
    m_facts.ofProcess(pid, time, [interpreter, interval](ProcessInfo &info) {
        info.hasHelper.store(true); // again after an exec: that has cleared it
        info.interpreter.store(interpreter);
        info.switchInterval.store(interval);
    });
    if (m_interpreterFound)
        m_interpreterFound({pid, interpreter, interval});
    return true;
}

bool HelperRecords::nameThread(const Message &message, pid_t pid, TimestampNs time)
{
    const auto tid = pid_t(std::min<std::uint64_t>(message.number, 0x7fffffffu));
    const std::string text = takeText(message.text);
    if (tid <= 0 || text.empty())
        return false;
    const std::uint32_t name = m_trace.addText(text);
    m_facts.ofThread(pid, tid, time, [name](ThreadInfo &info) {
        info.name.store(name);
        info.isNamedByProgram.store(true);
    });
    return true;
}

bool HelperRecords::translate(Event &event, std::uint32_t ring, pid_t pid)
{
    const std::uint32_t slot = ring / HelperBoard::kRingsPerSlot;
    const bool isOwners = pid > 0 && slot < m_owners.size() && m_owners[slot] == pid;
    const auto process = isOwners ? m_processes.find(pid) : m_processes.end();
    if (process == m_processes.end() || !translateTasks(event, process->second)
        || !translateArgument(event, process->second)) {
        ++m_refused;
        return false;
    }
    event.core = kNoCore; // a helper does not know it
    return true;
}

bool HelperRecords::translateTasks(Event &event, Process &process)
{
    const bool named = event.task != kNoTask;
    event.task = taskOf(process, event.task);
    if (event.task == kNoTask && (named || needsTask(event.kind)))
        return false;
    switch (event.kind) {
    case EventKind::Queued:
    case EventKind::Resume:
    case EventKind::Wait:
    case EventKind::Release:
        event.cause = taskOf(process, event.cause);
        break;
    case EventKind::Counter:
        break; // it is the value
    default:
        event.cause = kNoTask;
        break;
    }
    return true;
}

bool HelperRecords::translateArgument(Event &event, Process &process)
{
    const auto reason = WaitReason(event.reason & std::uint8_t(~kTimedWaitFlag));
    switch (event.kind) {
    case EventKind::Suspend:
        event.argument = reason == WaitReason::Await ? taskOf(process, event.argument)
                                                     : objectOf(process, event.argument);
        return true;
    case EventKind::Queued:
    case EventKind::Wait:
        event.argument = objectOf(process, event.argument);
        return true;
    case EventKind::Acquire:
    case EventKind::Release:
    case EventKind::Counter:
        event.argument = objectOf(process, event.argument);
        return event.argument != kNoObject;
    case EventKind::Mark:
    case EventKind::None:
        return false; // the numbers of marks are the run's own
    default:
        event.argument = 0;
        return true;
    }
}

void HelperRecords::processEnded(pid_t pid)
{
    std::replace(m_owners.begin(), m_owners.end(), pid, pid_t(0));
    m_processes.erase(pid);
}

void HelperRecords::finish()
{
    m_facts.finish();
}

TaskId HelperRecords::taskOf(Process &process, std::uint32_t number)
{
    const std::uint32_t inItsLife = number & 0xffffffu; // above: how many slots there were before
    if (inItsLife == 0 || inItsLife > kMostTasks)
        return kNoTask;
    if (const auto found = process.tasks.find(number); found != process.tasks.end())
        return found->second;
    if (process.tasks.size() >= kMostTasks)
        return kNoTask;
    const TaskId id = m_takeTaskId();
    if (id == kNoTask || id >= Trace::kMostTasks)
        return kNoTask;
    process.tasks.emplace(number, id);
    return id;
}

ObjectId HelperRecords::objectOf(const Process &process, std::uint32_t number) const
{
    const auto found = process.objects.find(number);
    return found == process.objects.end() ? kNoObject : found->second;
}

/// What the process itself does is the parent of what has no other.
TaskId HelperRecords::mainTaskOf(pid_t pid)
{
    const ProcessIndex process = m_facts.processOf(pid);
    if (process == kNoProcess)
        return kNoTask;
    const ThreadIndex main = m_trace.process(process).mainThread.load();
    return main < m_trace.threadCount() ? m_trace.thread(main).task.load() : kNoTask;
}

std::string HelperRecords::takeText(const std::string &text)
{
    constexpr std::size_t kOverhead = sizeof(std::string); // many short ones take memory, too
    if (kMostTexts - m_textBytes <= kOverhead)
        return {};
    std::size_t size = std::min({text.size(), kLongestName, kMostTexts - m_textBytes - kOverhead});
    while (size > 0 && size < text.size() && (std::uint8_t(text[size]) & 0xc0) == 0x80)
        --size; // in the middle of a character
    m_textBytes += size + kOverhead;
    return text.substr(0, size);
}

} // namespace Interleave
