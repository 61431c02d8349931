// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <QFrame>

#include <functional>

namespace Interleave
{

/// The field for one parameter: a number (with a slider where its range is small), a check box, a
/// choice, or a line of text. Owned by ParameterPanel. GUI thread.
class ParameterEditor : public QFrame
{
    Q_OBJECT

public:
    /// Ranges up to this size get a slider beside the number: beyond, a pixel is too coarse.
    static constexpr double kLargestSliderRange = 10'000;

    explicit ParameterEditor(const Parameter &parameter, QWidget *parent = nullptr);

    [[nodiscard]] const QString &name() const { return m_name; }
    /// Of the parameter's type, always within its range.
    [[nodiscard]] QJsonValue value() const { return m_read(); }
    /// Values of another type are converted; numbers out of range go to the nearest bound.
    void setValue(const QJsonValue &value) { m_write(value); }

signals:
    void valueChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void addInteger(const Parameter &parameter);
    void addReal(const Parameter &parameter, int decimals);
    void addBoolean(const Parameter &parameter);
    void addChoice(const Parameter &parameter);
    void addText(const Parameter &parameter);
    void adopt(QWidget *editor, const Parameter &parameter);

    QString m_name;
    std::function<QJsonValue()> m_read;
    std::function<void(const QJsonValue &)> m_write;
};

} // namespace Interleave
