// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/kernelname.h"
#include "core/engine/work/namesboard.h"

#include <QtTest>

#include <string>
#include <thread>

using namespace Interleave;

class TestNamesBoard : public QObject
{
    Q_OBJECT

private slots:
    void eachTaskHasItsOwnName()
    {
        const auto made = SharedBoard::create(NamesBoard::cellsFor(3));
        QVERIFY(made.isOk());
        NamesBoard board(made.value());
        board.write(0, "");
        board.write(2, "exactly fifteen");
        QCOMPARE(board.name(0).value_or("none"), std::string());
        QCOMPARE(board.name(1).value_or("none"), std::string("none"));
        QCOMPARE(board.name(2).value_or("none"), std::string("exactly fifteen"));
        board.write(2, "sixteen letters!");
        QCOMPARE(board.name(2).value_or("none"), std::string("sixteen letters"));
    }

    void tasksBeyondTheBoardAreLeftOut()
    {
        const auto made = SharedBoard::create(NamesBoard::cellsFor(1));
        QVERIFY(made.isOk());
        NamesBoard board(made.value());
        for (const int task : {-1, 1, 1'000'000}) {
            board.write(task, "name");
            QVERIFY(!board.name(task).has_value());
        }
        QVERIFY(!board.name(0).has_value());
        QCOMPARE(NamesBoard::cellsFor(0), std::size_t(0));
    }

    void anotherProcessReadsTheSame()
    {
        const auto made = SharedBoard::create(NamesBoard::cellsFor(1));
        QVERIFY(made.isOk());
        const auto attached = SharedBoard::attach(made.value().fd());
        QVERIFY(attached.isOk());
        NamesBoard(made.value()).write(0, "reader");
        QCOMPARE(NamesBoard(attached.value()).name(0).value_or("none"), std::string("reader"));
    }

    void theKernelTellsTheNameOfTheThreadThatAsks()
    {
        const std::string before = currentKernelName();
        std::string inside;
        std::thread([&] {
            setKernelName("a name that is too long");
            inside = currentKernelName();
        }).join();
        QCOMPARE(inside, std::string("a name that is "));
        QCOMPARE(currentKernelName(), before);
    }
};

QTEST_GUILESS_MAIN(TestNamesBoard)
#include "tst_namesboard.moc"
