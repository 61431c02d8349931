// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/command/runningprocess.h"

#include <QObject>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace Interleave
{

/// Reads which processes of this user run, on a thread of its own, "process list": /proc of a large machine
/// takes some hundredths of a second.
///
/// This program, what it has started itself and processes of others are left out. Thread: made and used by
/// one thread with an event loop, on which listed() is emitted; the destructor waits for the reading that
/// goes on. Source: proc(5).
class ProcessList : public QObject
{
    Q_OBJECT

public:
    explicit ProcessList(QObject *parent = nullptr);
    ~ProcessList() override;

    /// Has the list read once more; requests that come faster than that are one.
    void request();

signals:
    /// By number. The shares of the cores are those since the list before: the first one has none.
    void listed(const std::vector<Interleave::RunningProcess> &processes);

private:
    /// CPU time of one life of a process.
    struct Used {
        std::uint64_t ticks = 0;
        std::uint64_t started = 0; ///< in ticks since the machine's start
    };
    void work(const std::stop_token &stop);
    [[nodiscard]] std::vector<RunningProcess> read();

    std::map<int, Used> m_used; ///< as read last; the thread's alone
    std::int64_t m_readAt = 0; ///< when; 0: never
    std::mutex m_mutex; ///< guards the next one
    bool m_isRequested = false;
    std::condition_variable_any m_changed;
    std::jthread m_thread; ///< from the first request on; last: it uses the others
};

} // namespace Interleave
