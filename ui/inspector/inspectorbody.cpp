// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspectorbody.h"

#include "ui/chart/chartview.h"
#include "ui/inspector/statewords.h"
#include "ui/inspector/waitforscene.h"
#include "ui/timeline/timescale.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace Interleave
{

namespace
{

constexpr qsizetype kLongestKeyInOneLine = 20; ///< characters

QLabel *makeLabel(const QString &text, const char *role, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText); // names come from programs: never markup
    label->setWordWrap(true);
    if (role)
        label->setProperty("role", QString::fromLatin1(role));
    return label;
}

QLabel *makeValue(const QString &text, bool isUnknown, QWidget *parent)
{
    QLabel *label = makeLabel(text, nullptr, parent);
    label->setAlignment(Qt::AlignRight | Qt::AlignTop);
    if (isUnknown) {
        label->setToolTip(unknownWords());
        label->setAccessibleName(unknownWords()); // a dash says nothing when it is read out
    }
    return label;
}

DurationNs wholeOf(const std::vector<InspectorContent::Share> &shares)
{
    DurationNs whole = 0;
    for (const InspectorContent::Share &share : shares)
        whole += share.time;
    return whole;
}

} // namespace

SwatchWidget::SwatchWidget(Swatch swatch, const QColor &color, const Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_swatch(swatch)
    , m_color(color)
    , m_theme(theme)
{
    setFixedSize(14, 14);
}

void SwatchWidget::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintSwatch(painter, QRectF(1, 1, 12, 12), m_swatch, m_color, m_theme);
}

ShareBar::ShareBar(std::vector<InspectorContent::Share> shares, const QColor &color,
                   const Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_shares(std::move(shares))
    , m_color(color)
    , m_theme(theme)
{
    setFixedHeight(16);
    setAccessibleName(tr("Where the time went"));
    QStringList texts;
    const DurationNs whole = wholeOf(m_shares);
    for (const InspectorContent::Share &share : m_shares) {
        texts << share.label + u' '
                + (share.isUnknown ? unknownWords() : percentWords(share.time, whole));
    }
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    setToolTip(texts.join(u'\n'));
}

void ShareBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const DurationNs whole = wholeOf(m_shares);
    if (whole <= 0) {
        painter.fillRect(rect(), m_theme.line);
        return;
    }
    qreal x = 0;
    for (const InspectorContent::Share &share : m_shares) {
        if (share.time <= 0)
            continue;
        // A part that is there stays visible, however small.
        const qreal wanted = std::max<qreal>(2, qreal(width()) * qreal(share.time) / qreal(whole));
        const qreal w = std::min(wanted, qreal(width()) - x);
        if (w > 0) {
            paintSwatch(painter, QRectF(x, 0, std::max<qreal>(w - 1, 1), height()),
                        swatchOf(share.state, share.reason), m_color, m_theme);
        }
        x += w;
    }
}

InspectorBody::InspectorBody(const InspectorContent &content, const Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_layout(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("inspectorBody"));
    m_layout->setContentsMargins(16, 14, 16, 12);
    m_layout->setSpacing(6);
    addHead(content);
    if (content.isWhyFirst)
        addWhy(content);
    addWaits(content);
    addChart(content);
    addFacts(content.facts);
    if (!content.isWhyFirst)
        addWhy(content);
    addShares(content);
    addFacts(content.sums);
    addList(content);
    addQuestion(content);
    if (!content.hint.isEmpty())
        m_layout->addWidget(makeLabel(content.hint, "small", this));
    m_layout->addStretch(1);
}

void InspectorBody::addHead(const InspectorContent &content)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(6);
    QLabel *title = makeLabel(content.title, "heading", this);
    title->setObjectName(QStringLiteral("inspectorTitle"));
    row->addWidget(title, 1);
    if (content.task) {
        row->addWidget(
            new SwatchWidget(Swatch::Solid, m_theme.taskColor(*content.task), m_theme, this), 0,
            Qt::AlignTop | Qt::AlignRight);
    }
    m_layout->addLayout(row);
    if (!content.subtitle.isEmpty()) {
        QLabel *subtitle = makeLabel(content.subtitle, "small", this);
        subtitle->setObjectName(QStringLiteral("inspectorSubtitle"));
        m_layout->addWidget(subtitle);
    }
}

void InspectorBody::addFacts(const std::vector<InspectorContent::Fact> &facts)
{
    if (facts.empty())
        return;
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1); // the values have all the room that the keys leave
    int row = 0;
    for (const InspectorContent::Fact &fact : facts) {
        QLabel *key = makeLabel(fact.key, "muted", this);
        key->setWordWrap(fact.key.size() > kLongestKeyInOneLine);
        grid->addWidget(key, row, 0, Qt::AlignTop);
        grid->addWidget(makeValue(fact.value, fact.isUnknown, this), row, 1, Qt::AlignTop);
        ++row;
    }
    m_layout->addLayout(grid);
}

