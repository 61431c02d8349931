// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <QScrollArea>

#include <vector>

class QCheckBox;
class QGridLayout;
class QLabel;
class QPushButton;

namespace Interleave
{

class ChoiceBox;
class ParameterEditor;

/// With what it shall run: the model and the parameters of one task set; and the question that the set
/// asks, whose answer can be looked at once it has been run. Scrolls when too tall. GUI thread.
class ParameterPanel : public QScrollArea
{
    Q_OBJECT

public:
    explicit ParameterPanel(QWidget *parent = nullptr);

    /// Shows a set with its default model and values, overlaid with what is given (unknown names and
    /// models are ignored).
    void setTaskSet(const TaskSet &set, const QString &model = {}, const QJsonObject &params = {});
    [[nodiscard]] const TaskSet &taskSet() const { return m_set; }
    [[nodiscard]] QString model() const; ///< word; empty before a set is shown
    void setModel(const QString &model);
    [[nodiscard]] QJsonObject params() const;
    [[nodiscard]] int repeat() const;
    void setRepeat(int repeat);
    [[nodiscard]] bool isExactPriority() const;
    void setExactPriority(bool exact);
    /// Whether the set's answer may be shown: it has been run.
    void offerAnswer(bool isOffered);

public slots:
    /// Every value back to the set's default; the model stays.
    void resetValues();

signals:
    void modelChanged(const QString &model);
    void valuesChanged();
    void exactPriorityChanged(bool exact);

private:
    void buildQuestion();
    void showAnswer(bool isShown);
    void buildRows();
    QWidget *addRow(const QString &title, QWidget *editor, QWidget *field);
    void chainTabOrder();
    void noteChange();
    void updateReset();
    /// What means nothing with what is chosen now is grey; its value stays.
    void updateApplying();

    TaskSet m_set;
    QWidget *m_content = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_look = nullptr;
    QWidget *m_form = nullptr; ///< replaced with every set
    QGridLayout *m_rows = nullptr;
    ChoiceBox *m_model = nullptr;
    std::vector<ParameterEditor *> m_editors; ///< in the order of the set's parameters
    std::vector<QWidget *> m_titles; ///< theirs
    ParameterEditor *m_repeat = nullptr;
    QCheckBox *m_exact = nullptr;
    QPushButton *m_reset = nullptr;
    QWidget *m_questionBox = nullptr;
    QLabel *m_question = nullptr;
    QPushButton *m_showAnswer = nullptr;
    QLabel *m_answer = nullptr;
};

} // namespace Interleave
