// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/processstat.h"

#include <QByteArray>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Interleave
{

/// Whether it is there and has not ended.
inline bool isAlive(pid_t pid)
{
    const char state = stateOfProcess(pid);
    return state != 0 && state != 'Z';
}

/// A named pipe that a program of a test reads from until the test lets it go on.
class Gate
{
public:
    /// \param path where it is made; removed with the folder that it is in.
    explicit Gate(const QByteArray &path)
        : m_path(path)
        , m_isMade(::mkfifo(path.constData(), 0600) == 0)
    {
    }
    [[nodiscard]] bool isMade() const { return m_isMade; }
    /// Lets go on who reads from it, and waits until somebody does. \return whether that went well.
    [[nodiscard]] bool open() const
    {
        const int writer = ::open(m_path.constData(), O_WRONLY | O_CLOEXEC);
        return writer >= 0 && ::close(writer) == 0;
    }

private:
    QByteArray m_path;
    bool m_isMade;
};

} // namespace Interleave
