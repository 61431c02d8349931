// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/stopladder.h"

namespace Interleave
{

void StopLadder::ask(TimestampNs now)
{
    if (isAsked())
        return;
    m_rung = Rung::Flag;
    m_since = now;
}

std::optional<StopLadder::Rung> StopLadder::climb(TimestampNs now)
{
    DurationNs patience = 0;
    Rung next = Rung::GivenUp;
    switch (m_rung) {
    case Rung::NotAsked:
    case Rung::GivenUp:
        return std::nullopt;
    case Rung::Flag:
        patience = kAfterFlag;
        next = Rung::Term;
        break;
    case Rung::Term:
        patience = kAfterTerm;
        next = Rung::Kill;
        break;
    case Rung::Kill:
        patience = kAfterKill;
        break;
    }
    if (now - m_since < patience)
        return std::nullopt;
    m_rung = next;
    m_since = now;
    return next;
}

} // namespace Interleave
