// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/tasksetmodel.h"

#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <utility>

using namespace Interleave;

class TstGalleryPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void anotherCatalogueKeepsTheSelection();
    void aSetThatHasGoneGivesTheSelectionToTheFirst();
    void aSearchSurvivesAnotherCatalogue();
    void deleteAsksToRemoveOnlyOwnSets();
    void onlyOwnSetsHaveAMenu();

private:
    [[nodiscard]] Catalogue withOwnSets(const QStringList &titles) const;

    Catalogue m_catalogue;
};

namespace
{

QListView *listOf(const GalleryPanel &panel)
{
    return panel.findChild<QListView *>(QStringLiteral("taskSets"));
}

/// Asks for the menu where a set's row is drawn.
void askForMenu(const GalleryPanel &panel, const QString &slug)
{
    QListView *list = listOf(panel);
    const QModelIndex index = panel.model()->index(panel.model()->rowOf(slug));
    list->scrollTo(index);
    emit list->customContextMenuRequested(list->visualRect(index).center());
}

} // namespace

void TstGalleryPanel::initTestCase()
{
    m_catalogue = Catalogue::load().value();
}

void TstGalleryPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

Catalogue TstGalleryPanel::withOwnSets(const QStringList &titles) const
{
    std::vector<TaskSet> sets;
    for (const QString &title : titles) {
        TaskSet set = *m_catalogue.find(QStringLiteral("primes"));
        set.id.clear();
        set.basedOn = set.slug;
        set.slug = QStringLiteral("mine/") + title;
        set.title = title;
        set.group = QStringLiteral("Mine");
        set.path = QStringLiteral("/data/%1.json").arg(title);
        sets.push_back(set);
    }
    Catalogue catalogue = m_catalogue;
    catalogue.setOwnSets(std::move(sets));
    return catalogue;
}

void TstGalleryPanel::anotherCatalogueKeepsTheSelection()
{
    GalleryPanel panel(m_catalogue);
    panel.select(QStringLiteral("ordering"));
    QSignalSpy selected(&panel, &GalleryPanel::taskSetSelected);
    panel.setCatalogue(withOwnSets({QStringLiteral("one")}));
    QCOMPARE(panel.selectedSlug(), QStringLiteral("ordering"));
    QCOMPARE(listOf(panel)->currentIndex().data(TaskSetModel::SlugRole).toString(),
             QStringLiteral("ordering"));
    QCOMPARE(selected.count(), 0);
    panel.select(QStringLiteral("mine/one"));
    QCOMPARE(panel.selectedSlug(), QStringLiteral("mine/one"));
}

void TstGalleryPanel::aSetThatHasGoneGivesTheSelectionToTheFirst()
{
    GalleryPanel panel(withOwnSets({QStringLiteral("one")}));
    panel.select(QStringLiteral("mine/one"));
    QSignalSpy selected(&panel, &GalleryPanel::taskSetSelected);
    panel.setCatalogue(m_catalogue);
    QCOMPARE(selected.count(), 1);
    QCOMPARE(panel.selectedSlug(), m_catalogue.sets().front().slug);
}

void TstGalleryPanel::aSearchSurvivesAnotherCatalogue()
{
    GalleryPanel panel(m_catalogue);
    panel.select(QStringLiteral("primes"));
    auto *search = panel.findChild<QLineEdit *>(QStringLiteral("search"));
    search->setText(QStringLiteral("mine"));
    panel.setCatalogue(withOwnSets({QStringLiteral("one"), QStringLiteral("two")}));
    QVERIFY(panel.model()->rowOf(QStringLiteral("mine/two")) >= 0);
    QCOMPARE(panel.model()->rowOf(QStringLiteral("primes")), -1);
    QCOMPARE(panel.selectedSlug(), QStringLiteral("primes"));
    QVERIFY(search->placeholderText().contains(QString::number(m_catalogue.sets().size() + 2)));
}

void TstGalleryPanel::deleteAsksToRemoveOnlyOwnSets()
{
    GalleryPanel panel(withOwnSets({QStringLiteral("one")}));
    QSignalSpy removals(&panel, &GalleryPanel::removeRequested);
    panel.select(QStringLiteral("primes"));
    QTest::keyClick(listOf(panel), Qt::Key_Delete);
    QCOMPARE(removals.count(), 0);
    panel.select(QStringLiteral("mine/one"));
    QTest::keyClick(listOf(panel), Qt::Key_Delete);
    QCOMPARE(removals.count(), 1);
    QCOMPARE(removals.first().first().toString(), QStringLiteral("mine/one"));
}

void TstGalleryPanel::onlyOwnSetsHaveAMenu()
{
    GalleryPanel panel(withOwnSets({QStringLiteral("one")}));
    panel.setTheme(Theme::make(Theme::Kind::Light));
    panel.resize(260, 700);
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    askForMenu(panel, QStringLiteral("primes"));
    QVERIFY(!panel.findChild<QMenu *>(QStringLiteral("taskSetMenu")));

    QSignalSpy removals(&panel, &GalleryPanel::removeRequested);
    askForMenu(panel, QStringLiteral("mine/one"));
    auto *menu = panel.findChild<QMenu *>(QStringLiteral("taskSetMenu"));
    QVERIFY(menu);
    QCOMPARE(panel.selectedSlug(), QStringLiteral("mine/one"));
    menu->findChild<QAction *>(QStringLiteral("removeTaskSet"))->trigger();
    QCOMPARE(removals.count(), 1);
    menu->close();
}

QTEST_MAIN(TstGalleryPanel)
#include "tst_gallerypanel.moc"
