// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/inspector/inspectorcontent.h"
#include "ui/theme/theme.h"
#include "ui/timeline/swatch.h"

#include <QWidget>

class QVBoxLayout;

namespace Interleave
{

/// A swatch of its own: the sample that stands before a name. GUI thread.
class SwatchWidget : public QWidget
{
    Q_OBJECT

public:
    SwatchWidget(Swatch swatch, const QColor &color, const Theme &theme, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Swatch m_swatch;
    QColor m_color;
    Theme m_theme;
};

/// The stacked bar of where a task's time went; hatched and lined as on the timeline. GUI thread.
class ShareBar : public QWidget
{
    Q_OBJECT

public:
    ShareBar(std::vector<InspectorContent::Share> shares, const QColor &color, const Theme &theme,
             QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<InspectorContent::Share> m_shares;
    QColor m_color;
    Theme m_theme;
};

/// One page of the inspector as widgets; made anew for each content. Owned by InspectorPanel.
class InspectorBody : public QWidget
{
    Q_OBJECT

public:
    InspectorBody(const InspectorContent &content, const Theme &theme, QWidget *parent = nullptr);

private:
    void addHead(const InspectorContent &content);
    void addFacts(const std::vector<InspectorContent::Fact> &facts);
    void addWhy(const InspectorContent &content);
    void addWaits(const InspectorContent &content);
    void addChart(const InspectorContent &content);
    void addShares(const InspectorContent &content);
    void addList(const InspectorContent &content);
    void addQuestion(const InspectorContent &content);
    void addSection(const QString &title);
    void addRule();

    Theme m_theme;
    QVBoxLayout *m_layout = nullptr;
};

} // namespace Interleave
