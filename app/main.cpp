// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/arguments.h"
#include "app/commands.h"
#include "app/exitcodes.h"
#include "app/ownsetsworker.h"
#include "app/session.h"
#include "app/stopsignals.h"
#include "core/taskset/catalogue.h"
#include "core/taskset/commandbytes.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"

#include <QApplication>
#include <QLoggingCategory>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace Interleave;

int main(int argc, char *argv[])
{
    std::signal(SIGCHLD, SIG_DFL); // ignored (by inheritance), nobody could learn how a child ended
    QStringList words;
    for (int i = 1; i < argc; ++i)
        words.append(textOfBytes(argv[i]));
    const Result<Arguments> parsed = parseArguments(words);
    if (!parsed) {
        const int code = complain(parsed.error());
        return words.startsWith(QStringLiteral("record")) ? int(ExitOwnFailure) : code;
    }
    const Arguments &arguments = parsed.value();

    QCoreApplication::setApplicationName(QStringLiteral("Interleave"));
    QCoreApplication::setOrganizationName(QStringLiteral("Interleave"));
    QCoreApplication::setApplicationVersion(QStringLiteral(INTERLEAVE_VERSION));
    // Qt's own arguments are the window's: those of a recorded command are not for it. And what a picture
    // needs without a display is not told by the environment, which the command gets, too.
    char platformOption[] = "-platform";
    char platform[] = "offscreen";
    char *ownWords[] = {argv[0], platformOption, platform, nullptr};
    int ownCount = needsFonts(arguments) ? 3 : 1;
    std::unique_ptr<QCoreApplication> application;
    if (arguments.command == Arguments::Command::Window) {
        application = std::make_unique<QApplication>(argc, argv);
    } else if (needsFonts(arguments)) {
        // Qt says of every machine without a session that it has none; standard error is for us.
        QLoggingCategory::setFilterRules(QStringLiteral("default.warning=false"));
        application = std::make_unique<QGuiApplication>(ownCount, ownWords);
    } else {
        application = std::make_unique<QCoreApplication>(ownCount, ownWords);
    }

    Result<Catalogue> catalogue = Catalogue::load();
    if (!catalogue)
        return complain(catalogue.error());
    if (arguments.command != Arguments::Command::Window) {
        const int code = carryOut(arguments, catalogue.value());
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
            return code;
        const int lost =
            complain({ErrorCode::Io, "standard output cannot be written: the output is lost"});
        if (arguments.command == Arguments::Command::Record)
            return ExitOwnFailure;
        return code != ExitDone ? code : lost;
    }

    OwnSetsWorker ownSets;
    ownSets.read(catalogue.value());
    // Before any widget: tab bars and table headers keep the font that they are made with.
    QApplication::setFont(Theme::make(Theme::systemKind()).font);
    ownSets.takeInto(catalogue.value()); // the window may have been left with one of them
    // Who is ended from outside still ends what it has started, however often it is asked meanwhile.
    StopSignals stopSignals;
    MainWindow window(catalogue.value(), Theme::systemKind());
    Session session(catalogue.value(), window, &ownSets);
    if (arguments.measureStart) {
        QObject::connect(window.timeline(), &TimelineView::painted, application.get(),
                         &QCoreApplication::quit, Qt::QueuedConnection);
    }
    QSocketNotifier asked(stopSignals.descriptor(), QSocketNotifier::Read);
    QObject::connect(&asked, &QSocketNotifier::activated, application.get(), [&] {
        while (stopSignals.take() != 0)
            QCoreApplication::quit();
    });
    window.show();
    return QApplication::exec();
}
