// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ownsetsworker.h"
#include "app/owntasksets.h"
#include "app/session.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/gallery/tasksetmodel.h"
#include "ui/mainwindow/mainwindow.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileDialog>
#include <QFrame>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <memory>

using namespace Interleave;

namespace
{

/// The window and the engine behind it, over a catalogue as the program has it.
struct Program {
    static Catalogue catalogue()
    {
        Catalogue catalogue = Catalogue::load().value();
        addOwnTaskSets(catalogue);
        return catalogue;
    }

    Program()
        : window(catalogue(), Theme::Kind::Light)
        , session(catalogue(), window, &files)
    {
        window.resize(1280, 720);
        window.show();
    }

    template<typename T>
    T *find(const char *name) const
    {
        return window.findChild<T *>(QString::fromLatin1(name));
    }
    [[nodiscard]] QAction *action(const char *name) const { return find<QAction>(name); }
    [[nodiscard]] TaskSetModel *model() const
    {
        return find<GalleryPanel>("galleryPanel")->model();
    }
    [[nodiscard]] QString shownSlug() const
    {
        return find<ParameterPanel>("parameterPanel")->taskSet().slug;
    }
    [[nodiscard]] QString banner() const
    {
        return find<QFrame>("banner")->isHidden() ? QString() : find<QLabel>("bannerText")->text();
    }

    /// What a person does to keep the values shown under a title.
    void save(const QString &title)
    {
        action("actionSaveSet")->trigger();
        auto *dialog = find<QDialog>("saveSetDialog");
        QVERIFY(dialog);
        dialog->findChild<QLineEdit *>(QStringLiteral("setTitle"))->setText(title);
        QTest::mouseClick(dialog->findChild<QPushButton *>(QStringLiteral("saveSet")),
                          Qt::LeftButton);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        waitForFiles();
    }

    /// Until all that was asked for has been done with the files and shown.
    void waitForFiles()
    {
        bool isLast = false;
        QObject context;
        QObject::connect(&files, &OwnSetsWorker::answered, &context,
                         [&isLast](const OwnSetsAnswer &answer) {
                             isLast = isLast || (answer.isError && answer.message.isEmpty());
                         });
        files.post([] { // answered behind all the others, and not shown
            OwnSetsAnswer last;
            last.isError = true;
            return last;
        });
        QTRY_VERIFY_WITH_TIMEOUT(isLast, 10'000);
    }

    void drop(const QString &path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent dropped(QPointF(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &dropped);
        waitForFiles();
    }

    OwnSetsWorker files;
    MainWindow window;
    Session session;
};

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QByteArray derived(const QByteArray &title)
{
    return "{\"schema\": \"interleave.taskset/1\", \"based_on\": \"two-sleepers\", \"title\": \""
        + title + "\", \"params\": {\"tasks\": 3}}";
}

} // namespace

/// A person's own task sets in the real window: saved, found under Mine, run, deleted.
class TestOwnSets : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_settings;
    std::unique_ptr<QTemporaryDir> m_data;

    [[nodiscard]] QString elsewhere(const char *name) const
    {
        return m_settings.filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] static QString inFolder(const char *name)
    {
        return ownTaskSetFolder() + QLatin1Char('/') + QLatin1String(name);
    }

private slots:
    void initTestCase()
    {
        QCoreApplication::setOrganizationName(QStringLiteral("interleave-tests"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_ownsets"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    }

    void init()
    {
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
        QSettings().clear();
        m_data = std::make_unique<QTemporaryDir>();
        QVERIFY(m_data->isValid());
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_data->path()));
        QVERIFY(ownTaskSetFolder().startsWith(m_data->path()));
    }

    void aSavedSetIsFoundRunAndDeleted()
    {
        Program program;
        program.window.selectTaskSet(
            QStringLiteral("primes"), QStringLiteral("pool"),
            {{QStringLiteral("tasks"), 2}, {QStringLiteral("work_ms"), 50}});
        program.save(QStringLiteral("My primes"));
        QCOMPARE(program.banner(), QString());
        QVERIFY(QFile::exists(inFolder("my-primes.json")));
        QCOMPARE(program.shownSlug(), QStringLiteral("mine/my-primes"));
        const QModelIndex row =
            program.model()->index(program.model()->rowOf(QStringLiteral("mine/my-primes")));
        QCOMPARE(row.data().toString(), QStringLiteral("My primes"));
        QCOMPARE(row.siblingAtRow(row.row() - 1).data().toString(), QStringLiteral("Mine"));

        QSignalSpy reports(&program.session, &Session::runReported);
        program.action("actionRun")->trigger();
        QVERIFY(!reports.isEmpty() || reports.wait(60'000));
        const auto report = reports.first().first().value<RunReport>();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.taskSet, QStringLiteral("mine/my-primes"));
        QCOMPARE(report.slug, QStringLiteral("primes"));
        QCOMPARE(report.title, QStringLiteral("My primes"));
        QCOMPARE(report.model, QStringLiteral("pool"));
        QCOMPARE(report.statistics.tasks.size(), std::size_t(3)); // main, and two
        QVERIFY(!report.sentence.isEmpty());

        emit program.find<GalleryPanel>("galleryPanel")
            ->removeRequested(QStringLiteral("mine/my-primes"));
        auto *question = program.find<QMessageBox>("removeSetDialog");
        QVERIFY(question);
        QVERIFY(question->informativeText().contains(inFolder("my-primes.json")));
        QVERIFY(QFile::exists(inFolder("my-primes.json")));
        QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("removeSetButton")),
                          Qt::LeftButton);
        program.waitForFiles();
        QVERIFY(!QFile::exists(inFolder("my-primes.json")));
        QCOMPARE(program.model()->rowOf(QStringLiteral("mine/my-primes")), -1);
        QVERIFY(!program.shownSlug().startsWith(QStringLiteral("mine/")));
    }

