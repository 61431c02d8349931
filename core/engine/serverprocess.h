// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/engine/work/httpclient.h"

#include <QJsonObject>
#include <QProcess>

#include <cstdint>
#include <string>

namespace Interleave
{

/// The HTTP server of the network sets as a child of the engine: interleave-server, which lies
/// beside interleave-worker. It ends with this object, and whatever becomes of the engine.
/// Thread: the one that made it.
class ServerProcess
{
public:
    ServerProcess() = default;
    ~ServerProcess();
    ServerProcess(const ServerProcess &) = delete;
    ServerProcess &operator=(const ServerProcess &) = delete;

    /// Starts it and waits until it listens. \param worker path of interleave-worker.
    /// Errors: NotFound, Failed; one sentence.
    [[nodiscard]] Result<void> start(const std::string &worker, StopSource stop);
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// What it has served so far: HttpServer::log(). Errors: Failed, also when stopped.
    [[nodiscard]] Result<QJsonObject> log(StopSource stop);
    void stop();

private:
    Result<void> readPort(StopSource stop);

    QProcess m_process;
    std::uint16_t m_port = 0;
};

} // namespace Interleave
