// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/taskset/commandspec.h"
#include "ui/command/commandadvice.h"

#include <QScrollArea>
#include <QTimer>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace Interleave
{

class CommandAdvisor;
class CommandCompleter;
class EnvironmentTable;

/// A person's own program: its command line, where and with what it runs, and what is recorded of it.
/// Stands in the place of the parameters. Below the line stands what is to be said of it, 200 ms after
/// the typing; files are looked at on another thread. GUI thread.
class CommandPanel : public QScrollArea
{
    Q_OBJECT

public:
    explicit CommandPanel(QWidget *parent = nullptr);
    ~CommandPanel() override;

    /// Fills every field.
    void setCommand(const CommandSpec &spec);
    /// What the fields say. Errors: BadInput, for a line that is empty or cannot be cut into words.
    [[nodiscard]] Result<CommandSpec> command() const;
    /// Whether there is something that can be tried to start.
    [[nodiscard]] bool isReady() const { return m_isReady; }
    /// How its run goes, or how it ended; empty: nothing is said.
    void setState(const QString &sentence, bool isAlert = false);
    void focusLine();

signals:
    /// What the fields say is another command now.
    void changed();
    /// Enter in the line: what stands there shall run.
    void runRequested();
    /// A process that runs already shall be chosen.
    void attachWanted();

private:
    void buildLine(QVBoxLayout *rows);
    void buildPlaces(QVBoxLayout *rows);
    void buildEnvironment(QVBoxLayout *rows);
    void buildChoices(QVBoxLayout *rows);
    [[nodiscard]] QWidget *withButton(QLineEdit *field, const char *name, const QString &tip,
                                      bool isFolder);
    void chooseFor(QLineEdit *field, bool isFolder);
    void noteEdit(const QString &line);
    void noteChange();
    void pressEnter();
    void showEnvironment(bool isShown);
    void tellEnvironment();
    void showVerdict(const CommandVerdict &verdict);

    QWidget *m_content = nullptr;
    QLineEdit *m_line = nullptr;
    QLabel *m_hint = nullptr;
    QLabel *m_state = nullptr;
    QLineEdit *m_folder = nullptr;
    QLineEdit *m_input = nullptr;
    QPushButton *m_environmentToggle = nullptr;
    EnvironmentTable *m_environment = nullptr;
    QCheckBox *m_askPython = nullptr;
    QCheckBox *m_showLocks = nullptr;
    QCheckBox *m_follow = nullptr;
    CommandCompleter *m_completer = nullptr;
    CommandAdvisor *m_advisor = nullptr;
    QString m_completedPlace; ///< which word, and in which folder, is completed
    QTimer m_pause; ///< runs while somebody types
    bool m_isReady = false;
    bool m_isFilling = false; ///< the fields' changes are not the user's
};

} // namespace Interleave
