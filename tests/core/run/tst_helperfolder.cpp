// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/helperfolder.h"
#include "tests/core/run/foldercontents.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

using namespace Interleave;
using namespace Interleave::Support;

/// The folder of the Python helper. How it is kept in the cache: tst_resourcefolder.
class TestHelperFolder : public QObject
{
    Q_OBJECT

private:
    static std::unique_ptr<HelperFolder> make(const QString &cache)
    {
        auto helper = HelperFolder::make(cache);
        if (!helper)
            qFatal("%s", helper.error().message.c_str());
        return std::move(helper).value();
    }
    static bool isWhole(const QString &folder)
    {
        return isCopyOf(folder, QStringLiteral(":/python"))
            && QFile::exists(folder + QStringLiteral("/sitecustomize.py"));
    }

private slots:
    void itIsMadePrivatelyInTheCache()
    {
        const QTemporaryDir cache;
        const QString place = cache.filePath(QStringLiteral("deeper/interleave"));
        const auto helper = make(place);
        QVERIFY(!helper->isTemporary());
        QVERIFY(helper->path().startsWith(place + QStringLiteral("/python-")));
        QCOMPARE(modeOf(helper->path()), 0700u);
        QVERIFY(isWhole(helper->path()));
    }

    void itStaysAndIsTakenAgain()
    {
        const QTemporaryDir cache;
        const QString path = make(cache.path())->path();
        QVERIFY(isWhole(path));
        const auto again = make(cache.path());
        QVERIFY(!again->isTemporary());
        QCOMPARE(again->path(), path);
    }

    void aModuleInItThatIsNotOfTheHelperGoesAway()
    {
        const QTemporaryDir cache;
        const QString path = make(cache.path())->path();
        QVERIFY(writeFile(path + QStringLiteral("/random.py"), "x = 1\n"));
        QCOMPARE(make(cache.path())->path(), path);
        QVERIFY(isWhole(path));
    }

    void withoutACacheATemporaryOneIsMadeAndRemoved_data()
    {
        QTest::addColumn<QString>("place");
        QTest::newRow("a file is in the way") << QStringLiteral("file/interleave");
        QTest::newRow("a colon in its name") << QStringLiteral("a:b");
    }
    void withoutACacheATemporaryOneIsMadeAndRemoved()
    {
        QFETCH(QString, place);
        const QTemporaryDir folder;
        QVERIFY(writeFile(folder.filePath(QStringLiteral("file")), "x"));
        QString path;
        {
            const auto helper = make(folder.filePath(place));
            QVERIFY(helper->isTemporary());
            path = helper->path();
            QVERIFY(!path.contains(QLatin1Char(':')));
            QCOMPARE(modeOf(path), 0700u);
            QVERIFY(isWhole(path));
        }
        QVERIFY(!QDir(path).exists());
    }

    void whereNothingCanBeWrittenThatIsSaid()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("file"));
        QVERIFY(writeFile(file, "x"));
        const QByteArray before = qgetenv("TMPDIR");
        qputenv("TMPDIR", QFile::encodeName(file));
        const auto helper = HelperFolder::make(file + QStringLiteral("/interleave"));
        if (before.isEmpty())
            qunsetenv("TMPDIR");
        else
            qputenv("TMPDIR", before);
        QVERIFY(!helper.isOk());
        QCOMPARE(helper.error().code, ErrorCode::Io);
    }
};

QTEST_GUILESS_MAIN(TestHelperFolder)
#include "tst_helperfolder.moc"
