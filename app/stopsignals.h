// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"

#include <array>
#include <csignal>
#include <cstddef>

namespace Interleave
{

/// While it lives, SIGINT, SIGQUIT, SIGTERM and SIGHUP end nothing, but can be read from a descriptor.
///
/// They are caught and not blocked: a program that is started meanwhile gets them as if nothing had been,
/// because exec forgets handlers, but keeps masks. One that was ignored stays ignored, for that program,
/// too. One at a time in a process; made, used and destroyed on one thread.
/// Source: signal-safety(7), execve(2), nohup(1).
class StopSignals
{
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals &) = delete;
    StopSignals &operator=(const StopSignals &) = delete;

    /// Readable when there is one to be taken.
    [[nodiscard]] int descriptor() const { return m_readEnd.get(); }
    /// The next one that came; 0: none.
    [[nodiscard]] int take();

private:
    static constexpr std::array<int, 4> kSignals{SIGINT, SIGQUIT, SIGTERM, SIGHUP};

    UniqueFd m_readEnd;
    UniqueFd m_writeEnd;
    std::array<struct sigaction, kSignals.size()> m_before{};
};

} // namespace Interleave
