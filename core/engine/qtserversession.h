// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"
#include "core/engine/work/taskcontext.h"

#include <QAbstractHttpServer>
#include <QPointer>
#include <QTcpSocket>

#include <cstdint>
#include <string>

namespace Interleave
{

/// The server's end of one client's connection in S12 by QtHttpServer: Qt reads the requests, and who
/// serves the client answers them, one after the other.
///
/// A server for each connection: what QtHttpServer accepts by itself it serves on one thread, and here
/// each connection belongs to the thread, the job, the child or the coroutine that serves it.
/// Thread: the one that made it; requests come while its event loop runs.
class QtServerSession final : public QAbstractHttpServer
{
    Q_OBJECT

public:
    enum class State : std::uint8_t {
        Waiting, ///< for the next request
        HasRequest, ///< one or more, until each has its answer()
        Closed, ///< by the client, between two requests
        Failed ///< see problem()
    };

    /// \param fd a connected socket; borrowed: Qt has a copy of its own.
    explicit QtServerSession(int fd);
    /// Tells the client that nothing more will come.
    ~QtServerSession() override;

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const std::string &problem() const { return m_problem; }
    /// Readable while the state is not Waiting, for who waits for descriptors.
    [[nodiscard]] int changedFd() const { return m_changedFd.get(); }
    /// Answers the request that came first.
    void answer();

Q_SIGNALS:
    /// A request came, or the client went.
    void changed();

protected:
    bool handleRequest(const QHttpServerRequest &request, QTcpSocket *socket) override;
    void missingHandler(const QHttpServerRequest &request, QTcpSocket *socket) override;

private:
    /// \return why there is no connection; empty when there is.
    [[nodiscard]] std::string begin(int fd);
    void become(State state);
    void onDisconnected();

    int m_fd;
    UniqueFd m_changedFd;
    QPointer<QTcpSocket> m_socket; ///< Qt deletes it when it is closed
    State m_state = State::Waiting;
    int m_unanswered = 0; ///< requests: a client may send one before it has the answer to another
    std::string m_problem;
};

/// The body of S12 with it, for threads, jobs and child processes: waits for the requests in a
/// QEventLoop, and computes and waits for each of them outside of it.
[[nodiscard]] TaskStatus clientsAndServerByQtBody(TaskContext &context);

} // namespace Interleave
