// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/savesetdialog.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Interleave;

class TstSaveSetDialog : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void aNewTitleCanBeSaved();
    void theTitleIsToldWithoutItsSpaces();
    void nothingIsNoTitle();
    void theTitleOfABuiltInSetIsTaken_data();
    void theTitleOfABuiltInSetIsTaken();
    void theTitleOfAnOwnSetReplacesIt();
    void cancelTellsNothing();

private:
    [[nodiscard]] Catalogue withOwnSet() const;

    Catalogue m_catalogue;
};

namespace
{

QPushButton *button(const SaveSetDialog &dialog, const char *name)
{
    return dialog.findChild<QPushButton *>(QString::fromLatin1(name));
}

QString hint(const SaveSetDialog &dialog)
{
    return dialog.findChild<QLabel *>(QStringLiteral("setTitleHint"))->text();
}

} // namespace

void TstSaveSetDialog::initTestCase()
{
    m_catalogue = Catalogue::load().value();
}

void TstSaveSetDialog::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

Catalogue TstSaveSetDialog::withOwnSet() const
{
    TaskSet set = *m_catalogue.find(QStringLiteral("primes"));
    set.id.clear();
    set.basedOn = set.slug;
    set.slug = QStringLiteral("mine/my-primes");
    set.title = QStringLiteral("My primes");
    set.path = QStringLiteral("/data/my-primes.json");
    Catalogue catalogue = m_catalogue;
    catalogue.setOwnSets({set});
    return catalogue;
}

void TstSaveSetDialog::aNewTitleCanBeSaved()
{
    SaveSetDialog dialog(m_catalogue, QStringLiteral("Primes (mine)"));
    QSignalSpy saves(&dialog, &SaveSetDialog::saveRequested);
    QSignalSpy asks(&dialog, &SaveSetDialog::saveAsRequested);
    QVERIFY(hint(dialog).contains(QStringLiteral("Mine")));
    QVERIFY(button(dialog, "saveSetAs")->isEnabled());
    button(dialog, "saveSet")->click();
    QCOMPARE(saves.count(), 1);
    QCOMPARE(saves.first().first().toString(), QStringLiteral("Primes (mine)"));
    QCOMPARE(asks.count(), 0);
    QCOMPARE(dialog.result(), int(QDialog::Accepted));
}

void TstSaveSetDialog::theTitleIsToldWithoutItsSpaces()
{
    SaveSetDialog dialog(m_catalogue, QStringLiteral("  Two   words "));
    QSignalSpy asks(&dialog, &SaveSetDialog::saveAsRequested);
    button(dialog, "saveSetAs")->click();
    QCOMPARE(asks.count(), 1);
    QCOMPARE(asks.first().first().toString(), QStringLiteral("Two words"));
}

void TstSaveSetDialog::nothingIsNoTitle()
{
    SaveSetDialog dialog(m_catalogue, QStringLiteral("x"));
    dialog.findChild<QLineEdit *>(QStringLiteral("setTitle"))->setText(QStringLiteral("   "));
    QVERIFY(!button(dialog, "saveSet")->isEnabled());
    QVERIFY(!button(dialog, "saveSetAs")->isEnabled());
    QVERIFY(!hint(dialog).isEmpty());
}

void TstSaveSetDialog::theTitleOfABuiltInSetIsTaken_data()
{
    QTest::addColumn<QString>("title");
    QTest::newRow("title") << QStringLiteral("Primes");
    QTest::newRow("other case") << QStringLiteral("two SLEEPERS");
    QTest::newRow("number") << QStringLiteral("S06");
}

void TstSaveSetDialog::theTitleOfABuiltInSetIsTaken()
{
    QFETCH(QString, title);
    const SaveSetDialog dialog(m_catalogue, title);
    QVERIFY(!button(dialog, "saveSet")->isEnabled());
    QVERIFY(!button(dialog, "saveSetAs")->isEnabled());
    QVERIFY(hint(dialog).contains(QStringLiteral("built-in")));
}

void TstSaveSetDialog::theTitleOfAnOwnSetReplacesIt()
{
    const SaveSetDialog dialog(withOwnSet(), QStringLiteral("my PRIMES"));
    QVERIFY(button(dialog, "saveSet")->isEnabled());
    QCOMPARE(button(dialog, "saveSet")->text(), QStringLiteral("&Replace"));
    QVERIFY(!button(dialog, "saveSetAs")->isEnabled());
    QVERIFY(hint(dialog).contains(QStringLiteral("/data/my-primes.json")));
    dialog.findChild<QLineEdit *>(QStringLiteral("setTitle"))->setText(QStringLiteral("Other"));
    QCOMPARE(button(dialog, "saveSet")->text(), QStringLiteral("&Save"));
}

void TstSaveSetDialog::cancelTellsNothing()
{
    SaveSetDialog dialog(m_catalogue, QStringLiteral("x"));
    QSignalSpy saves(&dialog, &SaveSetDialog::saveRequested);
    dialog.reject();
    QCOMPARE(saves.count(), 0);
}

QTEST_MAIN(TstSaveSetDialog)
#include "tst_savesetdialog.moc"
