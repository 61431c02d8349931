// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runcontroller.h"
#include "core/run/setprogram.h"
#include "core/taskset/catalogue.h"
#include "tests/core/run/foldercontents.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// What a set that starts a program starts: its files, and the Python that runs them.
class TestSetProgram : public QObject
{
    Q_OBJECT

private:
    Catalogue m_catalogue;
    QByteArray m_path; ///< of whoever runs this test
    std::unique_ptr<QTemporaryDir> m_folder;

    /// "NAME/python3" in the test's folder, a script. \return the folder of it.
    [[nodiscard]] QString script(const QString &name, const QByteArray &text) const
    {
        const QString path = place(name);
        if (!writeFile(path, text))
            qFatal("no script");
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return QFileInfo(path).path();
    }
    /// A program of this system in its place; a copy, or a link to it.
    [[nodiscard]] QString program(const QString &name, bool isLink) const
    {
        const QString real = QFileInfo(u"/bin/true"_s).canonicalFilePath();
        const QString path = place(name);
        if (isLink ? !QFile::link(real, path) : !QFile::copy(real, path))
            qFatal("no program");
        return QFileInfo(path).path();
    }
    [[nodiscard]] QString place(const QString &name) const
    {
        const QString folder = m_folder->filePath(name);
        QDir().mkpath(folder);
        return folder + u"/python3"_s;
    }
    static void setPath(const QStringList &folders)
    {
        qputenv("PATH", QFile::encodeName(folders.join(u':')));
    }
    [[nodiscard]] const TaskSet &example() const
    {
        const TaskSet *set = m_catalogue.find(u"python-threads"_s);
        if (!set)
            qFatal("there is no such set");
        return *set;
    }

private slots:
    void initTestCase()
    {
        m_catalogue = Catalogue::load().value();
        m_path = qgetenv("PATH");
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { qputenv("PATH", m_path); }

    void theScriptOfAVersionManagerIsLeftOut_data()
    {
        QTest::addColumn<bool>("isLink");
        QTest::newRow("a program") << false;
        QTest::newRow("a link to one") << true;
    }
    void theScriptOfAVersionManagerIsLeftOut()
    {
        QFETCH(bool, isLink);
        const QString shims = script(u"shims"_s, "#!/bin/sh\nexit 1\n");
        const QString real = program(u"real"_s, isLink);
        const QString later = program(u"later"_s, false);
        setPath({m_folder->filePath(u"no such"_s), shims, real, later});
        QCOMPARE(pythonInterpreter(), real + u"/python3"_s);
        setPath({later, shims, real});
        QCOMPARE(pythonInterpreter(), later + u"/python3"_s);
    }

    void whereThereAreOnlyScriptsItIsTheFirst()
    {
        const QString first = script(u"first"_s, "#!/bin/sh\nexit 1\n");
        const QString second = script(u"second"_s, "#!/bin/sh\nexit 2\n");
        setPath({first, second});
        QCOMPARE(pythonInterpreter(), first + u"/python3"_s);
    }

    void whatCannotBeStartedIsNoPython()
    {
        const QString folder = m_folder->filePath(u"folder"_s);
        QVERIFY(QDir().mkpath(folder + u"/python3"_s));
        const QString unfit = program(u"unfit"_s, false);
        QVERIFY(QFile::setPermissions(unfit + u"/python3"_s, QFile::ReadOwner));
        const QString empty = script(u"empty"_s, {});
        setPath({folder, unfit, empty});
        QCOMPARE(pythonInterpreter(), empty + u"/python3"_s);
        setPath({folder, unfit});
        QCOMPARE(pythonInterpreter(), u"python3"_s); // whose absence is told when it is started
    }

    void theExampleIsOnTheDiskAndStartedByThatPython()
    {
        const QString real = program(u"real"_s, true);
        setPath({script(u"shims"_s, "#!/bin/sh\nexit 1\n"), real});
        const QString cache = m_folder->filePath(u"cache"_s);
        const Result<CommandSpec> spec = programOf(example(), example().defaults(), cache);
        QVERIFY2(spec.isOk(), spec ? "" : spec.error().message.c_str());
        const QString folder = examplesFolder(cache).value();
        QCOMPARE(spec.value().words,
                 (QStringList{real + u"/python3"_s, folder + u"/threads.py"_s, u"--pace"_s,
                              u"class"_s, u"--work"_s, u"wait"_s}));
        QVERIFY(folder.startsWith(cache + u"/examples-"_s));
        QVERIFY(isCopyOf(folder, u":/python/examples"_s));
        QCOMPARE(modeOf(folder), 0700u);
    }

    void aCommandOfAFileIsStartedAsItStands()
    {
        setPath({script(u"shims"_s, "#!/bin/sh\nexit 1\n"), program(u"real"_s, true)});
        TaskSet set;
        set.title = u"Mine"_s;
        set.command.emplace().words = QStringList{u"python3"_s, u"{python}"_s};
        const QString cache = m_folder->filePath(u"cache"_s);
        const Result<CommandSpec> spec = programOf(set, {}, cache);
        QVERIFY(spec.isOk());
        QCOMPARE(spec.value().words, (QStringList{u"python3"_s, u"{python}"_s}));
        QVERIFY(!QFileInfo::exists(cache)); // nobody has asked for the examples
    }

    void examplesThatCannotBeWrittenAreTold()
    {
        const QString file = m_folder->filePath(u"file"_s);
        QVERIFY(writeFile(file, "x"));
        const Result<CommandSpec> spec =
            programOf(example(), example().defaults(), file + u"/interleave"_s);
        QVERIFY(!spec.isOk());
        QCOMPARE(spec.error().code, ErrorCode::Io);
        const QString message = QString::fromStdString(spec.error().message);
        QVERIFY2(message.contains(file + u"/interleave"_s), qPrintable(message));
        QVERIFY2(message.contains(u"XDG_CACHE_HOME"_s), qPrintable(message)); // what to do
        QVERIFY(!programOf(TaskSet(), {}, file).isOk());
    }

    void aRunFindsTheProgramOfItsSet()
    {
        const QString python = pythonInterpreter();
        if (!QFileInfo(python).isAbsolute())
            QSKIP("there is no python3 in PATH");
        const QString note = m_folder->filePath(u"note"_s);
        const QString shims =
            script(u"shims"_s, "#!/bin/sh\ntouch '" + QFile::encodeName(note) + "'\nexit 1\n");
        qputenv("PATH", QFile::encodeName(shims) + ':' + m_path);
        if (pythonInterpreter() != python)
            QSKIP("the only python3 in PATH is a script");
        RunRequest request;
        request.set = example();
        request.model = u"command"_s;
        request.params = request.set.defaults();
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request);
        QVERIFY(!finished.isEmpty() || finished.wait(60'000));
        const auto report = finished.first().first().value<RunReport>();
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(report.message));
        QVERIFY(report.command.has_value());
        QCOMPARE(report.command->spec.words.first(), python);
        QCOMPARE(report.slug, u"python-threads"_s);
        QVERIFY(!QFileInfo::exists(note));
    }
};

QTEST_GUILESS_MAIN(TestSetProgram)
#include "tst_setprogram.moc"
