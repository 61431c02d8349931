// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/segmentedvector.h"

#include <QTest>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

using namespace Interleave;

class TestSegmentedVector : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyOneHasNoElementsAndNoMemory();
    void elementsAreFoundOnBothSidesOfEverySegmentBorder();
    void elementsDoNotMoveWhenItGrows();
    void whatIsNotYetPublishedIsNotCounted();
    void elementsThatCannotBeAssignedAreFilledInPlace();
    void aReaderSeesACompletePrefixWhileItGrows();
};

namespace
{

struct Pair {
    std::uint64_t value = 0;
    std::uint64_t complement = 0;
};

} // namespace

void TestSegmentedVector::anEmptyOneHasNoElementsAndNoMemory()
{
    const SegmentedVector<int> vector;
    QCOMPARE(vector.size(), std::size_t(0));
    QCOMPARE(vector.allocatedBytes(), std::size_t(0));
}

void TestSegmentedVector::elementsAreFoundOnBothSidesOfEverySegmentBorder()
{
    SegmentedVector<std::size_t, 2> vector;
    constexpr std::size_t kCount = 10'000;
    for (std::size_t i = 0; i < kCount; ++i)
        vector.append(i);
    QCOMPARE(vector.size(), kCount);
    for (std::size_t i = 0; i < kCount; ++i) {
        if (vector[i] != i)
            QFAIL(qPrintable(QStringLiteral("element %1 is %2").arg(i).arg(vector[i])));
    }
}

void TestSegmentedVector::elementsDoNotMoveWhenItGrows()
{
    SegmentedVector<std::string, 4> vector;
    vector.append("first");
    const std::string *first = &vector[0];
    for (int i = 0; i < 5000; ++i)
        vector.append(std::to_string(i));
    QVERIFY(&vector[0] == first);
    QCOMPARE(QString::fromStdString(*first), QStringLiteral("first"));
    QVERIFY(vector.allocatedBytes() >= 5001 * sizeof(std::string));
}

void TestSegmentedVector::whatIsNotYetPublishedIsNotCounted()
{
    SegmentedVector<int> vector;
    vector.next() = 7;
    QCOMPARE(vector.size(), std::size_t(0));
    vector.publish();
    QCOMPARE(vector.size(), std::size_t(1));
    QCOMPARE(vector[0], 7);
}

void TestSegmentedVector::elementsThatCannotBeAssignedAreFilledInPlace()
{
    SegmentedVector<std::atomic<int>, 1> vector;
    for (int i = 0; i < 100; ++i) {
        vector.next().store(i);
        vector.publish();
    }
    QCOMPARE(vector[0].load(), 0);
    QCOMPARE(vector[99].load(), 99);
}

void TestSegmentedVector::aReaderSeesACompletePrefixWhileItGrows()
{
    SegmentedVector<Pair, 8> vector;
    constexpr std::size_t kCount = 200'000;
    std::size_t wrong = 0;
    std::thread reader([&] {
        std::size_t seen = 0;
        while (seen < kCount) {
            const std::size_t size = vector.size();
            for (; seen < size; ++seen) {
                const Pair &pair = vector[seen];
                if (pair.value != seen || pair.complement != ~pair.value)
                    ++wrong;
            }
            std::this_thread::yield();
        }
    });
    for (std::uint64_t i = 0; i < kCount; ++i)
        vector.append(i, ~i);
    reader.join();
    QCOMPARE(wrong, std::size_t(0));
}

QTEST_GUILESS_MAIN(TestSegmentedVector)
#include "tst_segmentedvector.moc"