    void aDeletionThatIsNotConfirmedDeletesNothing()
    {
        Program program;
        program.save(QStringLiteral("Kept"));
        auto *list = program.find<QListView>("taskSets");
        QTest::keyClick(list, Qt::Key_Delete);
        auto *question = program.find<QMessageBox>("removeSetDialog");
        QVERIFY(question);
        question->reject();
        QVERIFY(QFile::exists(inFolder("kept.json")));
        QVERIFY(program.model()->rowOf(QStringLiteral("mine/kept")) >= 0);
    }

    void theNextStartFindsItWithItsValues()
    {
        {
            Program program;
            program.window.selectTaskSet(QStringLiteral("primes"), QStringLiteral("threads"),
                                         {{QStringLiteral("tasks"), 7}});
            program.save(QStringLiteral("Seven"));
            program.window.close();
        }
        Program next;
        QCOMPARE(next.shownSlug(), QStringLiteral("mine/seven"));
        QCOMPARE(next.find<QSpinBox>("value.tasks")->value(), 7);
        next.find<QSpinBox>("value.tasks")->setValue(9);
        next.find<QPushButton>("resetParameters")->click();
        QCOMPARE(next.find<QSpinBox>("value.tasks")->value(), 7);
    }

    void theGalleryFollowsWhenTheFilesWereReadLate()
    {
        QVERIFY(QDir().mkpath(ownTaskSetFolder()));
        writeFile(inFolder("late.json"), derived("Late"));
        OwnSetsWorker files;
        MainWindow window(Catalogue::load().value(), Theme::Kind::Light);
        Session session(Catalogue::load().value(), window, &files);
        auto *model = window.findChild<GalleryPanel *>(QStringLiteral("galleryPanel"))->model();
        QCOMPARE(model->rowOf(QStringLiteral("mine/late")), -1);
        files.read(Catalogue::load().value());
        QTRY_VERIFY_WITH_TIMEOUT(model->rowOf(QStringLiteral("mine/late")) >= 0, 10'000);
        window.selectTaskSet(QStringLiteral("mine/late")); // and the session knows it, too
        QSignalSpy reports(&session, &Session::runReported);
        window.findChild<QAction *>(QStringLiteral("actionRun"))->trigger();
        QVERIFY(!reports.isEmpty() || reports.wait(60'000));
        QCOMPARE(reports.first().first().value<RunReport>().taskSet, QStringLiteral("mine/late"));
    }

    void theSameTitleReplacesTheFile()
    {
        Program program;
        program.window.selectTaskSet(QStringLiteral("primes"), QStringLiteral("threads"),
                                     {{QStringLiteral("tasks"), 3}});
        program.save(QStringLiteral("Again"));
        program.find<QSpinBox>("value.tasks")->setValue(5);
        program.save(QStringLiteral("Again"));
        QCOMPARE(QDir(ownTaskSetFolder()).entryList(QDir::Files).size(), 1);
        QCOMPARE(program.find<QSpinBox>("value.tasks")->value(), 5);
        QFile file(inFolder("again.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(object.value(QStringLiteral("params"))
                     .toObject()
                     .value(QStringLiteral("tasks"))
                     .toInt(),
                 5);
        QCOMPARE(object.value(QStringLiteral("based_on")).toString(), QStringLiteral("primes"));
    }

    void aFileThatIsNotUsableIsNotOverwritten()
    {
        QVERIFY(QDir().mkpath(ownTaskSetFolder()));
        writeFile(inFolder("again.json"), "to be mended");
        Program program;
        program.save(QStringLiteral("Again"));
        QFile file(inFolder("again.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("to be mended"));
        QVERIFY(QFile::exists(inFolder("again-2.json")));
        QCOMPARE(program.shownSlug(), QStringLiteral("mine/again"));
    }

    void aDroppedFileStaysWhereItIsAndIsRemembered()
    {
        const QString path = elsewhere("dropped.json");
        writeFile(path, derived("Dropped"));
        {
            Program program;
            program.drop(path);
            QCOMPARE(program.shownSlug(), QStringLiteral("mine/dropped"));
            QCOMPARE(program.find<QSpinBox>("value.tasks")->value(), 3);
        }
        Program next;
        QVERIFY(next.model()->rowOf(QStringLiteral("mine/dropped")) >= 0);
        emit next.find<GalleryPanel>("galleryPanel")
            ->removeRequested(QStringLiteral("mine/dropped"));
        auto *question = next.find<QMessageBox>("removeSetDialog");
        QVERIFY(question);
        QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("removeSetButton")),
                          Qt::LeftButton);
        next.waitForFiles();
        QCOMPARE(next.model()->rowOf(QStringLiteral("mine/dropped")), -1);
        QVERIFY(QFile::exists(path));
        QVERIFY(!Program::catalogue().find(QStringLiteral("mine/dropped")));
    }

    void theOpenDialogTellsThePaths()
    {
        const QString path = elsewhere("opened.json");
        writeFile(path, derived("Opened"));
        Program program;
        program.action("actionOpenSet")->trigger();
        auto *dialog = program.find<QFileDialog>("openSetDialog");
        QVERIFY(dialog);
        emit dialog->filesSelected({path});
        dialog->close();
        program.waitForFiles();
        QCOMPARE(program.shownSlug(), QStringLiteral("mine/opened"));
    }

    void twoFilesThatAreOpenedAtOnceAreBothThere()
    {
        const QStringList paths{elsewhere("one.json"), elsewhere("two.json")};
        writeFile(paths[0], derived("One"));
        writeFile(paths[1], derived("Two"));
        Program program;
        for (const QString &path : paths)
            emit program.window.taskSetOpenRequested(path);
        program.waitForFiles();
        QVERIFY(program.model()->rowOf(QStringLiteral("mine/one")) >= 0);
        QVERIFY(program.model()->rowOf(QStringLiteral("mine/two")) >= 0);
        QCOMPARE(program.shownSlug(), QStringLiteral("mine/two"));
    }

    void saveAsAsksForTheFile()
    {
        const QString path = elsewhere("as.json");
        Program program;
        program.window.selectTaskSet(QStringLiteral("primes"));
        program.action("actionSaveSet")->trigger();
        auto *dialog = program.find<QDialog>("saveSetDialog");
        QVERIFY(dialog);
        dialog->findChild<QLineEdit *>(QStringLiteral("setTitle"))
            ->setText(QStringLiteral("Some where"));
        QTest::mouseClick(dialog->findChild<QPushButton *>(QStringLiteral("saveSetAs")),
                          Qt::LeftButton);
        auto *files = program.find<QFileDialog>("saveSetFileDialog");
        QVERIFY(files);
        QCOMPARE(files->acceptMode(), QFileDialog::AcceptSave);
        emit files->fileSelected(path);
        files->close();
        program.waitForFiles();
        QVERIFY(QFile::exists(path));
        QCOMPARE(program.shownSlug(), QStringLiteral("mine/some-where"));
        QVERIFY(program.model()
                    ->index(program.model()->rowOf(QStringLiteral("mine/some-where")))
                    .data(TaskSetModel::IsLinkedRole)
                    .toBool());
    }

    void aFaultyFileThatIsDroppedIsNamedWithItsLine()
    {
        const QString path = elsewhere("faulty.json");
        writeFile(path,
                  "{\n\"schema\": \"interleave.taskset/1\",\n\"based_on\": \"nothing\",\n"
                  "\"title\": \"x\"\n}");
        Program program;
        const int before = program.model()->setCount();
        program.drop(path);
        QVERIFY2(program.banner().contains(QStringLiteral("faulty.json, line 3: ")),
                 qPrintable(program.banner()));
        QCOMPARE(program.model()->setCount(), before);
    }

    void oneBadFileLosesNoOther()
    {
        QVERIFY(QDir().mkpath(ownTaskSetFolder()));
        writeFile(inFolder("bad.json"), "{\n\n!");
        writeFile(inFolder("good.json"), derived("Good"));
        Program program;
        QVERIFY(program.model()->rowOf(QStringLiteral("mine/good")) >= 0);
        const QModelIndex bad =
            program.model()->index(program.model()->rowOf(QStringLiteral("mine/bad-json")));
        QVERIFY(bad.isValid());
        QVERIFY(!bad.data(TaskSetModel::IsUsableRole).toBool());
        QVERIFY(bad.data(Qt::ToolTipRole).toString().contains(QStringLiteral("bad.json, line 3")));
        program.window.selectTaskSet(QStringLiteral("mine/bad-json"));
        QVERIFY(!program.action("actionRun")->isEnabled());
        QVERIFY(!program.action("actionCompare")->isEnabled());
        QVERIFY(!program.action("actionSaveSet")->isEnabled());
        program.window.selectTaskSet(QStringLiteral("mine/good"));
        QVERIFY(program.action("actionRun")->isEnabled());
    }

    void aCommandIsNamedInFullAndRunOnlyAfterAYes()
    {
        QVERIFY(QDir().mkpath(ownTaskSetFolder()));
        writeFile(inFolder("command.json"),
                  "{\"schema\": \"interleave.taskset/1\", \"title\": \"Greet\", "
                  "\"command\": [\"echo\", \"hello\"]}");
        Program program;
        program.window.selectTaskSet(QStringLiteral("mine/greet"));
        QVERIFY(!program.action("actionSaveSet")->isEnabled());
        QSignalSpy asked(&program.window, &MainWindow::runRequested);
        QSignalSpy report(&program.session, &Session::runReported);
        program.action("actionRun")->trigger();
        auto *box = program.find<QMessageBox>("startCommandDialog");
        QVERIFY(box);
        QVERIFY2(box->text().contains(QStringLiteral("echo hello")), qPrintable(box->text()));
        QVERIFY(box->informativeText().contains(inFolder("command.json")));
        QTest::mouseClick(box->button(QMessageBox::Cancel), Qt::LeftButton);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(asked.isEmpty());
        QVERIFY(program.action("actionRun")->isEnabled());
        QVERIFY(!program.action("actionStop")->isEnabled());

        program.action("actionRun")->trigger();
        box = program.find<QMessageBox>("startCommandDialog");
        QVERIFY(box);
        QTest::mouseClick(box->findChild<QPushButton *>(QStringLiteral("startCommandButton")),
                          Qt::LeftButton);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QCOMPARE(asked.count(), 1);
        QVERIFY(report.wait(60'000));
        const auto run = report.first().first().value<RunReport>();
        QVERIFY(run.command.has_value());
        QCOMPARE(run.command->exitCode.value_or(-1), 0);
        QCOMPARE(run.lines.size(), std::size_t(1));
        QCOMPARE(run.lines.front().text, QStringLiteral("hello"));

        // It has been agreed to once.
        program.action("actionRun")->trigger();
        QVERIFY(!program.find<QMessageBox>("startCommandDialog"));
        QCOMPARE(asked.count(), 2);
        QVERIFY(report.wait(60'000));
    }

    void aFolderThatCannotBeMadeIsTold()
    {
        writeFile(elsewhere("blocked"), "not a folder");
        qputenv("XDG_DATA_HOME", QFile::encodeName(elsewhere("blocked")));
        Program program;
        const int before = program.model()->setCount();
        program.save(QStringLiteral("Nowhere"));
        QVERIFY2(program.banner().contains(QStringLiteral("Save as")),
                 qPrintable(program.banner()));
        QVERIFY2(program.banner().contains(ownTaskSetFolder()), qPrintable(program.banner()));
        QCOMPARE(program.model()->setCount(), before);
    }

    void aComparisonOfAnOwnSetKnowsIt()
    {
        Program program;
        program.window.selectTaskSet(
            QStringLiteral("two-sleepers"), QStringLiteral("threads"),
            {{QStringLiteral("iterations"), 1}, {QStringLiteral("period_ms"), 50}});
        program.save(QStringLiteral("Short sleepers"));
        QSignalSpy compared(&program.session, &Session::comparisonReported);
        program.action("actionCompare")->trigger();
        QVERIFY(!compared.isEmpty() || compared.wait(60'000));
        const auto comparison = compared.first().first().value<Comparison>();
        QCOMPARE(comparison.taskSet, QStringLiteral("mine/short-sleepers"));
        QVERIFY(comparison.models.size() >= 5);
        QVERIFY(!comparison.sentence.isEmpty());
    }
};

QTEST_MAIN(TestOwnSets)
#include "tst_ownsets.moc"
