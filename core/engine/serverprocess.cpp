// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/serverprocess.h"

#include "core/base/timestamp.h"

#include <QByteArray>
#include <QFileInfo>
#include <QJsonDocument>
#include <QString>

namespace Interleave
{

namespace
{

constexpr DurationNs kStartPatience = 10 * kSecond;
constexpr int kLookForStopMs = 20;
constexpr int kEndPatienceMs = 2000;

} // namespace

ServerProcess::~ServerProcess()
{
    stop();
}

Result<void> ServerProcess::start(const std::string &worker, StopSource stop)
{
    const QFileInfo beside(QString::fromStdString(worker));
    const QString program = beside.path() + QStringLiteral("/interleave-server");
    if (!QFileInfo(program).isExecutable()) {
        return Error{ErrorCode::NotFound,
                     "interleave-server was not found beside interleave-worker ("
                         + program.toStdString() + "): build it, or install Interleave again"};
    }
    m_process.setProgram(program);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start();
    if (!m_process.waitForStarted()) {
        return Error{ErrorCode::Failed,
                     program.toStdString()
                         + " could not be started: " + m_process.errorString().toStdString()};
    }
    return readPort(stop);
}

Result<void> ServerProcess::readPort(StopSource stop)
{
    const TimestampNs deadline = monotonicNow() + kStartPatience;
    while (!m_process.canReadLine()) {
        if (stop.rings && stop.rings->isStopRequested())
            return Error{ErrorCode::Failed, "stopped before interleave-server was ready"};
        if (m_process.state() == QProcess::NotRunning && !m_process.canReadLine())
            return Error{ErrorCode::Failed,
                         "interleave-server ended before it told its port; it says why on "
                         "standard error"};
        if (monotonicNow() > deadline)
            return Error{ErrorCode::Failed, "interleave-server did not tell its port within 10 s"};
        m_process.waitForReadyRead(kLookForStopMs);
    }
    bool isNumber = false;
    const unsigned port = m_process.readLine().trimmed().toUInt(&isNumber);
    if (!isNumber || port == 0 || port > 65535)
        return Error{ErrorCode::Failed, "interleave-server told something that is no port"};
    m_port = std::uint16_t(port);
    return {};
}

Result<QJsonObject> ServerProcess::log(StopSource stop)
{
    HttpConnection connection(m_port);
    connection.begin("/log", false, true);
    switch (fetch(connection, stop)) {
    case Fetched::Answered:
        break;
    case Fetched::Stopped:
        return Error{ErrorCode::Failed, "stopped before the server told what it had served"};
    case Fetched::Failed:
        return Error{ErrorCode::Failed,
                     "the server does not tell what it has served: " + connection.problem()};
    }
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromStdString(connection.body()));
    if (connection.status() != 200 || !document.isObject())
        return Error{ErrorCode::Failed, "the server's log is not what was expected"};
    return document.object();
}

void ServerProcess::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.closeWriteChannel(); // it ends with its input
    if (m_process.waitForFinished(kEndPatienceMs))
        return;
    m_process.kill();
    m_process.waitForFinished(kEndPatienceMs);
}

} // namespace Interleave
