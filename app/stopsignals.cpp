// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stopsignals.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Where the handler writes to; it can have no other context.
std::atomic<int> writeEnd{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void noteSignal(int signal)
{
    const int before = errno;
    const auto byte = static_cast<unsigned char>(signal);
    // A full pipe holds thousands of them: one more tells nothing new.
    [[maybe_unused]] const ssize_t written =
        ::write(writeEnd.load(std::memory_order_relaxed), &byte, 1);
    errno = before;
}

} // namespace

StopSignals::StopSignals()
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // no descriptors left: then they end the program, as they would anyway
    m_readEnd = UniqueFd(ends[0]);
    m_writeEnd = UniqueFd(ends[1]);
    writeEnd.store(ends[1], std::memory_order_relaxed);
    struct sigaction action = {};
    action.sa_handler = &noteSignal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        sigaction(kSignals[i], nullptr, &m_before[i]);
        if (m_before[i].sa_handler != SIG_IGN)
            sigaction(kSignals[i], &action, nullptr);
    }
}

StopSignals::~StopSignals()
{
    if (m_readEnd.get() < 0)
        return;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        if (m_before[i].sa_handler != SIG_IGN)
            sigaction(kSignals[i], &m_before[i], nullptr);
    }
    writeEnd.store(-1, std::memory_order_relaxed);
}

int StopSignals::take()
{
    unsigned char byte = 0;
    return ::read(m_readEnd.get(), &byte, 1) == 1 ? int(byte) : 0;
}

} // namespace Interleave
