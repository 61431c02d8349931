// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stopsignals.h"

#include <QProcess>
#include <QTest>

#include <csignal>

#include <poll.h>

using namespace Interleave;

namespace
{

bool isReadable(int descriptor)
{
    pollfd entry{descriptor, POLLIN, 0};
    return ::poll(&entry, 1, 0) == 1;
}

auto handlerOf(int signal)
{
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    return action.sa_handler;
}

} // namespace

class TestStopSignals : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        // Whoever starts this in the background ignores some of them.
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            std::signal(signal, SIG_DFL);
    }

    void signalsAreTakenInTheirOrder()
    {
        StopSignals stop;
        QVERIFY(!isReadable(stop.descriptor()));
        QCOMPARE(stop.take(), 0);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            QCOMPARE(::raise(signal), 0);
        QVERIFY(isReadable(stop.descriptor()));
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            QCOMPARE(stop.take(), signal);
        QCOMPARE(stop.take(), 0);
        QVERIFY(!isReadable(stop.descriptor()));
    }

    void afterwardsAllIsAsBefore()
    {
        const auto before = handlerOf(SIGTERM);
        {
            StopSignals stop;
            QVERIFY(handlerOf(SIGTERM) != before);
        }
        QVERIFY(handlerOf(SIGTERM) == before);
    }

    void whatIsIgnoredStaysSo()
    {
        struct sigaction before = {};
        struct sigaction ignore = {};
        ignore.sa_handler = SIG_IGN; // as nohup(1) does
        QCOMPARE(sigaction(SIGHUP, &ignore, &before), 0);
        {
            StopSignals stop;
            QVERIFY(handlerOf(SIGHUP) == SIG_IGN);
            QCOMPARE(::raise(SIGHUP), 0);
            QCOMPARE(stop.take(), 0);
        }
        QVERIFY(handlerOf(SIGHUP) == SIG_IGN);
        QCOMPARE(sigaction(SIGHUP, &before, nullptr), 0);
    }

    void manyAreNotWaitedFor()
    {
        StopSignals stop;
        for (int i = 0; i < 100'000; ++i) // more than a pipe holds
            ::raise(SIGINT);
        QCOMPARE(stop.take(), SIGINT);
    }

    void aProgramThatIsStartedMeanwhileIsNotChanged()
    {
        StopSignals stop;
        QProcess shell;
        shell.start(QStringLiteral("sh"),
                    {QStringLiteral("-c"), QStringLiteral("kill -TERM $$; echo still here")});
        QVERIFY(shell.waitForFinished(10'000));
        QCOMPARE(shell.exitStatus(), QProcess::CrashExit);
        QCOMPARE(shell.exitCode(), SIGTERM);
        QCOMPARE(stop.take(), 0);
    }
};

QTEST_GUILESS_MAIN(TestStopSignals)
#include "tst_stopsignals.moc"
