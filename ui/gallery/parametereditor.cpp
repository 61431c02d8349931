// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/parametereditor.h"

#include "ui/gallery/choicebox.h"
#include "ui/gallery/numberbox.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSlider>
#include <QSpinBox>

#include <algorithm>
#include <cmath>
#include <limits>

namespace Interleave
{

namespace
{

/// "4×" without, "60 ms" with a space, as they are read.
QString suffixOf(const QString &unit)
{
    if (unit.isEmpty() || unit == QStringLiteral("×"))
        return unit;
    return QChar(QChar::Nbsp) + unit;
}

QString rangeText(const Parameter &parameter)
{
    return ParameterEditor::tr("From %1 to %2%3.")
        .arg(parameter.minimum, 0, 'g', 10)
        .arg(parameter.maximum, 0, 'g', 10)
        .arg(suffixOf(parameter.unit));
}

/// What 0 means of a parameter that may be left to the run: a person reads that, and not a number.
QString leastWord(const Parameter &parameter)
{
    if (parameter.minimum != 0)
        return {};
    if (parameter.name == QStringLiteral("cores"))
        return ParameterEditor::tr("all");
    return parameter.name == QStringLiteral("workers") ? ParameterEditor::tr("auto") : QString();
}

bool isNumber(const Parameter &parameter)
{
    return parameter.type == Parameter::Type::Integer || parameter.type == Parameter::Type::Real;
}

} // namespace

ParameterEditor::ParameterEditor(const Parameter &parameter, QWidget *parent)
    : QFrame(parent)
    , m_name(parameter.name)
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    switch (parameter.type) {
    case Parameter::Type::Integer:
        // A spin box counts in int; larger counts go through double, exact up to 2^53.
        if (parameter.maximum > double(std::numeric_limits<int>::max())
            || parameter.minimum < double(std::numeric_limits<int>::min())) {
            addReal(parameter, 0);
        } else {
            addInteger(parameter);
        }
        break;
    case Parameter::Type::Real:
        addReal(parameter, 2);
        break;
    case Parameter::Type::Boolean:
        addBoolean(parameter);
        break;
    case Parameter::Type::Choice:
        addChoice(parameter);
        break;
    default:
        addText(parameter);
        break;
    }
    setValue(parameter.defaultValue);
}

