// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/qtserversession.h"

#include "core/engine/work/serversession.h"
#include "core/record/recorder.h"

#include <QByteArray>
#include <QEventLoop>
#include <QHostAddress>
#include <QSocketNotifier>
#include <QTcpServer>

#include <optional>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace Interleave
{

namespace
{

/// Hands a connection over that was accepted elsewhere.
class HandOver final : public QTcpServer
{
public:
    using QTcpServer::QTcpServer;

    void take(QTcpSocket *socket) { addPendingConnection(socket); }
};

/// \return whether there is a request, or the client has gone; false when stopped.
bool waitForChange(const QtServerSession &session, StopSource stop)
{
    QEventLoop loop;
    QSocketNotifier stopped(stop.fd, QSocketNotifier::Read);
    QObject::connect(&stopped, &QSocketNotifier::activated, &loop, [&loop] { loop.quit(); });
    QObject::connect(&session, &QtServerSession::changed, &loop, &QEventLoop::quit);
    if (session.state() == QtServerSession::State::Waiting) {
        Recorder::wait(WaitReason::Io);
        loop.exec();
        Recorder::waitEnd();
    }
    return !stop.rings->isStopRequested();
}

} // namespace

QtServerSession::QtServerSession(int fd)
    : m_fd(fd)
    , m_changedFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    m_problem = begin(fd);
    if (!m_problem.empty())
        m_state = State::Failed;
}

QtServerSession::~QtServerSession()
{
    // It closes in the base class, when there is no session any more.
    if (m_socket)
        m_socket->disconnect(this);
    ::shutdown(m_fd, SHUT_RDWR);
}

std::string QtServerSession::begin(int fd)
{
    // Qt takes over nothing from a server that does not listen; nobody knows the port, and it closes again.
    auto *const handOver = new HandOver(this);
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!m_changedFd.isOpen() || !copy.isOpen())
        return "no descriptor is left for its connection: too many open files?";
    if (!handOver->listen(QHostAddress(QHostAddress::LocalHost), 0))
        return "127.0.0.1 gives no port for its connection: "
            + handOver->errorString().toStdString();
    m_socket = new QTcpSocket(this);
    if (!m_socket->setSocketDescriptor(copy.get()))
        return "Qt cannot use its connection: " + m_socket->errorString().toStdString();
    (void)copy.release(); // it is the socket's now
    connect(m_socket, &QTcpSocket::disconnected, this, [this] { onDisconnected(); });
    bind(handOver);
    handOver->take(m_socket);
    handOver->close();
    return {};
}

void QtServerSession::answer()
{
    if (m_state != State::HasRequest)
        return;
    if (--m_unanswered == 0) {
        eventfd_t changes = 0;
        eventfd_read(m_changedFd.get(), &changes);
        m_state = State::Waiting;
    }
    // In one piece: Qt's own answers go out in a piece for each header.
    m_socket->write(QByteArrayLiteral("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"));
    m_socket->flush();
}

bool QtServerSession::handleRequest(const QHttpServerRequest &, QTcpSocket *)
{
    if (++m_unanswered == 1)
        become(State::HasRequest);
    return true;
}

void QtServerSession::missingHandler(const QHttpServerRequest &, QTcpSocket *) {}

void QtServerSession::become(State state)
{
    m_state = state;
    eventfd_write(m_changedFd.get(), 1);
    Q_EMIT changed();
}

void QtServerSession::onDisconnected()
{
    if (m_unanswered > 0)
        m_problem = "the client left before it had its answer";
    become(m_unanswered > 0 ? State::Failed : State::Closed);
}

TaskStatus clientsAndServerByQtBody(TaskContext &context)
{
    const std::optional<ServedClient> client = clientOf(context);
    if (!client)
        return TaskStatus::Failed;
    QtServerSession session(client->fd);
    for (;;) {
        if (!waitForChange(session, client->stop))
            return context.outcome(false);
        if (session.state() == QtServerSession::State::Failed)
            return context.fail(context.name() + ": " + session.problem());
        if (session.state() == QtServerSession::State::Closed)
            return context.outcome(true);
        if (!context.burn(client->plan.cpuMs) || !context.sleepFor(client->plan.wait))
            return context.outcome(false);
        session.answer();
    }
}

} // namespace Interleave
