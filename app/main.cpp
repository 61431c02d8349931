// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/arguments.h"
#include "app/commands.h"
#include "app/exitcodes.h"
#include "app/owntasksets.h"
#include "app/session.h"
#include "core/taskset/catalogue.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"

#include <QApplication>
#include <QLoggingCategory>

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace Interleave;

int main(int argc, char *argv[])
{
    QStringList words;
    for (int i = 1; i < argc; ++i)
        words.append(QString::fromLocal8Bit(argv[i]));
    const Result<Arguments> parsed = parseArguments(words);
    if (!parsed)
        return complain(parsed.error());
    const Arguments &arguments = parsed.value();

    QCoreApplication::setApplicationName(QStringLiteral("Interleave"));
    QCoreApplication::setOrganizationName(QStringLiteral("Interleave"));
    QCoreApplication::setApplicationVersion(QStringLiteral(INTERLEAVE_VERSION));
    std::unique_ptr<QCoreApplication> application;
    if (arguments.command == Arguments::Command::Window) {
        application = std::make_unique<QApplication>(argc, argv);
    } else if (needsFonts(arguments)) {
        qputenv("QT_QPA_PLATFORM", "offscreen"); // works without a display
        // Qt says of every machine without a session that it has none; standard error is for us.
        QLoggingCategory::setFilterRules(QStringLiteral("default.warning=false"));
        application = std::make_unique<QGuiApplication>(argc, argv);
    } else {
        application = std::make_unique<QCoreApplication>(argc, argv);
    }

    Result<Catalogue> catalogue = Catalogue::load();
    if (!catalogue)
        return complain(catalogue.error());
    addOwnTaskSets(catalogue.value());
    if (arguments.command != Arguments::Command::Window) {
        const int code = carryOut(arguments, catalogue.value());
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
            return code;
        const int lost =
            complain({ErrorCode::Io, "standard output cannot be written: the output is lost"});
        return code != ExitDone ? code : lost;
    }

    // Before any widget: tab bars and table headers keep the font that they are made with.
    QApplication::setFont(Theme::make(Theme::systemKind()).font);
    MainWindow window(catalogue.value(), Theme::systemKind());
    Session session(catalogue.value(), window);
    if (arguments.measureStart) {
        QObject::connect(window.timeline(), &TimelineView::painted, application.get(),
                         &QCoreApplication::quit, Qt::QueuedConnection);
    }
    window.show();
    return QApplication::exec();
}
