// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/recordcommands.h"
#include "core/base/uniquefd.h"

#include <QTemporaryFile>
#include <QtTest>

#include <cstdio>

#include <unistd.h>

using namespace Interleave;

namespace
{

/// What a function writes to standard error, which is no terminal then.
template<typename Function>
QByteArray errorsOf(Function function)
{
    QTemporaryFile file;
    if (!file.open())
        qFatal("there is no place for a file");
    std::fflush(stderr);
    const UniqueFd kept(::dup(STDERR_FILENO));
    ::dup2(file.handle(), STDERR_FILENO);
    function();
    std::fflush(stderr);
    ::dup2(kept.get(), STDERR_FILENO);
    file.seek(0);
    return file.readAll();
}

} // namespace

/// What the command line says of a program that perhaps stands still.
class TestStandstillLine : public QObject
{
    Q_OBJECT

private slots:
    void itIsOneLineOnStandardError()
    {
        const QByteArray told = errorsOf([] { tellStandstill(5 * kSecond, QString()); });
        QVERIFY2(told.startsWith("interleave: Nothing has moved for 5.00"), told.constData());
        QVERIFY2(told.contains("It is only suspected"), told.constData());
        QVERIFY(told.endsWith('\n'));
        QCOMPARE(told.count('\n'), 1);
    }
};

QTEST_GUILESS_MAIN(TestStandstillLine)
#include "tst_standstillline.moc"
