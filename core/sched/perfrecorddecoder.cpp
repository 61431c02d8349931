// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <linux/perf_event.h>

namespace Interleave
{

namespace
{

/// The end of every record: sample_id_all with sample_type TID | TIME. Source: perf_event_open(2).
struct SampleId {
    std::uint32_t pid;
    std::uint32_t tid;
    std::uint64_t time;
};
static_assert(sizeof(SampleId) == 16);

struct TaskBody {
    std::uint32_t pid;
    std::uint32_t parentPid;
    std::uint32_t tid;
    std::uint32_t parentTid;
    std::uint64_t time;
};
static_assert(sizeof(TaskBody) == 24);

/// What the kernel writes as pid and tid of a task that has already lost its numbers.
constexpr std::uint32_t kUnknown = 0xffffffffu;

/// Whether a FORK, EXIT or COMM speaks of a task that can be told from others: 0 stands for those
/// outside of our pid namespace (idle ones neither begin, end nor change their names).
constexpr bool isNumbered(std::uint32_t tid)
{
    return tid != 0 && tid != kUnknown;
}

constexpr std::size_t kCommIds = 8; ///< {pid, tid} before the name

template<typename T>
T load(const unsigned char *bytes)
{
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

constexpr std::size_t kNotOurs = std::numeric_limits<std::size_t>::max();

/// The least number of bytes between header and SampleId; kNotOurs for a type that is skipped.
constexpr std::size_t bodyBytes(std::uint32_t type)
{
    switch (type) {
    case PERF_RECORD_SWITCH:
        return 0;
    case PERF_RECORD_SWITCH_CPU_WIDE:
        return 8;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
        return sizeof(TaskBody);
    case PERF_RECORD_COMM:
        return kCommIds + 8; // the kernel pads the name to 8 bytes, and an empty one has its NUL
    case PERF_RECORD_LOST:
        return 16;
    case PERF_RECORD_LOST_SAMPLES:
        return 8;
    default:
        return kNotOurs;
    }
}

} // namespace

PerfRecordDecoder::PerfRecordDecoder(CoreId core, TimestampNs since)
    : m_core(core)
    , m_lastGood(since)
{
}

std::size_t PerfRecordDecoder::decode(const unsigned char *bytes, std::size_t size,
                                      std::vector<SchedEvent> &out)
{
    std::size_t at = 0;
    while (size - at >= sizeof(perf_event_header)) {
        const auto header = load<perf_event_header>(bytes + at);
        if (header.size < sizeof header || header.size > size - at)
            break;
        if (!decodeRecord(bytes + at, out))
            break;
        at += header.size;
    }
    return at;
}

bool PerfRecordDecoder::decodeRecord(const unsigned char *record, std::vector<SchedEvent> &out)
{
    const auto header = load<perf_event_header>(record);
    const std::size_t bodySize = bodyBytes(header.type);
    if (bodySize == kNotOurs)
        return true;
    if (header.size < sizeof header + bodySize + sizeof(SampleId))
        return false;

    const unsigned char *body = record + sizeof header;
    const unsigned char *end = record + header.size - sizeof(SampleId);
    const auto id = load<SampleId>(end);
    SchedEvent event;
    event.time = TimestampNs(id.time);
    event.core = m_core;
    event.pid = pid_t(id.pid);
    event.tid = pid_t(id.tid);

    bool isWanted = true;
    switch (header.type) {
    case PERF_RECORD_SWITCH:
    case PERF_RECORD_SWITCH_CPU_WIDE:
        isWanted = readSwitch(header.misc, header.type == PERF_RECORD_SWITCH_CPU_WIDE, event);
        break;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
        isWanted = readTask(body, header.type == PERF_RECORD_FORK, event);
        break;
    case PERF_RECORD_COMM:
        isWanted = readName(body, end, (header.misc & PERF_RECORD_MISC_COMM_EXEC) != 0, event);
        break;
    case PERF_RECORD_LOST:
        readLost(load<std::uint64_t>(body + 8), event);
        break;
    default: // PERF_RECORD_LOST_SAMPLES: bodyBytes() lets nothing else through
        readLost(load<std::uint64_t>(body), event);
        break;
    }
    m_lastGood = event.time;
    if (isWanted)
        out.push_back(event);
    return true;
}

/// \return false for a record that says nothing: a task without a number, or one past its EXIT.
bool PerfRecordDecoder::readSwitch(std::uint16_t misc, bool isWide, SchedEvent &event)
{
    const bool isOut = (misc & PERF_RECORD_MISC_SWITCH_OUT) != 0;
    event.kind = isOut ? SchedEventKind::SwitchOut : SchedEventKind::SwitchIn;
    event.preempted = isOut && (misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
    const bool isNumberless = std::uint32_t(event.tid) == kUnknown;
    if (!isWide)
        return !isNumberless;

    // A whole-machine event outlives the task it speaks of: the kernel still records how an exited
    // task leaves the core, as -1 or, while the zombie waits for its parent, under its old number.
    // To the reader the EXIT was the end, as it is in the narrower tier.
    const bool isDying = isNumberless || (m_dying != 0 && event.tid == m_dying);
    if (isDying && isOut && !event.preempted)
        m_dying = 0;
    return !isDying;
}

bool PerfRecordDecoder::readTask(const unsigned char *body, bool isFork, SchedEvent &event)
{
    const auto task = load<TaskBody>(body);
    event.pid = pid_t(task.pid);
    event.tid = pid_t(task.tid);
    if (!isNumbered(task.tid))
        return false;
    if (isFork) {
        event.kind = SchedEventKind::Fork;
        event.parentPid = pid_t(task.parentPid);
        event.parentTid = pid_t(task.parentTid);
        if (m_dying == event.tid)
            m_dying = 0;
    } else {
        // The parents in an EXIT record are not the creators, so they are not passed on.
        event.kind = SchedEventKind::Exit;
        m_dying = event.tid;
    }
    return true;
}

bool PerfRecordDecoder::readName(const unsigned char *body, const unsigned char *end, bool isExec,
                                 SchedEvent &event)
{
    event.pid = pid_t(load<std::uint32_t>(body));
    event.tid = pid_t(load<std::uint32_t>(body + 4));
    event.kind = isExec ? SchedEventKind::Exec : SchedEventKind::Name;
    const auto *name = reinterpret_cast<const char *>(body + kCommIds);
    const std::size_t most = std::min(std::size_t(end - body) - kCommIds, event.name.size() - 1);
    std::memcpy(event.name.data(), name, strnlen(name, most));
    return isNumbered(std::uint32_t(event.tid));
}

void PerfRecordDecoder::readLost(std::uint64_t count, SchedEvent &event)
{
    event.kind = SchedEventKind::Lost;
    event.lostRecords =
        std::uint32_t(std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
    event.lostSince = std::min(m_lastGood, event.time);
    event.pid = 0;
    event.tid = 0;
    m_lost += count;
    m_dying = 0; // what became of it may be among the lost records
}

} // namespace Interleave
