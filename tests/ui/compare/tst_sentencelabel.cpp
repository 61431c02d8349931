// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/sentencelabel.h"

#include <QTest>
#include <QVBoxLayout>

using namespace Interleave;

class TstSentenceLabel : public QObject
{
    Q_OBJECT

private slots:
    void withoutASentenceItIsAway();
    void itAsksForAllOfItsLines();
    void aNarrowerPlaceNeedsMoreLines();
    void beforeItIsShownItAsksForOneLine();
};

namespace
{

const QString kSentence = QStringLiteral("Twenty-four queries took their turns. ").repeated(8);

/// A sentence above something that takes what is left.
struct Page {
    QWidget widget;
    SentenceLabel *label = new SentenceLabel(&widget);

    explicit Page(int widthPx)
    {
        auto *layout = new QVBoxLayout(&widget);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(label);
        layout->addStretch(1);
        widget.resize(widthPx, 400);
        widget.show();
    }
};

} // namespace

void TstSentenceLabel::withoutASentenceItIsAway()
{
    Page page(400);
    page.label->setSentence(kSentence);
    QVERIFY(!page.label->isHidden());
    page.label->setSentence({});
    QVERIFY(page.label->isHidden());
}

void TstSentenceLabel::itAsksForAllOfItsLines()
{
    Page page(400);
    page.label->setSentence(kSentence);
    QTRY_COMPARE(page.label->width(), 400);
    QCOMPARE(page.label->minimumSizeHint().height(), page.label->heightForWidth(400));
    QVERIFY(page.label->heightForWidth(400) > 2 * page.label->fontMetrics().height());
    QTRY_VERIFY(page.widget.layout()->minimumSize().height() >= page.label->heightForWidth(400));
}

void TstSentenceLabel::aNarrowerPlaceNeedsMoreLines()
{
    Page page(400);
    page.label->setSentence(kSentence);
    QTRY_COMPARE(page.label->width(), 400);
    const int before = page.label->minimumSizeHint().height();
    page.widget.resize(200, 400);
    QTRY_COMPARE(page.label->width(), 200);
    QVERIFY(page.label->minimumSizeHint().height() > before);
}

void TstSentenceLabel::beforeItIsShownItAsksForOneLine()
{
    SentenceLabel label;
    label.setText(kSentence);
    label.resize(80, 20);
    QVERIFY(label.minimumSizeHint().height() < label.heightForWidth(80));
}

QTEST_MAIN(TstSentenceLabel)
#include "tst_sentencelabel.moc"
