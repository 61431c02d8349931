// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/linereader.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr int kMostReads = 64; // of 64 KiB each

/// Whether the byte is one after the first of a UTF-8 character.
bool continuesCharacter(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

} // namespace

void LineReader::readFrom(int fd, std::vector<std::string> &out)
{
    char buffer[65536];
    for (int reads = 0; reads < kMostReads; ++reads) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        m_hasEnded = m_hasEnded || n == 0;
        if (n <= 0)
            return;
        feed({buffer, std::size_t(n)}, out);
    }
}

void LineReader::feed(std::string_view bytes, std::vector<std::string> &out)
{
    while (!bytes.empty()) {
        if (bytes.front() == '\n') {
            out.push_back(std::exchange(m_pending, {}));
            bytes.remove_prefix(1);
            continue;
        }
        if (m_pending.size() >= kLongestLine)
            cutBefore(bytes.front(), out);
        const std::size_t room = kLongestLine - m_pending.size();
        const std::size_t part = std::min({bytes.find('\n'), bytes.size(), room});
        m_pending.append(bytes.substr(0, part));
        bytes.remove_prefix(part);
    }
}

void LineReader::cutBefore(char next, std::vector<std::string> &out)
{
    std::size_t end = m_pending.size();
    for (int back = 0; back < 3 && continuesCharacter(next); ++back) // it has four bytes at most
        next = m_pending[--end];
    if (continuesCharacter(next)) // this is no UTF-8: it may be cut anywhere
        end = m_pending.size();
    out.push_back(m_pending.substr(0, end));
    m_pending.erase(0, end);
}

void LineReader::takeRest(std::vector<std::string> &out)
{
    if (!m_pending.empty())
        out.push_back(std::exchange(m_pending, {}));
}

} // namespace Interleave