void InspectorBody::addWhy(const InspectorContent &content)
{
    if (content.why.isEmpty())
        return;
    addRule();
    addSection(content.whyTitle);
    auto *box = new QFrame(this);
    box->setObjectName(QStringLiteral("whyBox"));
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(10, 8, 10, 8);
    QLabel *text = makeLabel(content.why, nullptr, box);
    text->setObjectName(QStringLiteral("inspectorWhy"));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(text);
    m_layout->addWidget(box);
}

void InspectorBody::addWaits(const InspectorContent &content)
{
    if (content.waits.empty())
        return;
    addSection(content.waitsTitle);
    m_layout->addWidget(new WaitForPicture(content.waits, content.isWaitsChain, m_theme, this));
    m_layout->addSpacing(4);
}

void InspectorBody::addChart(const InspectorContent &content)
{
    if (!content.chart)
        return;
    addSection(content.chart->title);
    m_layout->addWidget(new ChartView(*content.chart, m_theme, this));
    m_layout->addSpacing(4);
}

void InspectorBody::addShares(const InspectorContent &content)
{
    if (content.shares.empty())
        return;
    addSection(content.sharesTitle);
    const QColor color = m_theme.taskColor(content.task.value_or(kNoTask));
    m_layout->addWidget(new ShareBar(content.shares, color, m_theme, this));
    const DurationNs whole = wholeOf(content.shares);
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const InspectorContent::Share &share : content.shares) {
        grid->addWidget(new SwatchWidget(swatchOf(share.state, share.reason), color, m_theme, this),
                        row, 0, Qt::AlignVCenter);
        grid->addWidget(makeLabel(share.label, nullptr, this), row, 1);
        if (share.isUnknown) {
            grid->addWidget(makeValue(dashMark(), true, this), row, 2, 1, 2, Qt::AlignRight);
        } else {
            auto *time = new QLabel(durationLabel(share.time), this);
            grid->addWidget(time, row, 2, Qt::AlignRight);
            auto *percent = new QLabel(percentWords(share.time, whole), this);
            grid->addWidget(percent, row, 3, Qt::AlignRight);
        }
        ++row;
    }
    m_layout->addLayout(grid);
}

void InspectorBody::addList(const InspectorContent &content)
{
    if (content.list.empty())
        return;
    addRule();
    addSection(content.listTitle);
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const InspectorContent::Row &entry : content.list) {
        if (entry.task) {
            grid->addWidget(
                new SwatchWidget(Swatch::Solid, m_theme.taskColor(*entry.task), m_theme, this), row,
                0);
        }
        grid->addWidget(makeLabel(entry.name, nullptr, this), row, 1);
        grid->addWidget(makeValue(entry.value, entry.isUnknown, this), row, 2);
        ++row;
        if (!entry.detail.isEmpty())
            grid->addWidget(makeLabel(entry.detail, "small", this), row++, 1, 1, 2);
    }
    m_layout->addLayout(grid);
}

void InspectorBody::addQuestion(const InspectorContent &content)
{
    if (content.question.isEmpty())
        return;
    addRule();
    addSection(tr("Question"));
    QLabel *question = makeLabel(content.question, nullptr, this);
    question->setObjectName(QStringLiteral("inspectorQuestion"));
    m_layout->addWidget(question);
    if (content.answer.isEmpty())
        return;
    auto *link = new QPushButton(tr("Show answer"), this);
    link->setObjectName(QStringLiteral("showAnswer"));
    link->setProperty("role", QStringLiteral("link"));
    link->setFlat(true);
    link->setCursor(Qt::PointingHandCursor);
    QLabel *answer = makeLabel(content.answer, "muted", this);
    answer->setObjectName(QStringLiteral("inspectorAnswer"));
    answer->hide();
    connect(link, &QPushButton::clicked, answer, [link, answer] {
        answer->setVisible(answer->isHidden());
        link->setText(answer->isHidden() ? tr("Show answer") : tr("Hide answer"));
    });
    m_layout->addWidget(link, 0, Qt::AlignLeft);
    m_layout->addWidget(answer);
}

void InspectorBody::addSection(const QString &title)
{
    if (!title.isEmpty())
        m_layout->addWidget(makeLabel(title, "section", this));
}

void InspectorBody::addRule()
{
    auto *rule = new QFrame(this);
    rule->setObjectName(QStringLiteral("rule"));
    rule->setFixedHeight(1);
    m_layout->addSpacing(4);
    m_layout->addWidget(rule);
    m_layout->addSpacing(2);
}

} // namespace Interleave
