// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/standstillwatch.h"
#include "tests/support/handmadetrace.h"

#include <algorithm>
#include <map>

#include <sys/types.h>

namespace Interleave
{

/// So long nothing must move before a Watched suspects anything.
constexpr DurationNs kAfter = 5 * kSecond;
constexpr pid_t kNobodysPid = 5'000'000; ///< more than the kernel gives

/// A trace with threads of which a test says what they do, and a watch over it.
struct Watched {
    using News = StandstillWatch::News;

    explicit Watched(Source source = Source::Kernel)
        : made(source)
        , watch(
              made.writable(), kAfter,
              [this](pid_t, pid_t tid) {
                  ++reads;
                  now += readCost;
                  return roles.at(tid);
              },
              [this] { return now; })
    {
    }
    ThreadIndex addThread(StandstillRole role, bool isOfRun = true)
    {
        const pid_t tid = kNobodysPid + pid_t(roles.size());
        roles[tid] = role;
        const ThreadIndex thread =
            made.writable().addThread(kNobodysPid, tid, HandmadeTrace::kOrigin, isOfRun);
        made.writable().addThreadTrack(thread);
        return thread;
    }
    void setState(ThreadIndex thread, SliceState state, TimestampNs since)
    {
        const TrackIndex track = made.shared()->thread(thread).track.load();
        made.writable().setOpen(track, HandmadeTrace::slice(since, since, state, kNoTask));
    }
    ThreadIndex addBlocked(StandstillRole role, TimestampNs since = kSecond)
    {
        const ThreadIndex thread = addThread(role);
        setState(thread, SliceState::Blocked, since);
        return thread;
    }
    void end(ThreadIndex thread, TimestampNs time)
    {
        made.writable().writableThread(thread).ended.store(HandmadeTrace::kOrigin + time);
    }
    ProcessIndex addProcess(pid_t pid, ProcessIndex parent = kNoProcess)
    {
        return made.writable().addProcess(pid, parent, HandmadeTrace::kOrigin, true);
    }
    /// What a look tells when the trace goes up to `horizon`. Each comes when one is due, and not
    /// before that time.
    News lookAt(TimestampNs horizon)
    {
        made.publish(horizon);
        now = std::max(now + StandstillWatch::kLookPitch, HandmadeTrace::kOrigin + horizon);
        return watch.look(now);
    }
    /// The same, and what the next look tells, when the trace has just passed that one.
    News judgeAt(TimestampNs horizon)
    {
        const News news = lookAt(horizon);
        return news == News::None ? lookAt(now - HandmadeTrace::kOrigin + 1) : news;
    }
    /// The same where all processes of the machine are read, which takes as many looks as it takes.
    News judgeAllAt(TimestampNs horizon)
    {
        News news = judgeAt(horizon);
        for (int i = 0; i < 100 && news == News::None; ++i)
            news = lookAt(now - HandmadeTrace::kOrigin + 1);
        return news;
    }

    std::map<pid_t, StandstillRole> roles;
    int reads = 0;
    DurationNs readCost = 0; ///< of each
    TimestampNs now = HandmadeTrace::kOrigin;
    HandmadeTrace made;
    StandstillWatch watch;
};

} // namespace Interleave
