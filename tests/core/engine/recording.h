// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"
#include "core/record/messages.h"
#include "core/record/recorder.h"
#include "core/record/sharedrings.h"

#include <QtGlobal>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace Interleave
{

/// An event with the thread that wrote it.
struct Recorded {
    Event event;
    pid_t pid = 0;
    pid_t tid = 0;
};

/// Real rings and a real message pipe, installed in this process's recorder while the object lives.
class Recording
{
public:
    explicit Recording(RingGeometry geometry = {128, 16384, 0})
    {
        auto rings = SharedRings::create(geometry, TickSource::Monotonic);
        if (!rings)
            qFatal("%s", rings.error().message.c_str());
        m_rings.emplace(std::move(rings).value());
        m_reader.emplace(*m_rings);
        int fds[2];
        if (pipe2(fds, O_CLOEXEC) != 0)
            qFatal("no pipe");
        m_read.reset(fds[0]);
        m_write.reset(fds[1]);
        fcntl(m_write.get(), F_SETPIPE_SZ, 1 << 20); // nobody reads while a run is under way
        Recorder::install(&*m_rings);
    }
    ~Recording() { Recorder::uninstall(); }
    Recording(const Recording &) = delete;
    Recording &operator=(const Recording &) = delete;

    [[nodiscard]] const SharedRings &rings() const { return *m_rings; }
    [[nodiscard]] int messageFd() const { return m_write.get(); }

    /// Everything recorded since the last call, by time.
    std::vector<Recorded> events()
    {
        std::vector<Event> events;
        std::vector<RingReader::DrainedRing> drained;
        m_reader->drain(monotonicNow(), ~std::uint64_t(0), events, drained);
        std::vector<Recorded> result;
        for (const RingReader::DrainedRing &ring : drained) {
            for (std::size_t i = ring.first; i < ring.first + ring.count; ++i)
                result.push_back({events[i], ring.pid, ring.tid});
        }
        std::stable_sort(result.begin(), result.end(), [](const Recorded &a, const Recorded &b) {
            return a.event.ticks < b.event.ticks;
        });
        return result;
    }
    [[nodiscard]] std::uint64_t dropped() const { return m_reader->droppedEvents(); }

    /// The messages that lie in the pipe.
    std::vector<Message> messages()
    {
        while (readSome(0)) {
        }
        std::vector<Message> result;
        while (auto message = takeMessage())
            result.push_back(*message);
        return result;
    }
    /// Waits up to 10 s for the next message.
    std::optional<Message> nextMessage()
    {
        for (;;) {
            if (auto message = takeMessage())
                return message;
            if (!readSome(10'000))
                return std::nullopt;
        }
    }

private:
    bool readSome(int timeoutMs)
    {
        pollfd fd{m_read.get(), POLLIN, 0};
        if (::poll(&fd, 1, timeoutMs) <= 0)
            return false;
        char buffer[65536];
        const ssize_t n = ::read(m_read.get(), buffer, sizeof buffer);
        if (n <= 0)
            return false;
        m_pending.append(buffer, std::size_t(n));
        return true;
    }
    std::optional<Message> takeMessage()
    {
        const std::size_t end = m_pending.find('\n');
        if (end == std::string::npos)
            return std::nullopt;
        const auto message = parseMessage(std::string_view(m_pending).substr(0, end));
        m_pending.erase(0, end + 1);
        return message;
    }

    std::optional<SharedRings> m_rings;
    std::optional<RingReader> m_reader;
    UniqueFd m_read;
    UniqueFd m_write;
    std::string m_pending;
};

/// The kinds of the events of one task, in their order.
inline std::vector<EventKind> kindsOf(const std::vector<Recorded> &events, TaskId task)
{
    std::vector<EventKind> kinds;
    for (const Recorded &r : events) {
        if (r.event.task == task && r.event.kind != EventKind::Mark)
            kinds.push_back(r.event.kind);
    }
    return kinds;
}

inline int countOf(const std::vector<Recorded> &events, EventKind kind)
{
    return int(std::count_if(events.begin(), events.end(),
                             [kind](const Recorded &r) { return r.event.kind == kind; }));
}

} // namespace Interleave
