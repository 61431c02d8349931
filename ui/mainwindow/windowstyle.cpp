// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/windowstyle.h"

#include <utility>
#include <vector>

namespace Interleave
{

namespace
{

// Names between two @ are replaced by colours and sizes.
const char kRules[] = R"(
QWidget#toolBar { background: @panel@; border-bottom: 1px solid @line@; }
QWidget#galleryPanel, QWidget#rightPanel { background: @panel@; }
QWidget#centre, QWidget#bottomArea { background: @canvas@; }
QWidget#parameterPanel, QWidget#commandPanel { border-top: 1px solid @line@; }
QListView#taskSets, QListView#taskSets:focus { border: none; background: @panel@; }
QMenuBar { border: none; }
QStatusBar QLabel { color: @mutedText@; font-size: @small@px; padding: 0 10px; }

QLabel[role="section"] { font-weight: 600; }
QLabel[role="fault"] { color: @alertText@; font-size: @small@px; }
QPushButton[role="link"], QPushButton[role="link"]:disabled { background: transparent; border: none; padding: 2px 0; color: @accent@; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border: none; padding: 2px 0; text-decoration: underline; }
QPushButton[role="link"]:disabled { color: @faint@; }

QFrame[role="field"] { background: @field@; border: 1px solid @line@; border-radius: 6px; padding: 0 6px 0 0; }
QFrame[role="field"] QAbstractSpinBox, QFrame[role="field"] QAbstractSpinBox:focus { background: transparent; border: none; padding: 4px 6px; }
QFrame[role="field"] QAbstractSpinBox:focus { color: @accent@; }
QFrame[role="field"] QSlider::handle:horizontal { width: 10px; height: 10px; margin: -3px 0; border-radius: 5px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: none; }

QPushButton#sourceChip, QPushButton#sourceChip:hover, QPushButton#sourceChip:pressed { border: 1px solid transparent; border-radius: 11px; padding: 3px 12px 3px 8px; background: @goodFill@; color: @goodText@; font-size: @small@px; font-weight: 600; }
QPushButton#sourceChip[good="false"] { background: @alertFill@; color: @alertText@; }
QPushButton#sourceChip:focus { border: 1px solid @accent@; }

QFrame#banner { background: @alertFill@; border-bottom: 1px solid @line@; }
QFrame#banner[alert="false"] { background: @selection@; }
QFrame#banner QToolButton { background: transparent; border: 1px solid transparent; padding: 1px 6px; }
QFrame#banner QToolButton:focus { border: 1px solid @accent@; }

QScrollArea#inspectorPanel { border: 1px solid transparent; }
QScrollArea#inspectorPanel:focus { border: 1px solid @accent@; }
QFrame#whyBox { background: @field@; border: 1px solid @line@; border-radius: 6px; }
QFrame#rule { background: @line@; border: none; }
QFrame#toolBarRule { background: @line@; border: none; }
QPlainTextEdit, QPlainTextEdit:focus { border: none; border-radius: 0; background: @canvas@; padding: 8px 12px; }
QTableView, QTableView:focus { border: none; }
QProgressBar#busyLine { background: @panel@; border: none; border-radius: 0; }
QProgressBar#busyLine::chunk { background: @accent@; border-radius: 0; }
)";

QString mixed(const QColor &base, const QColor &over, int share)
{
    return QColor::fromRgb(Theme::blended(base.rgb(), over.rgb(), share)).name();
}

} // namespace

QString windowStyleSheet(const Theme &theme)
{
    const bool isDark = theme.kind == Theme::Kind::Dark;
    const int fill = isDark ? 34 : 40;
    const int toText = isDark ? 40 : 110; // the hue alone is too pale or too dark to be read
    const QColor field = isDark
        ? QColor::fromRgb(Theme::blended(theme.panel.rgb(), theme.text.rgb(), 6))
        : theme.canvas;
    const std::vector<std::pair<QString, QString>> values{
        {QStringLiteral("panel"), theme.panel.name()},
        {QStringLiteral("canvas"), theme.canvas.name()},
        {QStringLiteral("line"), theme.line.name()},
        {QStringLiteral("field"), field.name()},
        {QStringLiteral("text"), theme.text.name()},
        {QStringLiteral("mutedText"), theme.mutedText.name()},
        {QStringLiteral("faint"), mixed(theme.panel, theme.mutedText, 130)},
        {QStringLiteral("accent"), theme.accent.name()},
        {QStringLiteral("selection"), theme.selection.name()},
        {QStringLiteral("goodFill"), mixed(theme.panel, theme.good, fill)},
        {QStringLiteral("goodText"), mixed(theme.good, theme.text, toText)},
        {QStringLiteral("alertFill"), mixed(theme.panel, theme.alert, fill)},
        {QStringLiteral("alertText"), mixed(theme.alert, theme.text, toText)},
        {QStringLiteral("small"), QString::number(theme.smallFont.pixelSize())},
    };
    QString sheet = QString::fromUtf8(kRules);
    for (const auto &[name, value] : values)
        sheet.replace(u'@' + name + u'@', value);
    return sheet;
}

} // namespace Interleave
