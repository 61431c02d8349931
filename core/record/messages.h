// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/timestamp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Interleave
{

/// What the engine host and its workers tell the observing process in words, at a low rate.
///
/// One message is one line of tab-separated fields, at most kLargestMessage bytes, written with a
/// single write(2) to a pipe, so that lines of several processes never mix (pipe(7), PIPE_BUF).
enum class MessageKind : std::uint8_t {
    Ready, ///< the host is held and waits for a run; `number`: calibrated work units per ms
    Define, ///< tasks [task, task + number): `key` is the TaskKind's word, `cause` the parent, `text` the name
    Line, ///< task `task` printed `text` at `time`; `number` is the mark's number
    Result, ///< `key` has the JSON value `text`
    Outcome, ///< the run ended by itself: `key` is "finished" or "failed", `text` a sentence
    Note, ///< `text` is something a person should know ("created 39 of 200 threads")
    Output, ///< raw output of a child; `text`
    ProcessStarted, ///< task `task` is child process `number`
    ProcessEnded, ///< child `number` of task `task`; `key` "exit" or "signal", `cause` the code,
    ///< `text` "USER SYSTEM": its CPU time in ns
    Process, ///< process `number` calls itself `text`; `key` "housekeeping" when it only serves a library
    Interpreter, ///< process `number` runs Python: `key` "gil" or "free", `cause` its version (3.11 is
    ///< 311), `text` the switch interval of the global lock in ns
    ThreadName, ///< thread `number` (a tid) is called `text`
    Object, ///< object `task` (a lock, a counter, ...): `key` is the ObjectKind's word, `number` its capacity, `text` its name
};

struct Message {
    MessageKind kind = MessageKind::Note;
    TaskId task = kNoTask;
    TaskId cause = kNoTask;
    std::uint64_t number = 0;
    TimestampNs time = 0;
    std::string key;
    std::string text;
    bool operator==(const Message &) const = default;
};

constexpr std::size_t kLargestMessage = 4096; // PIPE_BUF on Linux

/// The line for a message, ending in '\n'. Tabs, newlines and backslashes are escaped; a text that is
/// too long is cut.
[[nodiscard]] std::string formatMessage(const Message &message);
/// \param line without the '\n'. \return nothing when the line is not a message.
[[nodiscard]] std::optional<Message> parseMessage(std::string_view line);
/// Writes one message to `fd`, whole. \return false when the reader is gone.
bool sendMessage(int fd, const Message &message);

} // namespace Interleave
