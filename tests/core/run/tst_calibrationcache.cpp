// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/calibrationcache.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <string>

#include <fcntl.h>
#include <sys/stat.h>

using namespace Interleave;

class TestCalibrationCache : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::string engine() const
    {
        return m_folder.filePath(QStringLiteral("interleave-engine")).toStdString();
    }
    void writeEngine(const QByteArray &bytes) const
    {
        QFile file(QString::fromStdString(engine()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    void setChanged(time_t seconds, long nanoseconds) const
    {
        const timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
        QCOMPARE(utimensat(AT_FDCWD, engine().c_str(), times, 0), 0);
    }

private slots:
    void init()
    {
        QVERIFY(m_folder.isValid());
        qputenv("XDG_CACHE_HOME", m_folder.path().toLocal8Bit());
        writeEngine("engine");
        setChanged(1'000'000, 5);
    }

    void whatWasStoredIsFound()
    {
        QCOMPARE(cachedCalibration(engine() + "-other"), std::uint64_t(0));
        storeCalibration(engine(), 4321);
        QCOMPARE(cachedCalibration(engine()), std::uint64_t(4321));
        QCOMPARE(cachedCalibration(engine() + "-other"), std::uint64_t(0));
    }

    void anotherBuildIsMeasuredAnew_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<qint64>("nanoseconds");
        QTest::newRow("another size") << QByteArray("engine 2") << qint64(1'000'000) << qint64(5);
        QTest::newRow("another second") << QByteArray("engine") << qint64(1'000'001) << qint64(5);
        QTest::newRow("another nanosecond")
            << QByteArray("engine") << qint64(1'000'000) << qint64(6);
    }
    void anotherBuildIsMeasuredAnew()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(qint64, seconds);
        QFETCH(qint64, nanoseconds);
        storeCalibration(engine(), 777);
        QCOMPARE(cachedCalibration(engine()), std::uint64_t(777));
        writeEngine(bytes);
        setChanged(time_t(seconds), long(nanoseconds));
        QCOMPARE(cachedCalibration(engine()), std::uint64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestCalibrationCache)
#include "tst_calibrationcache.moc"
