// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/processstat.h"
#include "core/run/runcontroller.h"
#include "core/taskset/catalogue.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileSystemWatcher>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <unistd.h>

#include <malloc.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

/// What a process that runs sets has in its hands.
enum Held : std::size_t {
    Threads,
    Files,
    Children,
    SharedMaps,
    SharedFiles,
    TemporaryFiles,
    ResidentKb,
    kHeldCount
};
constexpr const char *kHeldNames[kHeldCount] = {"threads",       "descriptors", "children",
                                                "mapped memfds", "/dev/shm",    "temporary files",
                                                "resident KiB"};
using Reading = std::array<qint64, kHeldCount>;

/// \param pattern of the names that count
QStringList namesIn(const QString &folder, const QString &pattern = u"*"_s)
{
    const QDir::Filters all = QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot;
    QStringList paths;
    for (const QString &name : QDir(folder).entryList(QStringList{pattern}, all))
        paths << folder + u'/' + name;
    return paths;
}

qint64 entriesOf(const char *folder)
{
    return namesIn(QString::fromLatin1(folder)).size();
}

/// What runs may leave in the file system. The folders for temporary and for runtime files are the
/// test's own, so there everything counts, whatever its name. Elsewhere, what has one of our names does:
/// the private folder and the lock file of a run are "interleave-...", in /var/tmp where the temporary
/// folder is in memory, and in /tmp where TMPDIR did not reach the process that made them.
QStringList temporaryFiles()
{
    const QString ours = u"interleave*"_s;
    QStringList found = namesIn(qEnvironmentVariable("TMPDIR"));
    found += namesIn(qEnvironmentVariable("XDG_RUNTIME_DIR"));
    found += namesIn(u"/tmp"_s, ours);
    found += namesIn(u"/var/tmp"_s, ours);
    return found;
}

QByteArray contentsOf(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

qint64 residentKb()
{
    const QByteArray status = contentsOf("/proc/self/status");
    const qsizetype line = status.indexOf("VmRSS:");
    return line < 0 ? 0 : status.mid(line + 6).simplified().split(' ').first().toLongLong();
}

Reading read()
{
    malloc_trim(0);
    Reading reading{};
    reading[Threads] = entriesOf("/proc/self/task");
    reading[Files] = entriesOf("/proc/self/fd");
    reading[Children] = qint64(childrenOfThisProcess().size());
    reading[SharedMaps] = contentsOf("/proc/self/maps").count("memfd:");
    reading[SharedFiles] = entriesOf("/dev/shm");
    reading[TemporaryFiles] = temporaryFiles().size();
    reading[ResidentKb] = residentKb();
    return reading;
}

Reading medianOf(const std::vector<Reading> &readings)
{
    Reading median{};
    for (std::size_t which = 0; which < kHeldCount; ++which) {
        std::vector<qint64> values;
        for (const Reading &reading : readings)
            values.push_back(reading[which]);
        std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2),
                         values.end());
        median[which] = values[values.size() / 2];
    }
    return median;
}

/// Every process that carries this process's mark, found as `ps` would.
QStringList leftovers()
{
    const QByteArray mark = "INTERLEAVE_RUN=" + QByteArray::number(getpid()) + ".";
    QStringList found;
    for (const QString &entry : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        QFile environment(u"/proc/%1/environ"_s.arg(entry));
        if (entry.toInt() > 0 && environment.open(QIODevice::ReadOnly)
            && environment.readAll().contains(mark))
            found << entry;
    }
    return found;
}

struct Kind {
    const char *slug;
    const char *model;
    std::vector<std::pair<QString, QString>> params;
    RunOutcome outcome = RunOutcome::Finished;
};

/// Short runs of all models, of what they share, of servers and of what goes wrong.
std::vector<Kind> mixture()
{
    const auto sleepers = std::vector<std::pair<QString, QString>>{{u"iterations"_s, u"1"_s},
                                                                   {u"period_ms"_s, u"50"_s}};
    const auto locks = std::vector<std::pair<QString, QString>>{{u"delay_ms"_s, u"100"_s},
                                                                {u"deadlock_shown_ms"_s, u"0"_s}};
    const auto queries = std::vector<std::pair<QString, QString>>{
        {u"queries"_s, u"4"_s}, {u"query_ms"_s, u"4"_s}, {u"pool_max"_s, u"2"_s}};
    return {
        {"two-sleepers", "threads", sleepers},
        {"two-sleepers", "coroutines", sleepers},
        {"ordering", "threads", {{u"rounds"_s, u"2"_s}}},
        {"permits", "processes", {{u"tasks"_s, u"4"_s}, {u"hold_ms"_s, u"2"_s}}},
        {"lost-update", "pool", {{u"increments"_s, u"1000"_s}}},
        {"spawn-cost", "threads", {{u"count"_s, u"20"_s}}},
        {"spawn-cost", "processes", {{u"count"_s, u"4"_s}}},
        {"deadlock", "threads", locks, RunOutcome::Deadlocked},
        {"database", "coroutines", queries},
        {"many-requests", "coroutines", {{u"requests"_s, u"6"_s}, {u"latency_ms"_s, u"5"_s}}},
        {"producer-consumer",
         "processes",
         {{u"items"_s, u"6"_s},
          {u"produce_ms"_s, u"1"_s},
          {u"consume_ms"_s, u"1"_s},
          {u"processes_use"_s, u"pipe"_s}}},
        {"deadlock", "coroutines", locks, RunOutcome::Deadlocked},
        {"pool-saturation", "pool", {{u"jobs"_s, u"8"_s}, {u"job_ms_max"_s, u"2"_s}}},
        {"database", "threads", queries},
        {"named-workers", "sequential", {{u"iterations"_s, u"1"_s}, {u"period_ms"_s, u"10"_s}}},
    };
}

