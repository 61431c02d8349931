// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace Interleave
{

/// Cuts what comes out of a pipe into lines, without their ends.
///
/// A line longer than kLongestLine comes in pieces, none of them cut inside a UTF-8 character: a program
/// that prints for ever without a line end takes no more memory than that. Value; one thread.
/// Cost: O(bytes).
class LineReader
{
public:
    static constexpr std::size_t kLongestLine = std::size_t(64) * 1024;

    /// Takes what lies in the non-blocking descriptor `fd`, at most 4 MiB a call: a writer that floods
    /// must not hold the caller.
    void readFrom(int fd, std::vector<std::string> &out);
    /// Appends the lines that `bytes` complete.
    void feed(std::string_view bytes, std::vector<std::string> &out);
    /// Appends what came after the last line end, if anything did.
    void takeRest(std::vector<std::string> &out);
    /// Whether readFrom() has found that every writer is gone and everything has been read.
    [[nodiscard]] bool hasEnded() const { return m_hasEnded; }

private:
    void cutBefore(char next, std::vector<std::string> &out);

    std::string m_pending; ///< at most kLongestLine
    bool m_hasEnded = false;
};

} // namespace Interleave
