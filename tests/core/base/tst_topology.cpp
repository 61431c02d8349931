// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"

#include <QtTest>

#include <algorithm>
#include <future>
#include <string_view>
#include <vector>

#include <sched.h>
#include <unistd.h>

using namespace Interleave;

using Cores = std::vector<CoreId>;
Q_DECLARE_METATYPE(Cores)

class TestTopology : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void coreListsAreRead_data();
    void coreListsAreRead();
    void theOnlineCoresAreThoseOfTheSystem();
    void theAllowedCoresFollowTheAffinity();
    void theMachineIsDescribed();
};

void TestTopology::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TestTopology::coreListsAreRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Cores>("expected");
    QTest::newRow("empty") << QByteArray() << Cores{};
    QTest::newRow("only a line's end") << QByteArray("\n") << Cores{};
    QTest::newRow("one") << QByteArray("0\n") << Cores{0};
    QTest::newRow("range") << QByteArray("0-3\n") << Cores{0, 1, 2, 3};
    QTest::newRow("range of one") << QByteArray("7-7") << Cores{7};
    QTest::newRow("range and one") << QByteArray("0-3,8") << Cores{0, 1, 2, 3, 8};
    QTest::newRow("blanks") << QByteArray(" 1 , 3-4 ") << Cores{1, 3, 4};
    QTest::newRow("not ascending, twice") << QByteArray("8,2-3,3") << Cores{2, 3, 8};
    QTest::newRow("backwards") << QByteArray("5-2,9") << Cores{9};
    QTest::newRow("words") << QByteArray("a,3,4x,-1,5-,6-b") << Cores{3};
    QTest::newRow("commas") << QByteArray(",,4,,") << Cores{4};
    QTest::newRow("largest") << QByteArray("65534") << Cores{65534};
    QTest::newRow("the number for none") << QByteArray("1,65535,0-65535") << Cores{1};
    QTest::newRow("too large") << QByteArray("2,70000,0-99999999999999999999") << Cores{2};
}

void TestTopology::coreListsAreRead()
{
    QFETCH(QByteArray, text);
    QFETCH(Cores, expected);
    const Cores cores = parseCoreList(std::string_view(text.constData(), std::size_t(text.size())));
    QVERIFY(cores == expected);
}

void TestTopology::theOnlineCoresAreThoseOfTheSystem()
{
    const Cores cores = onlineCores();
    QCOMPARE(long(cores.size()), sysconf(_SC_NPROCESSORS_ONLN));
    QVERIFY(std::is_sorted(cores.begin(), cores.end()));
    QVERIFY(std::adjacent_find(cores.begin(), cores.end()) == cores.end());
}

void TestTopology::theAllowedCoresFollowTheAffinity()
{
    const Cores online = onlineCores();
    const Cores before = allowedCores();
    QVERIFY(!before.empty());
    QVERIFY(std::includes(online.begin(), online.end(), before.begin(), before.end()));

    // Affinity belongs to a thread, so only a thread of its own is confined.
    const CoreId last = before.back();
    const Cores confined =
        std::async(std::launch::async, [last] {
            cpu_set_t set;
            CPU_ZERO(&set);
            CPU_SET(last, &set);
            return sched_setaffinity(0, sizeof set, &set) == 0 ? allowedCores() : Cores{};
        }).get();
    QVERIFY(confined == Cores{last});
    QVERIFY(allowedCores() == before);
}

void TestTopology::theMachineIsDescribed()
{
    const MachineDescription machine = describeMachine();
    QVERIFY(!machine.processor.empty());
    QCOMPARE(machine.cores, int(onlineCores().size()));
    QVERIFY(machine.kernel.rfind("Linux ", 0) == 0);
    QVERIFY(machine.kernel.size() > std::string_view("Linux ").size());
    QVERIFY(machine.distribution.find('"') == std::string::npos);
    QVERIFY(machine.processor.find('\n') == std::string::npos);
}

QTEST_GUILESS_MAIN(TestTopology)
#include "tst_topology.moc"
