// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/resourcefolder.h"
#include "tests/core/run/foldercontents.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/stat.h>

using namespace Interleave;
using namespace Interleave::Support;

/// Files of the program that are kept in a cache. The resource is that of the Python examples.
class TestResourceFolder : public QObject
{
    Q_OBJECT

private:
    const QString m_resource = QStringLiteral(":/python/examples");

    [[nodiscard]] QString keep(const QString &cache) const
    {
        const Result<QString> kept =
            ResourceFolder(m_resource, QStringLiteral("some")).keepIn(cache);
        if (!kept)
            qFatal("%s", kept.error().message.c_str());
        return kept.value();
    }

private slots:
    void itIsMadePrivatelyAndInOneStep()
    {
        const QTemporaryDir cache;
        const QString place = cache.filePath(QStringLiteral("deeper/interleave"));
        const QString path = keep(place);
        QVERIFY(path.startsWith(place + QStringLiteral("/some-")));
        QCOMPARE(path, ResourceFolder(m_resource, QStringLiteral("some")).pathIn(place));
        QCOMPARE(modeOf(path), 0700u);
        QVERIFY(isCopyOf(path, m_resource));
        QCOMPARE(entriesOf(place).size(), qsizetype(1)); // nothing of its making is left
    }

    void otherContentsHaveAnotherName()
    {
        const ResourceFolder one(QStringLiteral(":/python"), QStringLiteral("some"));
        const ResourceFolder other(m_resource, QStringLiteral("some"));
        QVERIFY(one.pathIn(QStringLiteral("/c")) != other.pathIn(QStringLiteral("/c")));
    }

    void itStaysAndIsTakenAgainWithWhatPythonHasCompiled()
    {
        const QTemporaryDir cache;
        const QString path = keep(cache.path());
        QVERIFY(QDir(path).mkdir(QStringLiteral("__pycache__")));
        const QString compiled = path + QStringLiteral("/__pycache__/threads.pyc");
        QVERIFY(writeFile(compiled, "compiled"));
        QCOMPARE(keep(cache.path()), path);
        QCOMPARE(readFile(compiled), QByteArray("compiled"));
    }

    void whatIsWrongInItIsMended_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind :
             {"changed", "missing", "one more", "open to others", "a link", "a file", "empty"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void whatIsWrongInItIsMended()
    {
        QFETCH(QString, kind);
        const QTemporaryDir cache;
        const QTemporaryDir elsewhere;
        const QString path = keep(cache.path());
        const QString file = path + QStringLiteral("/threads.py");
        const QString precious = elsewhere.filePath(QStringLiteral("precious.txt"));
        QVERIFY(writeFile(precious, "mine"));
        if (kind == QLatin1String("changed")) {
            QVERIFY(writeFile(file, "import os\n"));
        } else if (kind == QLatin1String("missing")) {
            QVERIFY(QFile::remove(file));
        } else if (kind == QLatin1String("one more")) {
            QVERIFY(writeFile(path + QStringLiteral("/random.py"), "x = 1\n"));
        } else if (kind == QLatin1String("open to others")) {
            QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0777), 0);
        } else {
            QVERIFY(QDir(path).removeRecursively());
            if (kind == QLatin1String("a link"))
                QVERIFY(QFile::link(elsewhere.path(), path));
            else if (kind == QLatin1String("a file"))
                QVERIFY(writeFile(path, "x"));
            else
                QVERIFY(QDir().mkdir(path));
        }
        QCOMPARE(keep(cache.path()), path);
        QVERIFY(isCopyOf(path, m_resource));
        QCOMPARE(modeOf(path), 0700u);
        QCOMPARE(readFile(precious), QByteArray("mine"));
        QCOMPARE(entriesOf(cache.path()).size(), qsizetype(1));
    }

    void whereItCannotBeWrittenThatIsSaid()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("file"));
        QVERIFY(writeFile(file, "x"));
        const ResourceFolder some(m_resource, QStringLiteral("some"));
        const QString cache = file + QStringLiteral("/interleave");
        const Result<QString> kept = some.keepIn(cache);
        QVERIFY(!kept.isOk());
        QCOMPARE(kept.error().code, ErrorCode::Io);
        const QString message = QString::fromStdString(kept.error().message);
        QVERIFY2(message.startsWith(cache + QStringLiteral(" cannot be written: ")),
                 qPrintable(message));
        // A file that is there is not written over.
        const QTemporaryDir taken;
        QVERIFY(writeFile(taken.filePath(QStringLiteral("threads.py")), "mine"));
        const Result<void> written = some.writeTo(taken.path());
        QVERIFY(!written.isOk());
        QVERIFY(QString::fromStdString(written.error().message)
                    .startsWith(taken.filePath(QStringLiteral("threads.py"))));
        QCOMPARE(readFile(taken.filePath(QStringLiteral("threads.py"))), QByteArray("mine"));
    }

    void aResourceThatIsNotThereIsEmpty()
    {
        QVERIFY(ResourceFolder(QStringLiteral(":/no/such"), QStringLiteral("some")).isEmpty());
        QVERIFY(!ResourceFolder(m_resource, QStringLiteral("some")).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestResourceFolder)
#include "tst_resourcefolder.moc"
