// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/processmemory.h"
#include "core/sched/sampledobserver.h"
#include "tests/support/heldchild.h"

#include <QtTest>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <unistd.h>

using namespace Interleave;

namespace
{

constexpr int kNotReadable = 77;

/// Observes the test, which has started it.
int sampleTheParent()
{
    SampledObserver observer(getppid(), SampledObserver::Start::Running);
    std::vector<SchedEvent> events;
    observer.drain(events);
    const auto isSeen = [&events](pid_t pid) {
        return std::any_of(events.begin(), events.end(),
                           [pid](const SchedEvent &event) { return event.pid == pid; });
    };
    if (!isSeen(getppid()))
        return kNotReadable;
    return isSeen(getpid()) ? 1 : 0;
}

/// Measures the test, while it needs more and more memory itself.
int measureTheParent()
{
    constexpr std::size_t kSize = std::size_t(64) << 20;
    const std::uint64_t own = residentBytesOfTree(getpid());
    const std::uint64_t parents = residentBytesOfTree(getppid());
    if (own == 0 || parents == 0)
        return kNotReadable;
    std::vector<char> block(kSize);
    volatile char *const bytes = block.data(); // or a compiler may leave it all out
    for (std::size_t i = 0; i < kSize; i += 4096)
        bytes[i] = 1; // written to, so that it is resident
    if (residentBytesOfTree(getpid()) < own + kSize / 2)
        return 2;
    return residentBytesOfTree(getppid()) < parents + kSize / 2 ? 0 : 1;
}

int actAs(std::string_view mode)
{
    return mode == "sample" ? sampleTheParent() : measureTheParent();
}

} // namespace

/// An observer that was started from what it observes is no part of that.
class TestSampledObserverSelf : public QObject
{
    Q_OBJECT

private slots:
    void itIsLeftOut_data()
    {
        QTest::addColumn<QByteArray>("mode");
        QTest::newRow("of the threads") << QByteArray("sample");
        QTest::newRow("of the memory") << QByteArray("measure");
    }
    void itIsLeftOut()
    {
        QFETCH(QByteArray, mode);
        HeldChild child(mode.constData());
        QVERIFY(child.release());
        const int status = child.wait();
        if (status == kNotReadable)
            QSKIP("the files of /proc that this is about are not readable here");
        QCOMPARE(status, 0);
    }
};

int main(int argc, char **argv)
{
    if (const char *mode = HeldChild::childMode(argc, argv))
        _exit(actAs(mode));
    QCoreApplication app(argc, argv);
    TestSampledObserverSelf test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_sampledobserverself.moc"