bool ParameterEditor::eventFilter(QObject *watched, QEvent *event)
{
    // The wheel scrolls the panel; it changes a number only once that has been chosen.
    if (event->type() == QEvent::Wheel && watched->isWidgetType()
        && !static_cast<QWidget *>(watched)->hasFocus()) {
        event->ignore();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void ParameterEditor::adopt(QWidget *editor, const Parameter &parameter)
{
    QString tip = parameter.help;
    if (isNumber(parameter)) {
        if (!tip.isEmpty())
            tip += u'\n';
        tip += rangeText(parameter);
    }
    editor->setToolTip(tip);
    editor->setAccessibleName(parameter.title);
    editor->setAccessibleDescription(tip);
    editor->setFocusPolicy(Qt::StrongFocus);
    editor->installEventFilter(this);
    layout()->addWidget(editor);
    if (!focusProxy())
        setFocusProxy(editor);
}

void ParameterEditor::addInteger(const Parameter &parameter)
{
    setProperty("role", QStringLiteral("field"));
    const int minimum = int(parameter.minimum);
    const int maximum = int(parameter.maximum);
    const double range = parameter.maximum - parameter.minimum;
    const bool hasSlider = range >= 1 && range <= kLargestSliderRange;
    auto *numbers = hasSlider ? new NumberBox(this) : nullptr;
    QSpinBox *spin = numbers ? numbers : new QSpinBox(this);
    spin->setFrame(false);
    spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    spin->setRange(minimum, maximum);
    spin->setSuffix(suffixOf(parameter.unit));
    spin->setObjectName(QStringLiteral("value.") + parameter.name);
    if (numbers)
        numbers->setLeastWord(leastWord(parameter));
    adopt(spin, parameter);
    if (hasSlider) {
        auto *slider = new QSlider(Qt::Horizontal, this);
        slider->setRange(minimum, maximum);
        slider->setPageStep(std::max(1, (maximum - minimum) / 10));
        slider->setObjectName(QStringLiteral("slider.") + parameter.name);
        slider->setMinimumWidth(24);
        adopt(slider, parameter);
        // Reached by the mouse; by the keyboard the number is the better way to the same.
        slider->setFocusPolicy(Qt::ClickFocus);
        spin->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        connect(slider, &QSlider::valueChanged, spin, &QSpinBox::setValue);
        connect(spin, &QSpinBox::valueChanged, slider, &QSlider::setValue);
    }
    connect(spin, &QSpinBox::valueChanged, this, &ParameterEditor::valueChanged);
    m_read = [spin] { return QJsonValue(spin->value()); };
    m_write = [spin, minimum, maximum](const QJsonValue &value) {
        const double number = value.toVariant().toDouble();
        spin->setValue(number >= maximum ? maximum : number <= minimum ? minimum : int(number));
    };
}

void ParameterEditor::addReal(const Parameter &parameter, int decimals)
{
    setProperty("role", QStringLiteral("field"));
    auto *spin = new QDoubleSpinBox(this);
    spin->setFrame(false);
    spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    spin->setDecimals(decimals);
    spin->setRange(parameter.minimum, parameter.maximum);
    if (decimals > 0)
        spin->setSingleStep(std::max(0.01, (parameter.maximum - parameter.minimum) / 100));
    spin->setSuffix(suffixOf(parameter.unit));
    spin->setObjectName(QStringLiteral("value.") + parameter.name);
    adopt(spin, parameter);
    connect(spin, &QDoubleSpinBox::valueChanged, this, &ParameterEditor::valueChanged);
    m_read = [spin, decimals] {
        return decimals == 0 ? QJsonValue(qint64(std::llround(spin->value())))
                             : QJsonValue(spin->value());
    };
    m_write = [spin](const QJsonValue &value) { spin->setValue(value.toVariant().toDouble()); };
}

void ParameterEditor::addBoolean(const Parameter &parameter)
{
    auto *box = new QCheckBox(this);
    box->setObjectName(QStringLiteral("value.") + parameter.name);
    adopt(box, parameter);
    connect(box, &QCheckBox::toggled, this, &ParameterEditor::valueChanged);
    m_read = [box] { return QJsonValue(box->isChecked()); };
    m_write = [box](const QJsonValue &value) { box->setChecked(value.toVariant().toBool()); };
}

void ParameterEditor::addChoice(const Parameter &parameter)
{
    auto *box = new ChoiceBox(this);
    box->addItems(parameter.choices);
    box->setObjectName(QStringLiteral("value.") + parameter.name);
    adopt(box, parameter);
    connect(box, &QComboBox::currentIndexChanged, this, &ParameterEditor::valueChanged);
    m_read = [box] { return QJsonValue(box->currentText()); };
    m_write = [box](const QJsonValue &value) {
        const int index = box->findText(value.toVariant().toString());
        if (index >= 0)
            box->setCurrentIndex(index);
    };
}

void ParameterEditor::addText(const Parameter &parameter)
{
    auto *line = new QLineEdit(this);
    if (parameter.maximum >= 1)
        line->setMaxLength(int(std::min(parameter.maximum, 32767.0)));
    line->setObjectName(QStringLiteral("value.") + parameter.name);
    adopt(line, parameter);
    connect(line, &QLineEdit::textChanged, this, &ParameterEditor::valueChanged);
    m_read = [line] { return QJsonValue(line->text()); };
    m_write = [line](const QJsonValue &value) {
        line->setText(value.toVariant().toString());
        if (!line->hasFocus())
            line->setCursorPosition(0); // a long text is known by its beginning
    };
}

} // namespace Interleave
