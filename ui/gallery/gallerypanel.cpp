// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/gallerypanel.h"

#include "ui/gallery/tasksetdelegate.h"
#include "ui/gallery/tasksetmodel.h"

#include <QAction>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QVBoxLayout>

#include <utility>

namespace Interleave
{

GalleryPanel::GalleryPanel(const Catalogue &catalogue, QWidget *parent)
    : QWidget(parent)
    , m_search(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_noMatch(new QLabel(this))
    , m_model(new TaskSetModel(catalogue.sets(), this))
    , m_delegate(new TaskSetDelegate(this))
{
    setObjectName(QStringLiteral("galleryPanel"));
    setAttribute(Qt::WA_StyledBackground);
    m_search->setObjectName(QStringLiteral("search"));
    tellCount();
    m_search->setAccessibleName(tr("Search task sets"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);

    m_list->setObjectName(QStringLiteral("taskSets"));
    m_list->setAccessibleName(tr("Task sets"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(m_delegate);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setResizeMode(QListView::Adjust);
    m_list->installEventFilter(this);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);

    m_noMatch->setObjectName(QStringLiteral("noMatch"));
    m_noMatch->setProperty("role", QStringLiteral("muted"));
    m_noMatch->setWordWrap(true);
    m_noMatch->setContentsMargins(16, 8, 16, 8);
    m_noMatch->hide();

    auto *searchRow = new QVBoxLayout;
    searchRow->setContentsMargins(12, 12, 12, 6);
    searchRow->addWidget(m_search);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(searchRow);
    layout->addWidget(m_noMatch);
    layout->addWidget(m_list, 1);

    connect(m_search, &QLineEdit::textChanged, this, &GalleryPanel::applySearch);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &GalleryPanel::takeCurrent);
    connect(m_list, &QListView::doubleClicked, this, [this](const QModelIndex &index) {
        if (!index.data(TaskSetModel::SlugRole).toString().isEmpty())
            emit runRequested();
    });
    connect(m_list, &QListView::customContextMenuRequested, this, &GalleryPanel::showMenu);
}

void GalleryPanel::tellCount()
{
    m_search->setPlaceholderText(m_model->setCount() == 1
                                     ? tr("Search 1 task set")
                                     : tr("Search %1 task sets").arg(m_model->setCount()));
}

void GalleryPanel::replaceRows(const std::function<void()> &replace)
{
    m_isSearching = true;
    replace();
    const int row = m_model->rowOf(m_slug);
    if (row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
    m_isSearching = false;
    tellNoMatch();
}

void GalleryPanel::setPrograms(std::vector<TaskSet> programs)
{
    const QString first = programs.empty() ? QString() : programs.front().slug;
    replaceRows([&] { m_model->setPrograms(std::move(programs)); });
    if (!m_slug.isEmpty() && !m_model->contains(m_slug))
        select(first);
}

void GalleryPanel::setCatalogue(const Catalogue &catalogue)
{
    replaceRows([&] { m_model->setSets(catalogue.sets()); });
    tellCount();
    if (m_model->contains(m_slug))
        return;
    m_slug.clear();
    if (m_model->firstSetRow() < 0)
        m_search->clear();
    if (m_model->firstSetRow() >= 0)
        m_list->setCurrentIndex(m_model->index(m_model->firstSetRow()));
}

void GalleryPanel::showMenu(const QPoint &position)
{
    const QModelIndex index = m_list->indexAt(position);
    const bool isRecent = index.data(TaskSetModel::IsRecentRole).toBool();
    if (!isRecent && !index.data(TaskSetModel::IsOwnRole).toBool())
        return;
    const QString slug = index.data(TaskSetModel::SlugRole).toString();
    m_list->setCurrentIndex(index);
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("taskSetMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *run = menu->addAction(tr("&Run"));
    connect(run, &QAction::triggered, this, &GalleryPanel::runRequested);
    run->setEnabled(index.data(TaskSetModel::IsUsableRole).toBool());
    menu->addSeparator();
    QAction *remove = menu->addAction(isRecent ? tr("Remove from the &list")
                                          : index.data(TaskSetModel::IsLinkedRole).toBool()
                                          ? tr("Remove from the &gallery…")
                                          : tr("&Delete…"));
    remove->setObjectName(QStringLiteral("removeTaskSet"));
    connect(remove, &QAction::triggered, this, [this, slug, isRecent] {
        if (isRecent)
            emit forgetRequested(slug);
        else
            emit removeRequested(slug);
    });
    menu->popup(m_list->viewport()->mapToGlobal(position));
}

void GalleryPanel::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    m_list->doItemsLayout();
    m_list->viewport()->update();
}

void GalleryPanel::select(const QString &slug)
{
    int row = m_model->rowOf(slug);
    if (row < 0 && !m_search->text().isEmpty()) {
        m_search->clear();
        row = m_model->rowOf(slug);
    }
    if (row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
}

void GalleryPanel::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

bool GalleryPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (watched == m_search && filterSearchKey(key))
            return true;
        if (watched == m_list && filterListKey(key))
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool GalleryPanel::filterSearchKey(int key)
{
    switch (key) {
    case Qt::Key_Escape:
        if (m_search->text().isEmpty())
            return false;
        m_search->clear();
        return true;
    case Qt::Key_Down:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_list->currentIndex().isValid() && m_model->firstSetRow() >= 0)
            m_list->setCurrentIndex(m_model->index(m_model->firstSetRow()));
        m_list->setFocus(Qt::TabFocusReason);
        return true;
    default:
        return false;
    }
}

bool GalleryPanel::filterListKey(int key)
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid())
        return false;
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit runRequested();
        return true;
    case Qt::Key_Delete:
        if (current.data(TaskSetModel::IsOwnRole).toBool())
            emit removeRequested(current.data(TaskSetModel::SlugRole).toString());
        else if (current.data(TaskSetModel::IsRecentRole).toBool())
            emit forgetRequested(current.data(TaskSetModel::SlugRole).toString());
        return true;
    default:
        return false;
    }
}

void GalleryPanel::applySearch(const QString &text)
{
    m_isSearching = true;
    m_model->setFilter(text);
    const int row = m_model->rowOf(m_slug);
    if (row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
    m_isSearching = false;
    tellNoMatch();
}

void GalleryPanel::tellNoMatch()
{
    m_noMatch->setText(tr("No task set contains “%1”.").arg(m_search->text().simplified()));
    m_noMatch->setVisible(m_model->rowCount() == 0 && m_model->setCount() > 0);
}

void GalleryPanel::takeCurrent(const QModelIndex &index)
{
    const QString slug = index.data(TaskSetModel::SlugRole).toString();
    if (m_isSearching || slug.isEmpty() || slug == m_slug)
        return;
    m_slug = slug;
    emit taskSetSelected(slug);
}

} // namespace Interleave
