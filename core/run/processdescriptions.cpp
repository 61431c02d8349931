// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/processdescriptions.h"

#include "core/base/uniquefd.h"
#include "core/run/processstat.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

std::optional<ProcessDescriptions::Program> readProgram(pid_t pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    ProcessDescriptions::Program program;
    const UniqueFd file(::open((folder + "/cmdline").c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen())
        return std::nullopt;
    std::array<char, 4096> buffer;
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    if (size <= 0)
        return std::nullopt; // it has ended
    program.commandLine.assign(buffer.data(), std::size_t(size));
    const ssize_t length = ::readlink((folder + "/exe").c_str(), buffer.data(), buffer.size());
    if (length > 0)
        program.executable.assign(buffer.data(), std::size_t(length));
    const std::optional<ProcessStat> stat = readProcessStat(pid);
    program.isForked = stat && stat->isForked;
    return program;
}

bool skipStart(std::string_view &text, std::string_view start)
{
    if (text.substr(0, start.size()) != start)
        return false;
    text.remove_prefix(start.size());
    return true;
}

void skipDigits(std::string_view &text)
{
    while (!text.empty() && text.front() >= '0' && text.front() <= '9')
        text.remove_prefix(1);
}

bool matters(const SchedEvent &event, bool seesExecs)
{
    switch (event.kind) {
    case SchedEventKind::Fork:
    case SchedEventKind::Exit:
    case SchedEventKind::Exec:
        return true;
    case SchedEventKind::Name:
        return !seesExecs && event.tid == event.pid;
    default:
        return false;
    }
}

} // namespace

ProcessDescriptions::ProcessDescriptions(Trace &trace, GlobalLockWaits &lockWaits, Source source,
                                         Reader reader)
    : m_trace(trace)
    , m_lockWaits(lockWaits)
    , m_seesExecs(source == Source::Kernel || source == Source::KernelWide)
    , m_seesOthers(source == Source::KernelWide)
    , m_reader(reader ? std::move(reader) : Reader(readProgram))
    , m_facts(trace)
{
}

void ProcessDescriptions::addRoot(pid_t pid)
{
    m_known[pid] = std::make_shared<Known>();
    m_known[pid]->threads = 1;
}

ProcessDescriptions::KnownPointer ProcessDescriptions::knownOf(pid_t pid)
{
    const auto found = m_known.find(pid);
    if (found != m_known.end())
        return found->second;
    if (m_seesOthers)
        return nullptr;
    return m_known[pid] = std::make_shared<Known>();
}

void ProcessDescriptions::addFound(const std::vector<SchedEvent> &events)
{
    for (const SchedEvent &event : events) {
        if (event.kind != SchedEventKind::Found)
            continue;
        KnownPointer &known = m_known[event.pid];
        const bool isNew = !known;
        if (isNew)
            known = std::make_shared<Known>();
        ++known->threads;
        if (isNew)
            describe(event.pid, known, event.time);
    }
}

void ProcessDescriptions::add(const std::vector<SchedEvent> &events)
{
    m_events.clear();
    for (const SchedEvent &event : events) {
        if (matters(event, m_seesExecs))
            m_events.push_back(event);
    }
    // Over all cores: a process may be created on one and execute its program on another.
    std::stable_sort(m_events.begin(), m_events.end(),
                     [](const SchedEvent &a, const SchedEvent &b) { return a.time < b.time; });
    for (const SchedEvent &event : m_events)
        handle(event);
}

void ProcessDescriptions::handle(const SchedEvent &event)
{
    switch (event.kind) {
    case SchedEventKind::Fork:
        fork(event);
        break;
    case SchedEventKind::Exec:
        exec(event);
        break;
    case SchedEventKind::Name:
        if (const KnownPointer known = knownOf(event.pid))
            describe(event.pid, known, event.time);
        break;
    case SchedEventKind::Exit: {
        const auto known = m_known.find(event.pid);
        if (known == m_known.end() || --known->second->threads > 0)
            break;
        m_ended.push_back(event.pid);
        m_known.erase(known);
        break;
    }
    default:
        break;
    }
}

void ProcessDescriptions::fork(const SchedEvent &event)
{
    if (event.pid != event.tid) {
        if (const KnownPointer known = knownOf(event.pid))
            ++known->threads;
        return;
    }
    const KnownPointer parent = knownOf(event.parentPid);
    if (!parent)
        return; // of another program
    const auto child = std::make_shared<Known>(*parent);
    child->threads = 1;
    child->hasTold = false;
    child->isHousekeeping = false; // what a fork server makes are the program's own processes
    m_known[event.pid] = child;
    tell(event.pid, child, event.time);
}

