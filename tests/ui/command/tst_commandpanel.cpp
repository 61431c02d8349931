// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/commandcompleter.h"
#include "ui/command/commandpanel.h"
#include "ui/command/environmenttable.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Interleave;

class TstCommandPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_path = qgetenv("PATH"); }
    void init();
    void cleanup() { qputenv("PATH", m_path); }

    void anEmptyLineIsNotReady();
    void whatStandsInTheFieldsIsTheCommand();
    void theSentenceBelowTheLineFollowsTheTyping();
    void aMissingFolderIsSaid();
    void enterAsksToRun();
    void theLastWordIsCompleted();
    void aWordThatIsWholeIsNotOffered();
    void completionsOfAnotherWordAreNotOffered();
    void locksAreToldByTheHelperOnly();
    void theEnvironmentIsFoldedAndGrowsByARow();
    void whatIsFilledInIsNoChangeOfEachField();
    void aStateIsShownUntilItIsTakenAway();

private:
    QByteArray m_path;
};

namespace
{

template<typename T>
T *find(const CommandPanel &panel, const char *name)
{
    return panel.findChild<T *>(QString::fromLatin1(name));
}

void makeProgram(const QString &path)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

} // namespace

void TstCommandPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstCommandPanel::anEmptyLineIsNotReady()
{
    CommandPanel panel;
    QVERIFY(!panel.isReady());
    QVERIFY(!panel.command().isOk());
    QSignalSpy changes(&panel, &CommandPanel::changed);
    find<QLineEdit>(panel, "commandLine")->setText(QStringLiteral("ls"));
    QVERIFY(panel.isReady());
    QVERIFY(changes.count() >= 1);
    find<QLineEdit>(panel, "commandLine")->setText(QStringLiteral("ls 'a"));
    QVERIFY(!panel.isReady());
    find<QLineEdit>(panel, "commandLine")->setText(QStringLiteral("   "));
    QVERIFY(!panel.isReady());
}

void TstCommandPanel::whatStandsInTheFieldsIsTheCommand()
{
    CommandPanel panel;
    CommandSpec spec;
    spec.words = QStringList{QStringLiteral("python3"), QStringLiteral("my script.py"), QString(),
                             QStringLiteral("it's")};
    spec.folder = QStringLiteral("/tmp");
    spec.inputFile = QStringLiteral("/etc/hostname");
    spec.environment =
        QStringList{QStringLiteral("A=b=c"), QStringLiteral("EMPTY="), QStringLiteral("AWAY")};
    spec.askPython = true;
    spec.showLocks = true;
    spec.follow = true;
    panel.setCommand(spec);
    QVERIFY(panel.command().isOk());
    QVERIFY(panel.command().value() == spec);
    panel.setCommand(CommandSpec());
    QVERIFY(!panel.isReady());
    QVERIFY(!find<QCheckBox>(panel, "commandFollow")->isChecked());
}

void TstCommandPanel::theSentenceBelowTheLineFollowsTheTyping()
{
    CommandPanel panel;
    auto *line = find<QLineEdit>(panel, "commandLine");
    const auto *hint = find<QLabel>(panel, "commandHint");
    QTRY_VERIFY(hint->text().contains(QStringLiteral("drop a script")));
    QTest::keyClicks(line, QStringLiteral("no-such-program-at-all"));
    QTRY_VERIFY2(hint->text().contains(QStringLiteral("no-such-program-at-all")),
                 qPrintable(hint->text()));
    QCOMPARE(hint->property("role").toString(), QStringLiteral("fault"));
    line->clear();
    QTest::keyClicks(line, QStringLiteral("sh -c true"));
    QTRY_VERIFY2(hint->text().contains(QStringLiteral("/sh")), qPrintable(hint->text()));
    QCOMPARE(hint->property("role").toString(), QStringLiteral("small"));
    QCOMPARE(line->accessibleDescription(), hint->text());
}

void TstCommandPanel::aMissingFolderIsSaid()
{
    CommandPanel panel;
    CommandSpec spec;
    spec.words = QStringList{QStringLiteral("sh")};
    spec.folder = QStringLiteral("/no/such/folder");
    panel.setCommand(spec);
    const auto *hint = find<QLabel>(panel, "commandHint");
    QTRY_VERIFY2(hint->text().contains(QStringLiteral("/no/such/folder")),
                 qPrintable(hint->text()));
}

void TstCommandPanel::enterAsksToRun()
{
    CommandPanel panel;
    QSignalSpy runs(&panel, &CommandPanel::runRequested);
    auto *line = find<QLineEdit>(panel, "commandLine");
    line->setText(QStringLiteral("sh"));
    QTest::keyClick(line, Qt::Key_Return);
    QCOMPARE(runs.count(), 1);
}

