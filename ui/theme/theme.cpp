// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QFontDatabase>
#include <QGuiApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace Interleave
{

namespace
{

constexpr std::size_t kHues = 12;

// Okabe and Ito's hues first, without their vermilion, which is the alert hue; then hues of Tol's
// muted scheme that stay apart from them in the simulations of the three colour deficiencies.
constexpr std::array<QRgb, kHues> kLightTasks{0xff0072b2, 0xffe69f00, 0xff009e73, 0xffcc79a7,
                                              0xff56b4e9, 0xff882255, 0xffc9b400, 0xff6a51a3,
                                              0xff44aa99, 0xff9c5a1e, 0xff6b7a12, 0xff332288};
constexpr std::array<QRgb, kHues> kDarkTasks{0xff3f9ad9, 0xffe8ae2e, 0xff22b586, 0xffd993bc,
                                             0xff7cc8f2, 0xffc45a8c, 0xfff0e05a, 0xff9c86d6,
                                             0xff66c9b8, 0xffc98a4b, 0xffa6b84a, 0xff7078d6};
constexpr std::array<QRgb, kHues> kProjectorTasks{0xff005f96, 0xffd18a00, 0xff00825d, 0xffb95c8e,
                                                  0xff2f93cf, 0xff75184a, 0xffa89600, 0xff573d92,
                                                  0xff2d8f7f, 0xff82450f, 0xff566309, 0xff261873};

/// sRGB component -> linear light, 0 ... 65535.
const std::array<int, 256> &linearTable()
{
    static const std::array<int, 256> table = [] {
        std::array<int, 256> t{};
        for (std::size_t i = 0; i < t.size(); ++i) {
            const double c = double(i) / 255;
            const double linear = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
            t[i] = int(std::lround(linear * 65535));
        }
        return t;
    }();
    return table;
}

/// Linear light in steps of 1/4095 -> sRGB component.
const std::array<unsigned char, 4096> &gammaTable()
{
    static const std::array<unsigned char, 4096> table = [] {
        std::array<unsigned char, 4096> t{};
        for (std::size_t i = 0; i < t.size(); ++i) {
            const double l = double(i) / 4095;
            const double c = l <= 0.0031308 ? l * 12.92 : 1.055 * std::pow(l, 1 / 2.4) - 0.055;
            t[i] = static_cast<unsigned char>(std::lround(c * 255));
        }
        return t;
    }();
    return table;
}

int blendedComponent(int base, int over, int share)
{
    const auto &linear = linearTable();
    const int mixed =
        (linear[std::size_t(base)] * (255 - share) + linear[std::size_t(over)] * share) / 255;
    return gammaTable()[std::size_t(mixed >> 4)];
}

double luminance(const QColor &color)
{
    const auto &linear = linearTable();
    return (0.2126 * linear[std::size_t(color.red())] + 0.7152 * linear[std::size_t(color.green())]
            + 0.0722 * linear[std::size_t(color.blue())])
        / 65535;
}

QFont baseFont()
{
    // The database of fonts may only be asked when there is a QGuiApplication.
    if (!qobject_cast<QGuiApplication *>(QCoreApplication::instance()))
        return QFont(QStringLiteral("Inter"));
    static const bool hasInter = QFontDatabase::hasFamily(QStringLiteral("Inter"));
    return hasInter ? QFont(QStringLiteral("Inter"))
                    : QFontDatabase::systemFont(QFontDatabase::GeneralFont);
}

/// Three sizes are all there is; in pixels, so that a picture is the same on every screen.
void setFonts(Theme &theme)
{
    theme.font = baseFont();
    theme.font.setPixelSize(int(std::lround(13 * theme.scale)));
    theme.smallFont = theme.font;
    theme.smallFont.setPixelSize(int(std::lround(11 * theme.scale)));
    theme.headingFont = theme.font;
    theme.headingFont.setPixelSize(int(std::lround(16 * theme.scale)));
    theme.headingFont.setWeight(QFont::DemiBold);
}

void setLightColors(Theme &theme)
{
    theme.window = QColor(0xf4, 0xf5, 0xf5);
    theme.panel = QColor(0xf4, 0xf5, 0xf5);
    theme.canvas = QColor(0xff, 0xff, 0xff);
    theme.laneHead = QColor(0xf3, 0xf4, 0xf4);
    theme.line = QColor(0xdd, 0xdf, 0xe1);
    theme.grid = QColor(0xe7, 0xe9, 0xeb);
    theme.text = QColor(0x1a, 0x1d, 0x21);
    theme.mutedText = QColor(0x5f, 0x66, 0x6e);
    theme.accent = QColor(0x00, 0x72, 0xb2);
    theme.accentText = QColor(Qt::white);
    theme.selection = QColor(0xe1, 0xef, 0xfa);
    theme.alert = QColor(0xd5, 0x5e, 0x00);
    theme.good = QColor(0x00, 0x9e, 0x73);
    theme.others = QColor(0xdc, 0xdf, 0xe3);
    theme.neutral = QColor(0x6b, 0x72, 0x80);
    theme.waiting = QColor(0x83, 0x8a, 0x93);
}

void setDarkColors(Theme &theme)
{
    theme.window = QColor(0x1c, 0x1f, 0x24);
    theme.panel = QColor(0x1c, 0x1f, 0x24);
    theme.canvas = QColor(0x16, 0x18, 0x1b);
    theme.laneHead = QColor(0x20, 0x24, 0x2a);
    theme.line = QColor(0x30, 0x35, 0x3c);
    theme.grid = QColor(0x25, 0x29, 0x2e);
    theme.text = QColor(0xe8, 0xea, 0xed);
    theme.mutedText = QColor(0xa0, 0xa7, 0xb0);
    theme.accent = QColor(0x3f, 0x9f, 0xe0);
    theme.accentText = QColor(0x08, 0x12, 0x1b);
    theme.selection = QColor(0x20, 0x36, 0x48);
    theme.alert = QColor(0xf0, 0x80, 0x3c);
    theme.good = QColor(0x22, 0xb5, 0x86);
    theme.others = QColor(0x34, 0x39, 0x40);
    theme.neutral = QColor(0x98, 0xa0, 0xaa);
    theme.waiting = QColor(0x8a, 0x92, 0x9c);
}

void setProjectorColors(Theme &theme)
{
    setLightColors(theme);
    theme.window = QColor(Qt::white);
    theme.panel = QColor(Qt::white);
    theme.laneHead = QColor(0xec, 0xef, 0xf2);
    theme.line = QColor(0x8d, 0x94, 0x9b);
    theme.grid = QColor(0xd0, 0xd5, 0xda);
    theme.text = QColor(Qt::black);
    theme.mutedText = QColor(0x33, 0x3a, 0x42);
    theme.accent = QColor(0x00, 0x5a, 0x96);
    theme.selection = QColor(0xcb, 0xe3, 0xf6);
    theme.alert = QColor(0xbd, 0x45, 0x00);
    theme.good = QColor(0x00, 0x79, 0x55);
    theme.others = QColor(0xc6, 0xcb, 0xd1);
    theme.neutral = QColor(0x45, 0x4c, 0x56);
    theme.waiting = QColor(0x55, 0x5c, 0x66);
}

/// The hues come round again lighter and darker; parts of 255 towards white (> 0) or black (< 0).
constexpr std::array<int, 5> kLightnessRounds{0, 96, -90, 150, -150};

// Names between two @ are replaced by colours. Flat and quiet: a frame only where something is typed
// into or pressed, one accent colour for what is chosen or focused.
const char kSheet[] = R"(
QMainWindow, QDialog, QDockWidget { background: @window@; color: @text@; }
QWidget { color: @text@; selection-background-color: @accent@; selection-color: @accentText@; }
QLabel { background: transparent; }
QLabel:disabled, QCheckBox:disabled, QRadioButton:disabled { color: @disabled@; }
QLabel[role="heading"] { font-size: @heading@px; font-weight: 600; }
QLabel[role="muted"] { color: @mutedText@; }
QLabel[role="muted"]:disabled { color: @disabled@; }
QLabel[role="small"] { color: @mutedText@; font-size: @small@px; }
QToolTip { background: @field@; color: @text@; border: 1px solid @line@; padding: 4px 6px; }
QToolBar { background: @panel@; border: none; border-bottom: 1px solid @line@; spacing: 6px; padding: 6px 10px; }
QToolBar::separator { background: @line@; width: 1px; margin: 4px 6px; }
QStatusBar { background: @panel@; color: @mutedText@; border-top: 1px solid @line@; }
QStatusBar::item { border: none; }
QMenuBar { background: @panel@; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 6px; }
QMenuBar::item:selected { background: @hover@; }
QMenu { background: @field@; border: 1px solid @line@; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selection@; color: @text@; }
QMenu::item:disabled { color: @disabled@; }
QMenu::separator { height: 1px; background: @line@; margin: 4px 8px; }
QDockWidget::title { background: @panel@; padding: 6px 12px; }
QMainWindow::separator { background: @line@; width: 1px; height: 1px; }
QSplitter::handle { background: @line@; }
QFrame[frameShape="4"], QFrame[frameShape="5"] { color: @line@; }

QPushButton, QToolButton { background: @field@; border: 1px solid @line@; border-radius: 6px; padding: 5px 12px; }
QPushButton:hover, QToolButton:hover { background: @hover@; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked, QPushButton:checked { background: @selection@; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent@; padding: 4px 11px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton:disabled, QToolButton:disabled { color: @disabled@; background: transparent; }
QPushButton:default, QPushButton[role="primary"], QToolButton[role="primary"] { background: @accent@; color: @accentText@; border-color: @accent@; font-weight: 600; }
QPushButton:default:hover, QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover { background: @accentHover@; }
QPushButton:default:focus, QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border: 2px solid @text@; padding: 4px 11px; }
QPushButton:default:disabled, QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled { background: transparent; color: @disabled@; border-color: @line@; }
QPushButton[role="flat"], QToolButton[role="flat"] { background: transparent; border-color: transparent; }
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover { background: @hover@; }
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus { border: 2px solid @accent@; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit { background: @field@; border: 1px solid @line@; border-radius: 6px; padding: 4px 8px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid @accent@; padding: 3px 7px; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: @disabled@; background: @panel@; }
QComboBox QAbstractItemView { background: @field@; border: 1px solid @line@; selection-background-color: @selection@; selection-color: @text@; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox:focus, QRadioButton:focus { color: @accent@; }

QListView, QTreeView { background: transparent; border: none; outline: none; }
QListView::item, QTreeView::item { padding: 4px 8px; border-radius: 6px; border-left: 3px solid transparent; }
QListView::item:hover, QTreeView::item:hover { background: @hover@; }
QListView::item:selected, QTreeView::item:selected { background: @selection@; color: @text@; border-left: 3px solid @accent@; }
QListView::item:disabled, QTreeView::item:disabled { color: @disabled@; }
QListView:focus, QTreeView:focus { border: 1px solid @accent@; border-radius: 6px; }
QTableView { background: @canvas@; border: none; outline: none; gridline-color: transparent; alternate-background-color: @panel@; selection-background-color: @selection@; selection-color: @text@; }
QTableView:focus { border: 1px solid @accent@; }
QTableView::item { padding: 2px 8px; border: none; }
QTableView::item:selected { background: @selection@; color: @text@; }
QHeaderView { background: @canvas@; }
QHeaderView::section { background: @canvas@; color: @mutedText@; border: none; padding: 4px 8px; }
QTableCornerButton::section { background: @canvas@; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid @line@; background: @canvas@; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @mutedText@; border: none; border-bottom: 2px solid transparent; padding: 7px 14px; }
QTabBar::tab:hover { color: @text@; }
QTabBar::tab:selected { color: @text@; border-bottom: 2px solid @accent@; }
QTabBar::tab:focus { background: @selection@; }
QTabBar::tab:disabled { color: @disabled@; }

QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @mutedText@; border-radius: 4px; background: @canvas@; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: @accent@; }
QCheckBox::indicator:checked { background: @accent@; border-color: @accent@; image: url(:/icons/check.png); }
QCheckBox::indicator:disabled { border-color: @disabled@; background: @panel@; }
QScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @scroll@; border-radius: 3px; margin: 2px; min-width: 24px; min-height: 24px; }
QScrollBar::handle:hover { background: @mutedText@; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @scroll@; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent@; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @accent@; }
QSlider::handle:horizontal:focus { border: 2px solid @text@; width: 10px; height: 10px; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: @disabled@; }
QProgressBar { background: @scroll@; border: none; border-radius: 3px; max-height: 6px; color: transparent; }
QProgressBar::chunk { background: @accent@; border-radius: 3px; }
)";

} // namespace

QColor Theme::taskColor(TaskId task) const
{
    if (task == kNoTask)
        return neutral;
    const std::size_t place = std::size_t(task) - 1;
    const auto &hues = kind == Kind::Dark ? kDarkTasks
        : kind == Kind::Projector         ? kProjectorTasks
                                          : kLightTasks;
    const QRgb hue = hues[place % kHues];
    const int shift = kLightnessRounds[(place / kHues) % kLightnessRounds.size()];
    if (shift == 0)
        return QColor::fromRgb(hue);
    const QRgb towards = shift > 0 ? qRgb(255, 255, 255) : qRgb(0, 0, 0);
    return QColor::fromRgb(blended(hue, towards, std::abs(shift)));
}

QColor Theme::readableOn(const QColor &fill)
{
    const double light = luminance(fill);
    const double whiteContrast = 1.05 / (light + 0.05);
    const double blackContrast = (light + 0.05) / 0.05;
    return whiteContrast >= blackContrast ? QColor(Qt::white) : QColor(Qt::black);
}

QRgb Theme::blended(QRgb base, QRgb over, int share)
{
    const int s = std::clamp(share, 0, 255);
    return qRgb(blendedComponent(qRed(base), qRed(over), s),
                blendedComponent(qGreen(base), qGreen(over), s),
                blendedComponent(qBlue(base), qBlue(over), s));
}

QColor Theme::dimmed(const QColor &ground, const QColor &color)
{
    constexpr double kKept = 0.6;
    constexpr double kFlare = 0.05; // light that a screen reflects, as the guidelines have it
    const double from = luminance(ground) + kFlare;
    const double to = luminance(color) + kFlare;
    if (std::abs(to - from) < 1e-3)
        return color; // they differ by hue alone: there is no contrast to take away
    const double contrast = to > from ? to / from : from / to;
    const double kept = 1 + kKept * (contrast - 1);
    const double wanted = to > from ? from * kept : from / kept;
    const double share = (wanted - from) / (to - from);
    return QColor::fromRgb(blended(ground.rgb(), color.rgb(), int(std::ceil(255 * share))));
}

QColor Theme::accentHover() const
{
    const bool isTextLighter = luminance(accentText) > luminance(accent);
    return QColor::fromRgb(
        blended(accent.rgb(), isTextLighter ? qRgb(0, 0, 0) : qRgb(255, 255, 255), 36));
}

Theme Theme::make(Kind kind)
{
    Theme theme;
    theme.kind = kind;
    switch (kind) {
    case Kind::Light:
        setLightColors(theme);
        break;
    case Kind::Dark:
        setDarkColors(theme);
        break;
    case Kind::Projector:
        theme.scale = 1.6;
        setProjectorColors(theme);
        break;
    }
    setFonts(theme);
    return theme;
}

Theme::Kind Theme::kindOf(const QString &word)
{
    if (word == QLatin1String("dark"))
        return Kind::Dark;
    if (word == QLatin1String("projector"))
        return Kind::Projector;
    return Kind::Light;
}

Theme::Kind Theme::systemKind()
{
    // Qt tells the desktop's colour scheme itself only from 6.5 on; its palette follows it.
    if (!qobject_cast<QGuiApplication *>(QCoreApplication::instance()))
        return Kind::Light;
    const QPalette palette = QGuiApplication::palette();
    const double background = luminance(palette.color(QPalette::Window));
    return background < luminance(palette.color(QPalette::WindowText)) ? Kind::Dark : Kind::Light;
}

QString Theme::styleSheet() const
{
    const QRgb field = kind == Kind::Dark ? qRgb(0x25, 0x29, 0x2f) : canvas.rgb();
    const auto named = [](QRgb color) { return QColor::fromRgb(color).name(); };
    const std::array<std::pair<const char *, QString>, 18> values{{
        {"window", window.name()},
        {"panel", panel.name()},
        {"canvas", canvas.name()},
        {"line", line.name()},
        {"text", text.name()},
        {"mutedText", mutedText.name()},
        {"accent", accent.name()},
        {"accentText", accentText.name()},
        {"selection", selection.name()},
        {"field", named(field)},
        {"hover", named(blended(panel.rgb(), text.rgb(), kind == Kind::Dark ? 8 : 14))},
        {"accentHover", accentHover().name()},
        {"disabled", named(blended(panel.rgb(), mutedText.rgb(), kind == Kind::Dark ? 120 : 180))},
        {"scroll", named(blended(panel.rgb(), mutedText.rgb(), kind == Kind::Dark ? 50 : 80))},
        {"heading", QString::number(headingFont.pixelSize())},
        {"small", QString::number(smallFont.pixelSize())},
        {"grid", grid.name()},
        {"alert", alert.name()},
    }};
    QString sheet = QString::fromUtf8(kSheet);
    for (const auto &[name, value] : values)
        sheet.replace(QStringLiteral("@%1@").arg(QLatin1String(name)), value);
    return sheet;
}

QPalette Theme::palette() const
{
    const QColor field = kind == Kind::Dark ? QColor(0x25, 0x29, 0x2f) : canvas;
    const QColor disabled = QColor::fromRgb(blended(panel.rgb(), mutedText.rgb(), 150));
    QPalette palette;
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, field);
    palette.setColor(QPalette::AlternateBase, panel);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, mutedText);
    palette.setColor(QPalette::Button, panel);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, accentText);
    palette.setColor(QPalette::ToolTipBase, field);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Highlight, accent);
    palette.setColor(QPalette::HighlightedText, accentText);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::Mid, line);
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

} // namespace Interleave
