// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/qthttpclient.h"

#include "core/engine/traced.h"
#include "core/engine/work/networkstate.h"
#include "core/engine/work/requestbodies.h"
#include "core/engine/work/requestplan.h"
#include "core/record/recorder.h"

#include <QCoroNetworkReply>
#include <QEventLoop>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSocketNotifier>
#include <QString>
#include <QThreadStorage>
#include <QUrl>

namespace Interleave
{

namespace
{

std::unique_ptr<QNetworkAccessManager> makeManager()
{
    auto manager = std::make_unique<QNetworkAccessManager>();
    manager->setProxy(QNetworkProxy(QNetworkProxy::NoProxy)); // 127.0.0.1 needs none
    return manager;
}

QNetworkRequest requestFor(std::uint16_t port, const std::string &target, bool keepAlive)
{
    QNetworkRequest request(QUrl(QStringLiteral("http://127.0.0.1:%1%2")
                                     .arg(QString::number(port), QString::fromStdString(target))));
    // The server speaks HTTP/1.1, and an attempt at more would cost a round trip.
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    if (!keepAlive)
        request.setRawHeader(QByteArrayLiteral("Connection"), QByteArrayLiteral("close"));
    return request;
}

QtAnswer answerOf(QNetworkReply &reply)
{
    reply.readAll(); // nobody wants the body, but it has to come off the connection
    QtAnswer answer;
    answer.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (answer.status == 0)
        answer.problem = reply.errorString().toStdString();
    return answer;
}

/// A reply whose owner may be stopped while it is under way.
class OwnedReply
{
public:
    explicit OwnedReply(QNetworkReply *reply)
        : m_reply(reply)
    {
    }
    ~OwnedReply()
    {
        if (m_reply->isRunning())
            m_reply->abort();
        m_reply->deleteLater();
    }
    OwnedReply(const OwnedReply &) = delete;
    OwnedReply &operator=(const OwnedReply &) = delete;

    [[nodiscard]] QNetworkReply *get() const { return m_reply; }

private:
    QNetworkReply *m_reply;
};

/// Ends with its thread.
QThreadStorage<QNetworkAccessManager *> &managersOfThreads()
{
    static QThreadStorage<QNetworkAccessManager *> managers;
    return managers;
}

QNetworkAccessManager &managerOfThread()
{
    auto &managers = managersOfThreads();
    if (!managers.hasLocalData())
        managers.setLocalData(makeManager().release());
    return *managers.localData();
}

TaskStatus fetchByQt(TaskContext &context, NetworkState &state, const std::string &target,
                     bool keepAlive)
{
    const auto port = std::uint16_t(state.port.load(std::memory_order_acquire));
    QEventLoop loop;
    QSocketNotifier stop(stopSourceOf(context, state).fd, QSocketNotifier::Read);
    QObject::connect(&stop, &QSocketNotifier::activated, &loop, [&loop] { loop.quit(); });
    const std::unique_ptr<QNetworkReply> reply(
        managerOfThread().get(requestFor(port, target, keepAlive)));
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    Recorder::wait(WaitReason::Io);
    if (!reply->isFinished())
        loop.exec();
    Recorder::waitEnd();
    if (context.stopRequested() || !reply->isFinished())
        return TaskStatus::Cancelled;
    const QtAnswer answer = answerOf(*reply);
    if (answer.status == 0)
        return context.fail(context.name() + ": " + answer.problem);
    noteAnswer(state, answer.status);
    return TaskStatus::Finished;
}

/// One URL of S13.
TaskStatus fetchUrlByQt(TaskContext &context, NetworkState &state, int url)
{
    const WorkParameters &parameters = context.parameters();
    return fetchByQt(context, state, targetOf(plannedUrl(parameters, url)),
                     parameters.boolean("keep_alive", true));
}

/// One request of S10: as by sockets, over a connection of its own.
TaskStatus sendRequestByQt(TaskContext &context, NetworkState &state, int request)
{
    return fetchByQt(context, state, targetOf(plannedRequest(context.parameters(), request)),
                     false);
}

} // namespace

QtHttpClient::QtHttpClient(std::uint16_t port, std::size_t connections)
    : m_port(port)
{
    for (std::size_t i = 0; i < connections; i += kConnectionsEach)
        m_managers.push_back(makeManager());
}

Task<QtAnswer> QtHttpClient::fetch(std::size_t place, const std::string *target, bool keepAlive)
{
    QNetworkAccessManager *const manager = m_managers[place / kConnectionsEach].get();
    const OwnedReply reply(manager->get(requestFor(m_port, *target, keepAlive)));
    QNetworkReply *const awaited = reply.get();
    (void)co_await traced(WaitReason::Io, awaited);
    QtAnswer answer = answerOf(*awaited);
    co_return answer;
}

TaskStatus manyRequestsByQtBody(TaskContext &context)
{
    return sendRequests(context, sendRequestByQt);
}

TaskStatus asyncHttpByQtBody(TaskContext &context)
{
    return fetchUrls(context, fetchUrlByQt);
}

void endManagerOfThread()
{
    managersOfThreads().setLocalData(nullptr);
}

} // namespace Interleave