int wantedRuns()
{
    bool isNumber = false;
    const int wanted = qEnvironmentVariableIntValue("INTERLEAVE_LEAK_RUNS", &isNumber);
    return isNumber && wanted > 0 ? wanted : 60;
}

} // namespace

/// Many runs in a row, as a class would do them in one window: nothing of them stays behind.
/// INTERLEAVE_LEAK_RUNS says how many; 1000 is the full form.
class TestLeaks : public QObject
{
    Q_OBJECT

private:
    Catalogue m_catalogue = Catalogue::load().value();
    std::vector<Kind> m_kinds = mixture();
    QTemporaryDir m_temporary; ///< for the files of the runs
    QTemporaryDir m_runtime;

    RunRequest request(const Kind &kind) const
    {
        RunRequest request;
        request.set = m_catalogue.named(QString::fromUtf8(kind.slug)).value();
        request.model = QString::fromUtf8(kind.model);
        const auto params = checkedParameters(request.set, kind.params);
        if (!params)
            qFatal("%s", params.error().message.c_str());
        request.params = params.value();
        request.background = true;
        request.keepSpare = true;
        return request;
    }

    /// One run to its end, or stopped as soon as it has started. \return what went wrong.
    QString runOne(RunController &controller, int number) const
    {
        const Kind &kind = m_kinds[std::size_t(number) % m_kinds.size()];
        const bool isStopped = number % 7 == 6; // in time, each of the kinds
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request(kind));
        if (isStopped && (!started.isEmpty() || started.wait(30'000)))
            controller.stop();
        if (finished.isEmpty() && !finished.wait(70'000))
            return u"run %1 of %2 did not end"_s.arg(number).arg(QLatin1String(kind.slug));
        const auto report = finished.first().first().value<RunReport>();
        // Some are over before the stop reaches them.
        if (report.outcome == kind.outcome
            || (isStopped && report.outcome == RunOutcome::Cancelled))
            return {};
        return u"run %1, %2 as %3: %4: %5"_s.arg(QString::number(number), QLatin1String(kind.slug),
                                                 QLatin1String(kind.model),
                                                 runOutcomeName(report.outcome), report.message);
    }

    /// Waits until only the engine stands there that is kept ready for the next run.
    static bool settles()
    {
        return QTest::qWaitFor([] { return childrenOfThisProcess().size() == 1; }, 10'000);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_temporary.isValid() && m_runtime.isValid());
        qputenv("TMPDIR", QFile::encodeName(m_temporary.path())); // the engines inherit it
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime.path()));
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }

    void manyRunsLeaveNothingBehind()
    {
        const int runs = wantedRuns();
        const int cycle = int(m_kinds.size()); // both readings see the same sets
        const int warm = std::max(cycle, runs / 5);
        QVERIFY2(runs >= warm + 2 * cycle, "more runs are needed than this");
        std::vector<Reading> before, after;
        const QStringList filesBefore = temporaryFiles();
        const QFileSystemWatcher watcher(QStringList{m_temporary.path()});
        QSignalSpy made(&watcher, &QFileSystemWatcher::directoryChanged);
        {
            RunController controller;
            for (int number = 0; number < runs; ++number) {
                const QString problem = runOne(controller, number);
                QVERIFY2(problem.isEmpty(), qPrintable(problem));
                QVERIFY2(settles(), "processes are left");
                if (number >= warm && number < warm + cycle)
                    before.push_back(read());
                else if (number >= runs - cycle)
                    after.push_back(read());
            }
            QCOMPARE(leftovers().size(), qsizetype(1)); // the one that is kept ready
        }
        QTRY_VERIFY_WITH_TIMEOUT(leftovers().isEmpty(), 5'000);
        QStringList filesLeft = temporaryFiles();
        for (const QString &file : filesBefore)
            filesLeft.removeAll(file);
        QVERIFY2(filesLeft.isEmpty(), qPrintable(filesLeft.join(u' ')));
        QVERIFY2(!made.isEmpty(), "no run has made a temporary file here: nothing was tested");
        compare(medianOf(before), medianOf(after), warm, runs);
    }

private:
    static void compare(const Reading &before, const Reading &after, int warm, int runs)
    {
        for (std::size_t which = 0; which < kHeldCount; ++which)
            qInfo("%-14s after %d runs %lld, after %d runs %lld", kHeldNames[which], warm,
                  static_cast<long long>(before[which]), runs,
                  static_cast<long long>(after[which]));
        for (std::size_t which = Threads; which < ResidentKb; ++which)
            QVERIFY2(after[which] <= before[which], kHeldNames[which]);
#if !defined(__SANITIZE_ADDRESS__) // which keeps what is freed for a while
        // Until the allocator has seen every size, a few runs still add to it.
        const double most = runs >= 1000 ? 1.05 : 1.10;
        QVERIFY2(double(after[ResidentKb]) <= double(before[ResidentKb]) * most,
                 kHeldNames[ResidentKb]);
#endif
    }
};

int main(int argc, char **argv)
{
    // The full form takes longer than Qt Test lets one function take.
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", "3600000");
    const QCoreApplication application(argc, argv);
    TestLeaks test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_leaks.moc"
