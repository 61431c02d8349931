// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session.h"
#include "bench.h"
#include "core/run/runcontroller.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/timeline/timelineview.h"

#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <cstdio>

#include <unistd.h>

namespace Interleave::Bench
{

namespace
{

constexpr QSize kWindowSize(1920, 1080);

/// Frames of a timeline: what each cost and how far apart they were.
struct Frames {
    std::vector<double> costMs;
    std::vector<double> intervalMs;
};

/// Shows a run in a 1920x1080 timeline until it ends.
Frames watch(const RunRequest &request, RunReport &report)
{
    TimelineView view;
    view.resize(kWindowSize);
    view.setTheme(Theme::make(Theme::Kind::Light));
    view.show();
    Frames frames;
    QElapsedTimer sinceLast;
    bool live = false;
    QObject::connect(&view, &TimelineView::painted, [&](qint64 ns) {
        if (!live)
            return;
        frames.costMs.push_back(double(ns) / 1e6);
        if (sinceLast.isValid())
            frames.intervalMs.push_back(double(sinceLast.nsecsElapsed()) / 1e6);
        sinceLast.start();
    });
    RunController controller;
    QEventLoop loop;
    QObject::connect(&controller, &RunController::started,
                     [&](const std::shared_ptr<const Trace> &trace) {
                         live = true;
                         view.setRuns({{trace, request.model, {}, {}}}, true);
                     });
    QObject::connect(&controller, &RunController::finished, [&](const RunReport &finished) {
        live = false;
        report = finished;
        view.setRuns({{finished.trace, request.model, {}, {}}}, false);
        loop.quit();
    });
    controller.start(request);
    loop.exec();
    return frames;
}

RunRequest requestFor(const char *slug, const QJsonObject &params)
{
    RunRequest request;
    request.set.slug = QString::fromUtf8(slug);
    request.set.title = request.set.slug;
    request.model = QStringLiteral("threads");
    request.params = params;
    request.background = true; // as in the window
    return request;
}

void benchStorm(Report &report)
{
    RunReport run;
    const Frames frames = watch(requestFor("test-storm",
                                           {{QStringLiteral("tasks"), 4},
                                            {QStringLiteral("rate"), 250'000},
                                            {QStringLiteral("duration"), 10'000}}),
                                run);
    if (run.outcome != RunOutcome::Finished || frames.costMs.empty()) {
        report.skipped("paint while 1 M events/s arrive, p99", run.message.toStdString());
        return;
    }
    char note[128];
    std::snprintf(note, sizeof note, "%.2f M events/s, %zu frames, median %.2f ms",
                  double(run.eventsRecorded) / double(run.statistics.wall) * 1e3,
                  frames.costMs.size(), median(frames.costMs));
    report.value("paint while 1 M events/s arrive, p99", percentile(frames.costMs, 99), "ms",
                 Bar::AtMost, 8, note);
    report.value("events dropped in 10 s at 1 M/s from 4 threads", double(run.eventsDropped), "",
                 Bar::Exactly, 0, note);
    report.value("events late in 10 s at 1 M/s from 4 threads", double(run.eventsLate), "",
                 Bar::Exactly, 0);
}

void benchSpinners(Report &report)
{
    RunReport run;
    const Frames frames =
        watch(requestFor("oversubscription",
                         {{QStringLiteral("tasks"), 64}, {QStringLiteral("total_ms"), 16'000}}),
              run);
    if (run.outcome != RunOutcome::Finished || frames.intervalMs.empty()) {
        report.skipped("frame interval beside 64 spinners", run.message.toStdString());
        return;
    }
    const std::string note = std::to_string(frames.intervalMs.size()) + " frames";
    report.value("frame interval beside 64 spinners, median", median(frames.intervalMs), "ms",
                 Bar::AtMost, 17, note);
    report.value("frame interval beside 64 spinners, p99", percentile(frames.intervalMs, 99), "ms",
                 Bar::AtMost, 25);
    report.value("frame interval beside 64 spinners, longest", percentile(frames.intervalMs, 100),
                 "ms", Bar::AtMost, 100);
}

void benchClick(Report &report)
{
    auto catalogue = Catalogue::load();
    if (!catalogue) {
        report.skipped("click to first slice", catalogue.error().message);
        return;
    }
    MainWindow window(catalogue.value(), Theme::Kind::Light);
    Session session(catalogue.value(), window);
    window.resize(kWindowSize);
    window.show();
    std::vector<double> times;
    for (int i = 0; i < 7; ++i) {
        QEventLoop settle; // a person needs some time between two clicks
        QTimer::singleShot(700, &settle, &QEventLoop::quit);
        settle.exec();
        window.selectTaskSet(
            QStringLiteral("two-sleepers"), QStringLiteral("threads"),
            {{QStringLiteral("iterations"), 1}, {QStringLiteral("period_ms"), 100}});
        QEventLoop loop;
        const TimestampNs clicked = monotonicNow();
        const auto seen =
            QObject::connect(window.timeline(), &TimelineView::firstSlicePainted, [&] {
                times.push_back(double(monotonicNow() - clicked) / 1e6);
                loop.quit();
            });
        QTimer::singleShot(5000, &loop, &QEventLoop::quit);
        emit window.runRequested(QStringLiteral("two-sleepers"), QStringLiteral("threads"),
                                 {{QStringLiteral("tasks"), 2},
                                  {QStringLiteral("iterations"), 1},
                                  {QStringLiteral("period_ms"), 100}},
                                 1);
        loop.exec();
        QObject::disconnect(seen);
    }
    if (times.size() < 7) {
        report.skipped("click to first slice", "the first slice was not seen after every click");
        return;
    }
    report.value("click to first slice", median(times), "ms", Bar::AtMost, 100,
                 std::to_string(times.size()) + " of 7 clicks, longest "
                     + std::to_string(percentile(times, 100)) + " ms");
}

void benchStart(Report &report)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
        const Output output = runProgram({binFolder() + "/interleave", "--measure-start"});
        if (output.status == 0)
            times.push_back(output.wallNs / 1e6);
    }
    if (times.empty())
        report.skipped("process start to first frame", "the window did not open");
    else
        report.value("process start to first frame (and to the end)", median(times), "ms",
                     Bar::AtMost, 400);
}

} // namespace

void benchWindow(Report &report)
{
    benchStart(report);
    if (qEnvironmentVariableIsEmpty("DISPLAY"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    int argc = 1;
    char name[] = "interleave-bench";
    char *argv[] = {name, nullptr};
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    benchClick(report);
    benchSpinners(report);
    benchStorm(report);
}

} // namespace Interleave::Bench
