// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/mainwindow/windowfixture.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"

#include <QJsonObject>
#include <QSpinBox>
#include <QTest>

#include <utility>

using namespace Interleave;

namespace
{

QString selected(const MainWindow &window)
{
    return find<GalleryPanel>(window, "galleryPanel")->selectedSlug();
}

QString lastSet()
{
    return QSettings().value(QStringLiteral("window/set")).toString();
}

} // namespace

/// The files of a person's own sets lie on a slow disk: they are read when the window is there already.
class TstLateOwnSets : public QObject, private WindowFixture
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void theSetThatWasSelectedLastIsSelectedWhenItComes();
    void itComesWithTheModelAndTheValuesThatItHad();
    void whoHasChosenSomethingMeanwhileKeepsIt();
    void whoHasSetAValueMeanwhileKeepsTheSet();
    void aSetWhoseFileIsGoneIsNotWaitedFor();
    void aWindowThatIsClosedBeforeKeepsTheSelection();

private:
    [[nodiscard]] Catalogue withOwn(const QStringList &names) const;
};

void TstLateOwnSets::initTestCase()
{
    prepare(QStringLiteral("tst_lateownsets"));
}

/// The window was left with the own set "mine/one".
void TstLateOwnSets::init()
{
    beginAnew();
    QSettings().setValue(QStringLiteral("window/set"), QStringLiteral("mine/one"));
}

Catalogue TstLateOwnSets::withOwn(const QStringList &names) const
{
    std::vector<TaskSet> sets;
    for (const QString &name : names) {
        TaskSet set = *m_catalogue.find(QStringLiteral("primes"));
        set.id.clear();
        set.basedOn = set.slug;
        set.slug = QStringLiteral("mine/") + name;
        set.title = name;
        set.group = QStringLiteral("Mine");
        set.path = QStringLiteral("/data/%1.json").arg(name);
        sets.push_back(set);
    }
    Catalogue catalogue = m_catalogue;
    catalogue.setOwnSets(std::move(sets));
    return catalogue;
}

void TstLateOwnSets::theSetThatWasSelectedLastIsSelectedWhenItComes()
{
    const auto window = makeWindow();
    QVERIFY(!selected(*window).isEmpty());
    QVERIFY(selected(*window) != QStringLiteral("mine/one"));
    window->setCatalogue(withOwn({QStringLiteral("one"), QStringLiteral("two")}));
    QCOMPARE(selected(*window), QStringLiteral("mine/one"));
    QCOMPARE(find<ParameterPanel>(*window, "parameterPanel")->taskSet().slug,
             QStringLiteral("mine/one"));
}

void TstLateOwnSets::itComesWithTheModelAndTheValuesThatItHad()
{
    {
        MainWindow window(withOwn({QStringLiteral("one")}), Theme::Kind::Light);
        window.show();
        window.selectTaskSet(QStringLiteral("mine/one"), QStringLiteral("pool"),
                             QJsonObject{{QStringLiteral("tasks"), 3}});
        window.close(); // remembers
    }
    const auto window = makeWindow();
    window->setCatalogue(withOwn({QStringLiteral("one")}));
    const auto *parameters = find<ParameterPanel>(*window, "parameterPanel");
    QCOMPARE(parameters->taskSet().slug, QStringLiteral("mine/one"));
    QCOMPARE(parameters->model(), QStringLiteral("pool"));
    QCOMPARE(parameters->params().value(QStringLiteral("tasks")).toInt(), 3);
}

void TstLateOwnSets::whoHasChosenSomethingMeanwhileKeepsIt()
{
    const auto window = makeWindow();
    find<GalleryPanel>(*window, "galleryPanel")->select(QStringLiteral("ordering"));
    window->setCatalogue(withOwn({QStringLiteral("one")}));
    QCOMPARE(selected(*window), QStringLiteral("ordering"));
    window->close();
    QCOMPARE(lastSet(), QStringLiteral("ordering"));
}

void TstLateOwnSets::whoHasSetAValueMeanwhileKeepsTheSet()
{
    const auto window = makeWindow();
    const QString first = selected(*window);
    const auto boxes = find<ParameterPanel>(*window, "parameterPanel")->findChildren<QSpinBox *>();
    QSpinBox *value = nullptr;
    for (QSpinBox *box : boxes) {
        if (box->objectName().startsWith(QStringLiteral("value.")))
            value = box;
    }
    QVERIFY(value);
    value->setValue(value->value() == value->minimum() ? value->maximum() : value->minimum());
    window->setCatalogue(withOwn({QStringLiteral("one")}));
    QCOMPARE(selected(*window), first);
}

void TstLateOwnSets::aSetWhoseFileIsGoneIsNotWaitedFor()
{
    const auto window = makeWindow();
    const QString first = selected(*window);
    window->setCatalogue(withOwn({QStringLiteral("two")}));
    QCOMPARE(selected(*window), first);
    window->setCatalogue(withOwn({QStringLiteral("one"), QStringLiteral("two")}));
    QCOMPARE(selected(*window), first); // a file of that name that came later is another one
}

void TstLateOwnSets::aWindowThatIsClosedBeforeKeepsTheSelection()
{
    const auto window = makeWindow();
    window->close();
    QCOMPARE(lastSet(), QStringLiteral("mine/one"));
}

QTEST_MAIN(TstLateOwnSets)
#include "tst_lateownsets.moc"