void ProcessDescriptions::exec(const SchedEvent &event)
{
    const KnownPointer known = knownOf(event.pid);
    if (!known)
        return;
    known->threads = 1;
    describe(event.pid, known, event.time);
}

void ProcessDescriptions::describe(pid_t pid, const KnownPointer &known, TimestampNs time)
{
    const Known before = std::exchange(*known, {});
    known->threads = before.threads;
    if (const std::optional<Program> program = m_reader(pid)) {
        known->interpreter = interpreterOf(program->executable);
        known->isHousekeeping = known->interpreter != Interpreter::None && !program->isForked
            && isHousekeeping(program->commandLine);
        const std::string text = textOf(program->commandLine);
        if (!text.empty() && text.size() + sizeof text <= kMostTexts - m_textBytes) {
            m_textBytes += text.size() + sizeof text;
            known->commandLine = m_trace.addText(text);
        }
        if (!m_seesExecs)
            keepHelper(*known, before, program->isForked);
    } else if (!m_seesExecs) {
        *known = before; // a process at its end: what was a name is no exec
    }
    if (known->interpreter == Interpreter::Python)
        m_lockWaits.addInterpreter(pid, 0);
    else
        m_lockWaits.removeInterpreter(pid);
    tell(pid, known, time);
}

/// Where a name stands for an exec, it may be no more than a new name; and of a real one the helper may
/// have been heard before the name was seen.
void ProcessDescriptions::keepHelper(Known &known, const Known &before, bool isForked)
{
    known.hasTold = before.hasTold && known.interpreter != Interpreter::None;
    if (isForked)
        known.image = before.image;
    else
        known.image->hasHelper = known.hasTold;
}

void ProcessDescriptions::tell(pid_t pid, const KnownPointer &known, TimestampNs time)
{
    m_facts.ofProcess(pid, time, [known, seesExecs = m_seesExecs](ProcessInfo &info) {
        info.commandLine.store(known->commandLine);
        info.interpreter.store(known->interpreter);
        info.switchInterval.store(known->switchInterval);
        if (known->image->hasHelper || !seesExecs) // else the exec has cleared it
            info.hasHelper.store(known->image->hasHelper);
        if (known->isHousekeeping) // else its helper may have said so
            info.isHousekeeping.store(true);
    });
}

void ProcessDescriptions::setInterpreter(pid_t pid, Interpreter interpreter,
                                         DurationNs switchInterval)
{
    const KnownPointer known = knownOf(pid);
    if (!known)
        return;
    if (known->interpreter == Interpreter::None) // another program, whose exec is still to be seen
        known->image = std::make_shared<Image>();
    known->image->hasHelper = true;
    known->hasTold = true;
    known->interpreter = interpreter;
    known->switchInterval = switchInterval;
    if (interpreter == Interpreter::Python)
        m_lockWaits.addInterpreter(pid, switchInterval);
    else
        m_lockWaits.removeInterpreter(pid);
}

std::vector<pid_t> ProcessDescriptions::takeEnded()
{
    return std::exchange(m_ended, {});
}

Interpreter ProcessDescriptions::interpreterOf(std::string_view executable)
{
    constexpr std::string_view kDeleted = " (deleted)";
    if (executable.size() >= kDeleted.size()
        && executable.substr(executable.size() - kDeleted.size()) == kDeleted)
        executable.remove_suffix(kDeleted.size());
    std::string_view rest = executable.substr(executable.rfind('/') + 1);
    if (!skipStart(rest, "python"))
        return Interpreter::None;
    if (!rest.empty() && !skipStart(rest, "3"))
        return Interpreter::None;
    if (skipStart(rest, "."))
        skipDigits(rest);
    const bool isFree = skipStart(rest, "t");
    skipStart(rest, "d"); // built for debugging
    if (!rest.empty())
        return Interpreter::None;
    return isFree ? Interpreter::FreePython : Interpreter::Python;
}

std::string ProcessDescriptions::textOf(std::string_view commandLine)
{
    while (!commandLine.empty() && commandLine.back() == '\0')
        commandLine.remove_suffix(1);
    std::size_t size = std::min(commandLine.size(), kLongestText);
    while (size > 0 && size < commandLine.size()
           && (std::uint8_t(commandLine[size]) & 0xc0) == 0x80)
        --size; // in the middle of a character
    std::string text(commandLine.substr(0, size));
    for (char &c : text) {
        if (std::uint8_t(c) < 0x20 || c == 0x7f)
            c = ' ';
    }
    return text;
}

bool ProcessDescriptions::isHousekeeping(std::string_view commandLine)
{
    for (const std::string_view name : {"resource_tracker", "forkserver"}) {
        const std::string start = "from multiprocessing." + std::string(name) + " import main";
        if (commandLine.find(start) != std::string_view::npos)
            return true;
    }
    return false;
}

} // namespace Interleave
