// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/helperfolder.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

#include <sys/stat.h>
#include <unistd.h>

using namespace Interleave;

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
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static bool write(const QString &path, const QByteArray &contents)
    {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
    }
    static unsigned modeOf(const QString &path)
    {
        struct stat info = {};
        return ::lstat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 07777 : 0;
    }
    /// Whether the folder has exactly the files of the resource, with their contents.
    static bool isWhole(const QString &folder)
    {
        const QDir resource(QStringLiteral(":/python"));
        const QStringList names = resource.entryList({QStringLiteral("*.py")}, QDir::Files);
        if (QDir(folder).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden) != names)
            return false;
        for (const QString &name : names) {
            if (read(folder + QLatin1Char('/') + name) != read(resource.filePath(name)))
                return false;
        }
        return names.contains(QStringLiteral("sitecustomize.py"));
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
        // Nothing of its making is left.
        QCOMPARE(QDir(place).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(),
                 qsizetype(1));
    }

    void itStaysAndIsTakenAgainWithWhatPythonHasCompiled()
    {
        const QTemporaryDir cache;
        const QString path = make(cache.path())->path();
        QVERIFY(QDir(path).mkdir(QStringLiteral("__pycache__")));
        const QString compiled = path + QStringLiteral("/__pycache__/sitecustomize.pyc");
        QVERIFY(write(compiled, "compiled"));
        const auto again = make(cache.path());
        QCOMPARE(again->path(), path);
        QCOMPARE(read(compiled), QByteArray("compiled"));
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
        const QString path = make(cache.path())->path();
        const QString file = path + QStringLiteral("/sitecustomize.py");
        const QString precious = elsewhere.filePath(QStringLiteral("precious.txt"));
        QVERIFY(write(precious, "mine"));
        if (kind == QLatin1String("changed")) {
            QVERIFY(write(file, "import os\n"));
        } else if (kind == QLatin1String("missing")) {
            QVERIFY(QFile::remove(file));
        } else if (kind == QLatin1String("one more")) {
            QVERIFY(write(path + QStringLiteral("/random.py"), "x = 1\n"));
        } else if (kind == QLatin1String("open to others")) {
            QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0777), 0);
        } else {
            QVERIFY(QDir(path).removeRecursively());
            if (kind == QLatin1String("a link"))
                QVERIFY(QFile::link(elsewhere.path(), path));
            else if (kind == QLatin1String("a file"))
                QVERIFY(write(path, "x"));
            else
                QVERIFY(QDir().mkdir(path));
        }
        const auto again = make(cache.path());
        QCOMPARE(again->path(), path);
        QVERIFY(isWhole(path));
        QCOMPARE(modeOf(path), 0700u);
        QCOMPARE(read(precious), QByteArray("mine"));
        QCOMPARE(QDir(cache.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(),
                 qsizetype(1));
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
        QVERIFY(write(folder.filePath(QStringLiteral("file")), "x"));
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
        QVERIFY(write(file, "x"));
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
