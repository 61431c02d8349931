// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/toolbar.h"

#include "ui/mainwindow/windowactions.h"

#include <QAction>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QToolTip>

#include <initializer_list>

namespace Interleave
{

namespace
{

enum class Glyph { Run, Stop, Dot };

QPixmap glyphPixmap(Glyph glyph, const QColor &color, qreal ratio)
{
    constexpr int kSize = 14;
    QPixmap pixmap(QSize(kSize, kSize) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    switch (glyph) {
    case Glyph::Run: {
        const QPointF corners[3] = {{3, 1.5}, {12.5, 7}, {3, 12.5}};
        painter.drawConvexPolygon(corners, 3);
        break;
    }
    case Glyph::Stop:
        painter.drawRect(QRectF(3, 3, 8, 8));
        break;
    case Glyph::Dot:
        painter.drawEllipse(QRectF(3, 3, 8, 8));
        break;
    }
    return pixmap;
}

QIcon glyphIcon(Glyph glyph, const QColor &color, const QColor &disabled, qreal ratio)
{
    QIcon icon(glyphPixmap(glyph, color, ratio));
    icon.addPixmap(glyphPixmap(glyph, disabled, ratio), QIcon::Disabled);
    return icon;
}

} // namespace

ToolBar::ToolBar(const WindowActions &actions, QWidget *parent)
    : QWidget(parent)
    , m_filter(new QLineEdit(this))
    , m_chip(new QPushButton(this))
    , m_busy(new QProgressBar(this))
{
    setObjectName(QStringLiteral("toolBar"));
    setAttribute(Qt::WA_StyledBackground);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 7, 12, 5);
    row->setSpacing(8);

    actions.run->setIconText(
        tr("Run  %1").arg(actions.run->shortcut().toString(QKeySequence::NativeText)));
    actions.stop->setIconText(tr("Stop"));
    actions.compare->setIconText(tr("Compare all models"));
    m_run = addButton("runButton", actions.run);
    m_run->setProperty("role", QStringLiteral("primary"));
    m_stop = addButton("stopButton", actions.stop);
    QToolButton *compare = addButton("compareButton", actions.compare);
    m_live = addButton("liveButton", actions.live);
    QToolButton *fit = addButton("fitButton", actions.fit);
    auto *exportButton = new QToolButton(this);
    exportButton->setObjectName(QStringLiteral("exportButton"));
    exportButton->setText(tr("Export ▾"));
    exportButton->setToolTip(tr("Write what the timeline shows to a file"));
    exportButton->setAccessibleName(tr("Export"));
    exportButton->setPopupMode(QToolButton::InstantPopup);
    exportButton->setMenu(actions.exportMenu);
    exportButton->setFocusPolicy(Qt::StrongFocus);

    m_filter->setObjectName(QStringLiteral("trackFilter"));
    m_filter->setPlaceholderText(tr("Filter tracks"));
    m_filter->setAccessibleName(tr("Filter tracks by name"));
    m_filter->setToolTip(tr("Only tracks whose name contains this (Ctrl+F)"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(90);
    m_filter->setMaximumWidth(170);
    m_filter->installEventFilter(this);
    m_chip->setObjectName(QStringLiteral("sourceChip"));
    m_chip->setAccessibleName(tr("Source of the truth"));
    m_chip->hide();

    for (QWidget *widget : std::initializer_list<QWidget *>{m_run, m_stop, compare})
        row->addWidget(widget);
    auto *rule = new QFrame(this);
    rule->setObjectName(QStringLiteral("toolBarRule"));
    rule->setFixedSize(1, 20);
    row->addWidget(rule);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_live, fit, exportButton, m_filter})
        row->addWidget(widget);
    row->addStretch(1);
    row->addWidget(m_chip);

    m_busy->setObjectName(QStringLiteral("busyLine"));
    m_busy->setAccessibleName(tr("Running"));
    m_busy->setTextVisible(false);
    m_busy->setFixedHeight(2);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 1);
    layout->setSpacing(0);
    layout->addLayout(row);
    layout->addWidget(m_busy);
    setBusy(false);

    connect(m_filter, &QLineEdit::textChanged, this, &ToolBar::filterChanged);
    connect(m_chip, &QPushButton::clicked, this, [this] {
        QToolTip::showText(m_chip->mapToGlobal(QPoint(0, m_chip->height())), m_chip->toolTip(),
                           m_chip);
    });
}

QToolButton *ToolBar::addButton(const char *name, QAction *action)
{
    auto *button = new QToolButton(this);
    button->setObjectName(QString::fromLatin1(name));
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::StrongFocus);
    QString accessible = action->text();
    accessible.remove(u'&');
    button->setAccessibleName(accessible);
    QString tip = accessible;
    if (!action->shortcut().isEmpty())
        tip += QStringLiteral(" (%1)").arg(action->shortcut().toString(QKeySequence::NativeText));
    action->setToolTip(tip);
    return button;
}

void ToolBar::setTheme(const Theme &theme)
{
    m_theme = theme;
    const qreal ratio = devicePixelRatioF();
    const QColor faint =
        QColor::fromRgb(Theme::blended(theme.panel.rgb(), theme.mutedText.rgb(), 130));
    m_run->defaultAction()->setIcon(glyphIcon(Glyph::Run, theme.accentText, faint, ratio));
    m_stop->defaultAction()->setIcon(glyphIcon(Glyph::Stop, theme.text, faint, ratio));
    QIcon live = glyphIcon(Glyph::Dot, theme.waiting, faint, ratio);
    live.addPixmap(glyphPixmap(Glyph::Dot, theme.alert, ratio), QIcon::Normal, QIcon::On);
    m_live->defaultAction()->setIcon(live);
    styleChip();
}

void ToolBar::setSourceChip(const SourceChip &chip)
{
    m_isGood = chip.good;
    m_chip->setText(chip.text);
    m_chip->setToolTip(chip.detail.isEmpty() ? chip.text : chip.detail);
    m_chip->setAccessibleDescription(chip.text + QStringLiteral(". ") + chip.detail);
    m_chip->setProperty("good", chip.good);
    m_chip->style()->unpolish(m_chip);
    m_chip->style()->polish(m_chip);
    styleChip();
    m_chip->setVisible(!chip.text.isEmpty());
}

void ToolBar::styleChip()
{
    m_chip->setIcon(
        glyphPixmap(Glyph::Dot, m_isGood ? m_theme.good : m_theme.alert, devicePixelRatioF()));
}

void ToolBar::setBusy(bool busy)
{
    // An empty range makes the bar move.
    m_busy->setRange(0, busy ? 0 : 1);
    if (!busy)
        m_busy->setValue(0);
}

void ToolBar::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

bool ToolBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_filter && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape
        && !m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace Interleave