void TstCommandPanel::theLastWordIsCompleted()
{
    const QTemporaryDir folder;
    makeProgram(folder.filePath(QStringLiteral("toolbox")));
    makeProgram(folder.filePath(QStringLiteral("tool kit")));
    qputenv("PATH", QFile::encodeName(folder.path()));
    CommandPanel panel;
    panel.show();
    auto *line = find<QLineEdit>(panel, "commandLine");
    auto *completer = panel.findChild<CommandCompleter *>();
    QVERIFY(completer);
    QTest::keyClicks(line, QStringLiteral("too"));
    QTRY_COMPARE(completer->model()->rowCount(), 2);
    completer->setCompletionPrefix(line->text());
    QCOMPARE(completer->completionCount(), 2);
    completer->setCurrentRow(0); // alphabetical
    QCOMPARE(completer->currentCompletion(), QStringLiteral("'tool kit'"));
    completer->setCurrentRow(1);
    QCOMPARE(completer->currentCompletion(), QStringLiteral("toolbox"));

    line->setText(QStringLiteral("toolbox --in "));
    find<QLineEdit>(panel, "commandFolder")->setText(folder.path());
    QTest::keyClicks(line, QStringLiteral("t"));
    QTRY_COMPARE(completer->model()->rowCount(), 2);
    completer->setCompletionPrefix(line->text());
    completer->setCurrentRow(0);
    QCOMPARE(completer->currentCompletion(), QStringLiteral("toolbox --in 'tool kit'"));
}

void TstCommandPanel::aWordThatIsWholeIsNotOffered()
{
    QLineEdit line;
    CommandCompleter completer(&line);
    line.show();
    line.activateWindow();
    line.setFocus();
    QTRY_VERIFY(line.hasFocus());
    line.setText(QStringLiteral("python3 /tmp/loc"));
    completer.offer({QStringLiteral("/tmp/locks.py")});
    QVERIFY(completer.popup()->isVisible());
    line.setText(QStringLiteral("python3 /tmp/locks.py"));
    completer.offer({QStringLiteral("/tmp/locks.py")});
    QVERIFY(!completer.popup()->isVisible());
}

void TstCommandPanel::completionsOfAnotherWordAreNotOffered()
{
    const QTemporaryDir folder;
    makeProgram(folder.filePath(QStringLiteral("toolbox")));
    qputenv("PATH", QFile::encodeName(folder.path()));
    CommandPanel panel;
    auto *line = find<QLineEdit>(panel, "commandLine");
    auto *completer = panel.findChild<CommandCompleter *>();
    QTest::keyClicks(line, QStringLiteral("tool"));
    QTRY_COMPARE(completer->model()->rowCount(), 1);
    QTest::keyClicks(line, QStringLiteral(" ")); // at once, before anything was looked for
    QCOMPARE(completer->model()->rowCount(), 0);
}

void TstCommandPanel::locksAreToldByTheHelperOnly()
{
    CommandPanel panel;
    CommandSpec spec;
    spec.words = QStringList{QStringLiteral("python3")};
    spec.showLocks = true;
    panel.setCommand(spec);
    auto *ask = find<QCheckBox>(panel, "commandAskPython");
    const auto *locks = find<QCheckBox>(panel, "commandShowLocks");
    QVERIFY(locks->isEnabled());
    ask->setChecked(false);
    QVERIFY(!locks->isEnabled());
    QVERIFY(!panel.command().value().showLocks);
    ask->setChecked(true);
    QVERIFY(panel.command().value().showLocks); // what was chosen before
}

void TstCommandPanel::theEnvironmentIsFoldedAndGrowsByARow()
{
    CommandPanel panel;
    auto *table = panel.findChild<EnvironmentTable *>();
    auto *toggle = find<QPushButton>(panel, "commandEnvironmentToggle");
    QVERIFY(table->isHidden());
    toggle->click();
    QVERIFY(!table->isHidden());
    QCOMPARE(table->rowCount(), 1);
    QVERIFY(table->entries().isEmpty());
    table->item(0, 0)->setText(QStringLiteral("NAME"));
    QCOMPARE(table->rowCount(), 2);
    QCOMPARE(table->entries(), QStringList{QStringLiteral("NAME=")});
    table->item(0, 1)->setText(QStringLiteral("a = b"));
    table->item(1, 0)->setText(QStringLiteral("-AWAY"));
    QCOMPARE(table->entries(), (QStringList{QStringLiteral("NAME=a = b"), QStringLiteral("AWAY")}));
    table->item(2, 0)->setText(QStringLiteral("N=O")); // no name
    QCOMPARE(table->entries().size(), qsizetype(2));
    QVERIFY(toggle->text().contains(u'2'));
    table->setCurrentCell(0, 0);
    QTest::keyClick(table, Qt::Key_Delete);
    QCOMPARE(table->entries(), QStringList{QStringLiteral("AWAY")});
    toggle->click();
    QVERIFY(table->isHidden());
}

void TstCommandPanel::whatIsFilledInIsNoChangeOfEachField()
{
    CommandPanel panel;
    CommandSpec spec;
    spec.words = QStringList{QStringLiteral("ls")};
    spec.folder = QStringLiteral("/tmp");
    spec.follow = true;
    QSignalSpy changes(&panel, &CommandPanel::changed);
    panel.setCommand(spec);
    QCOMPARE(changes.count(), 1);
}

void TstCommandPanel::aStateIsShownUntilItIsTakenAway()
{
    CommandPanel panel;
    const auto *state = find<QLabel>(panel, "commandState");
    QVERIFY(state->isHidden());
    panel.setState(QStringLiteral("Running for 2 s"));
    QVERIFY(!state->isHidden());
    panel.setState(QStringLiteral("It was not started"), true);
    QCOMPARE(state->property("role").toString(), QStringLiteral("fault"));
    panel.setState({});
    QVERIFY(state->isHidden());
}

QTEST_MAIN(TstCommandPanel)
#include "tst_commandpanel.moc"
