// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"

#include <QAbstractHttpServer>
#include <QByteArray>
#include <QJsonObject>
#include <QPointer>
#include <QSet>
#include <QSocketNotifier>
#include <QTcpSocket>

#include <cstdint>
#include <memory>
#include <vector>

namespace Interleave
{

/// The server that the network sets talk to: it answers late, on purpose, and notes what it saw.
///
///   GET /wait?ms=100[&fail=1][&body=512]   after that time (0 to 60,000 ms, fractions allowed)
///                                          200, or 503 with fail=1; the body has that many bytes
///                                          (to 1 MiB)
///   GET /log[?requests=1]                  what it served, as log() says
///
/// Nothing is random here: delays and failures come with the request, so that a run is the same
/// each time. The delay is a timer: its one thread never blocks, and thousands of requests wait at
/// once. A subclass of QAbstractHttpServer, not QHttpServer, whose router matches a regular
/// expression for each request, and whose answers go out in a piece for each header.
/// Thread: the one of its event loop.
class HttpServer final : public QAbstractHttpServer
{
public:
    explicit HttpServer(QObject *parent = nullptr);
    ~HttpServer() override;

    /// On 127.0.0.1, at a port that is free. \return the port. Errors: Io.
    [[nodiscard]] Result<quint16> listenOnLoopback();
    /// {"served", "failed", "gone", "connections", "peak", "open", "first_ns", "last_ns"} of /wait:
    /// how many got 200, 503, or had left before their answer, over how many connections, how many
    /// waited at once at most, and how many wait now; and with `requests` "requests": an array of
    /// [arrival, departure, status], in CLOCK_MONOTONIC ns, in the order of their departure.
    [[nodiscard]] QJsonObject log(bool withRequests) const;

protected:
    bool handleRequest(const QHttpServerRequest &request, QTcpSocket *socket) override;
    void missingHandler(const QHttpServerRequest &request, QTcpSocket *socket) override;

private:
    struct Pending {
        TimestampNs due = 0;
        std::uint64_t order = 0; ///< equal times are answered in the order of their arrival
        TimestampNs arrival = 0;
        QPointer<QTcpSocket> socket;
        int status = 200;
        int bodyBytes = 0;
        bool closes = false;
        bool operator<(const Pending &other) const // the heap's top is the earliest
        {
            return due != other.due ? due > other.due : order > other.order;
        }
    };
    struct Served {
        TimestampNs arrival = 0;
        TimestampNs departure = 0;
        int status = 0;
    };

    void acceptWait(const QHttpServerRequest &request, QTcpSocket *socket);
    void noteConnection(QTcpSocket *socket);
    void armTimer();
    void answerDue();
    void answer(const Pending &pending);

    UniqueFd m_timerFd; ///< a descriptor, because Qt's own timers count milliseconds
    std::unique_ptr<QSocketNotifier> m_timer;
    std::vector<Pending> m_pending; ///< a heap
    std::vector<Served> m_served;
    QSet<const QObject *> m_seen; ///< connections that are open and have asked for /wait
    std::uint64_t m_order = 0;
    int m_connections = 0;
    int m_peak = 0;
    int m_answered = 0;
    int m_failed = 0;
    int m_gone = 0;
};

/// The program interleave-server: prints its port on a line, and ends when its standard input ends,
/// so that it never outlives the engine that started it.
int httpServerMain(int argc, char **argv);

} // namespace Interleave
