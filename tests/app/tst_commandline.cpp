// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/realprogram.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <csignal>

#include <unistd.h>

using namespace RealProgram;

/// Starts the real program, as a person at a terminal does.
class TestCommandLine : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString file(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }

private slots:
    void initTestCase()
    {
        // The program's own folder of task sets: whoever runs this test has their own elsewhere.
        qputenv("XDG_DATA_HOME", QFile::encodeName(file("data")));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(file("config")));
    }

    void listNamesEverySet()
    {
        const Output text = interleave(words("list"));
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.contains("primes"));
        const QJsonObject list = interleave(words("list --json")).json();
        QCOMPARE(list.value(QStringLiteral("schema")).toString(),
                 QStringLiteral("interleave.list/1"));
        const QJsonArray sets = list.value(QStringLiteral("task_sets")).toArray();
        QCOMPARE(sets.size(), 40);
        for (const QJsonValue &set : sets) {
            QVERIFY(!set.toObject().value(QStringLiteral("models")).toArray().isEmpty());
            QVERIFY(!set.toObject().value(QStringLiteral("slug")).toString().isEmpty());
        }
    }

    void wrongWordsAreToldWithTheNearest_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("command") << words("rnu primes") << QByteArray("run");
        QTest::newRow("set") << words("run prims") << QByteArray("primes");
        QTest::newRow("no set") << words("run") << QByteArray("task set");
        QTest::newRow("model") << words("run primes --model fibres") << QByteArray("threads");
        QTest::newRow("parameter") << words("run primes --param taks=2") << QByteArray("tasks");
        QTest::newRow("range") << words("run primes --param tasks=99") << QByteArray("1 to 32");
        QTest::newRow("no number") << words("run primes --param tasks=many") << QByteArray("many");
        QTest::newRow("no value") << words("run primes --param tasks") << QByteArray("NAME=VALUE");
        QTest::newRow("ending") << words("run primes --out primes.xyz") << QByteArray(".png");
        QTest::newRow("option") << words("run primes --modle pool") << QByteArray("modle");
        QTest::newRow("repeat") << words("run primes --repeat 0") << QByteArray("1 to 1000");
        QTest::newRow("no file") << words("stats /nowhere/x.csv") << QByteArray("/nowhere/x.csv");
        QTest::newRow("swapped")
            << words("run gather --param shortest_ms=900 --param longest_ms=100")
            << QByteArray("longest_ms: 100 is less than shortest_ms, which is 900");
        QTest::newRow("swapped, one by default")
            << words("run async-http --param latency_min_ms=900")
            << QByteArray("latency_max_ms: 300 is less than latency_min_ms, which is 900");
        QTest::newRow("swapped, compared")
            << words("compare pool-saturation --param job_ms_min=30 --param job_ms_max=20")
            << QByteArray("job_ms_max: 20 is less than job_ms_min");
        QTest::newRow("no times") << words("run pipeline --param stage_ms=20,slow,20")
                                  << QByteArray(
                                         "stage_ms: the text is not possible; expected is times");
        QTest::newRow("no database") << words("run database --param database=postgres://me@host/db")
                                     << QByteArray("expected is nothing for the embedded SQLite");
        QTest::newRow("cores") << words("run primes --param cores=-1") << QByteArray("0 to 256");
    }
    void wrongWordsAreToldWithTheNearest()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, expected);
        const Output output = interleave(arguments);
        QCOMPARE(output.code, 2);
        QVERIFY(output.out.isEmpty());
        QVERIFY2(output.err.contains(expected), output.err.constData());
        QCOMPARE(output.err.count('\n'), 1);
    }

    void aPasswordInAWrongAddressIsNotRepeated()
    {
        for (const char *address :
             {"postgres://me:secret@host/db", "mysql://me:pass@secret@host/db",
              "mysql://me:pass?secret@host/db", "mysql://me:secret@host", "secret:word@host/db"}) {
            const Output output = interleave(
                {QStringLiteral("run"), QStringLiteral("database"), QStringLiteral("--param"),
                 QStringLiteral("database=") + QString::fromLatin1(address)});
            QVERIFY2(output.code == 2, address);
            QVERIFY2(!output.err.contains("secret"), output.err.constData());
        }
    }

    void aRunOnOneCoreIsNeverInParallel()
    {
        const Output output = interleave(words("run primes --model threads --param tasks=3 --param "
                                               "work_ms=50 --param cores=1 --json"));
        QVERIFY2(output.code == 0, output.err.constData());
        const QJsonObject run = output.json();
        const QJsonObject params = run.value(QStringLiteral("params")).toObject();
        QCOMPARE(params.value(QStringLiteral("cores")).toInt(), 1);
        if (!run.value(QStringLiteral("source")).toString().startsWith(QLatin1String("kernel")))
            QSKIP("needs the kernel as source");
        QCOMPARE(run.value(QStringLiteral("peak_parallelism")).toInt(), 1);
        QCOMPARE(run.value(QStringLiteral("overlap_ns")).toInt(-1), 0);
    }

    void runPrintsOneDocumentByTheContract()
    {
        const Output output =
            interleave(words("run primes --model pool --param tasks=2 --param work_ms=50 --json"));
        QCOMPARE(output.code, 0);
        const QJsonObject run = output.json();
        for (const char *key : {"schema",
                                "task_set",
                                "model",
                                "params",
                                "source",
                                "outcome",
                                "message",
                                "wall_ns",
                                "cpu_ns",
                                "parallelism",
                                "peak_parallelism",
                                "overlap_ns",
                                "spawn_ns",
                                "peak_rss_bytes",
                                "switches",
                                "migrations",
                                "run_queue_wait_ns",
                                "events",
                                "cores",
                                "result",
                                "sentence",
                                "tasks"})
            QVERIFY2(run.contains(QLatin1String(key)), key);
        QCOMPARE(run.value(QStringLiteral("outcome")).toString(), QStringLiteral("finished"));
        QCOMPARE(run.value(QStringLiteral("task_set")).toString(), QStringLiteral("S06"));
        const QJsonArray tasks = run.value(QStringLiteral("tasks")).toArray();
        QCOMPARE(tasks.size(), 2);
        for (const QJsonValue &task : tasks)
            QVERIFY(task.toObject().value(QStringLiteral("running_ns")).toDouble() > 20e6);
        const QJsonObject events = run.value(QStringLiteral("events")).toObject();
        QVERIFY(events.value(QStringLiteral("recorded")).toInt() >= 4);
        for (const char *key : {"dropped", "lost", "late"})
            QCOMPARE(events.value(QLatin1String(key)).toInt(-1), 0);
    }

    void repeatsAreListedWithWhatCameOut()
    {
        const QStringList ordering = words("run ordering --model threads --param rounds=2 "
                                           "--param tasks=2 --param letters=2 --repeat 3");
        const Output output = interleave(QStringList(ordering) << QStringLiteral("--json"));
        QVERIFY2(output.code == 0, output.err.constData());
        const QJsonObject document = output.json();
        const QJsonArray repeats = document.value(QStringLiteral("repeats")).toArray();
        QCOMPARE(repeats.size(), 3);
        for (const QJsonValue &repeat : repeats) {
            const QJsonObject run = repeat.toObject();
            QCOMPARE(run.value(QStringLiteral("outcome")).toString(), QStringLiteral("finished"));
            QVERIFY(run.value(QStringLiteral("wall_ns")).toDouble() > 0);
            QCOMPARE(run.value(QStringLiteral("result"))
                         .toObject()
                         .value(QStringLiteral("rounds"))
                         .toInt(),
                     2);
        }
        const QJsonObject distribution = document.value(QStringLiteral("distribution")).toObject();
        const QJsonArray rounds = distribution.value(QStringLiteral("rounds")).toArray();
        QCOMPARE(rounds.size(), 1);
        QCOMPARE(rounds[0].toObject().value(QStringLiteral("value")).toInt(), 2);
        QCOMPARE(rounds[0].toObject().value(QStringLiteral("count")).toInt(), 3);
        int orders = 0;
        for (const QJsonValue &value :
             distribution.value(QStringLiteral("distinct_orders")).toArray())
            orders += value.toObject().value(QStringLiteral("count")).toInt();
        QCOMPARE(orders, 3);
        QCOMPARE(document.value(QStringLiteral("repeat"))
                     .toObject()
                     .value(QStringLiteral("runs"))
                     .toInt(),
                 3);
        QVERIFY(interleave(ordering).out.contains("3 runs: all finished."));
        const Output once =
            interleave(words("run primes --param tasks=1 --param work_ms=50 --json"));
        QVERIFY(!once.json().contains(QStringLiteral("repeats")));
    }

    void whatIsNotKnownIsADashForAPerson()
    {
        const Output output =
            interleave(words("run primes --param tasks=2 --param work_ms=50 --source events"));
        QVERIFY2(output.code == 0, output.err.constData());
        QVERIFY(output.out.contains("CPU - "));
        QVERIFY(output.out.contains("migrations -"));
    }

    void setsRunUnderTheirModels_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QString>("model");
        // All sets under all models: tst_everyset, without the detour over the command line.
        for (const char *model :
             {"sequential", "threads", "pool", "processes", "coroutines", "gil"})
            QTest::addRow("two-sleepers as %s", model)
                << QStringLiteral("two-sleepers") << QString::fromUtf8(model);
        for (const char *slug : {"primes", "io-or-cpu", "ordering", "pool-saturation",
                                 "oversubscription", "spawn-cost", "global-lock"})
            QTest::addRow("%s as threads", slug)
                << QString::fromUtf8(slug) << QStringLiteral("threads");
    }
    void setsRunUnderTheirModels()
    {
        QFETCH(QString, slug);
        QFETCH(QString, model);
        static const QHash<QString, QStringList> shortForm{
            {QStringLiteral("two-sleepers"),
             {QStringLiteral("iterations=2"), QStringLiteral("period_ms=50")}},
            {QStringLiteral("primes"), {QStringLiteral("work_ms=50")}},
            {QStringLiteral("io-or-cpu"), {QStringLiteral("total_ms=60")}},
            {QStringLiteral("ordering"), {QStringLiteral("rounds=3")}},
            {QStringLiteral("pool-saturation"),
             {QStringLiteral("jobs=10"), QStringLiteral("job_ms_max=5")}},
            {QStringLiteral("oversubscription"), {QStringLiteral("total_ms=200")}},
            {QStringLiteral("spawn-cost"), {QStringLiteral("count=20")}},
            {QStringLiteral("global-lock"), {QStringLiteral("work_ms=50")}},
        };
        QStringList arguments{QStringLiteral("run"), slug, QStringLiteral("--model"), model,
                              QStringLiteral("--json")};
        for (const QString &param : shortForm.value(slug))
            arguments << QStringLiteral("--param") << param;
        const Output output = interleave(arguments);
        QVERIFY2(output.code == 0, output.err.constData());
        const QJsonObject run = output.json();
        QCOMPARE(run.value(QStringLiteral("outcome")).toString(), QStringLiteral("finished"));
        QVERIFY(!run.value(QStringLiteral("sentence")).toString().isEmpty());
        QVERIFY(run.value(QStringLiteral("wall_ns")).toDouble() > 0);
        for (const QJsonValue &task : run.value(QStringLiteral("tasks")).toArray())
            QCOMPARE(task.toObject().value(QStringLiteral("outcome")).toString(),
                     QStringLiteral("finished"));
    }

    void everyTierRunsAndNamesItself_data()
    {
        QTest::addColumn<QString>("source");
        for (const char *source : {"kernel-wide", "kernel", "sampled", "events"})
            QTest::newRow(source) << QString::fromUtf8(source);
    }
    void everyTierRunsAndNamesItself()
    {
        QFETCH(QString, source);
        const Output output = interleave(
            words("run primes --param tasks=2 --param work_ms=60 --json --source") << source);
        if (output.code == 3)
            QSKIP("this machine does not allow it");
        QCOMPARE(output.code, 0);
        QCOMPARE(output.json().value(QStringLiteral("source")).toString(), source);
        QCOMPARE(output.json().value(QStringLiteral("tasks")).toArray().size(), 2);
    }

    void compareRunsEveryModelAndSumsUp()
    {
        const Output output = interleave(words(
            "compare two-sleepers --param iterations=1 --param period_ms=50 --repeat 2 --json"));
        QCOMPARE(output.code, 0);
        const QJsonObject comparison = output.json();
        QCOMPARE(comparison.value(QStringLiteral("schema")).toString(),
                 QStringLiteral("interleave.compare/1"));
        const QJsonArray models = comparison.value(QStringLiteral("models")).toArray();
        QCOMPARE(models.size(), 6);
        QCOMPARE(comparison.value(QStringLiteral("runs")).toArray().size(), 12);
        for (const QJsonValue &model : models)
            QVERIFY(model.toObject().value(QStringLiteral("speed_up")).toDouble() > 0);
    }

    void everyOutputIsWritten()
    {
        const Output output =
            interleave(words("run two-sleepers --param iterations=1 --param period_ms=50 --out")
                       << file("a.png") << QStringLiteral("--out") << file("a.svg")
                       << QStringLiteral("--out") << file("a.pdf") << QStringLiteral("--out")
                       << file("a.csv") << QStringLiteral("--out") << file("a.json"));
        QVERIFY2(output.code == 0, output.err.constData());
        const QHash<QString, QByteArray> beginnings{{QStringLiteral("a.png"), "\x89PNG"},
                                                    {QStringLiteral("a.svg"), "<?xml"},
                                                    {QStringLiteral("a.pdf"), "%PDF"},
                                                    {QStringLiteral("a.csv"), "track_kind,"},
                                                    {QStringLiteral("a.json"), "{"}};
        for (auto it = beginnings.begin(); it != beginnings.end(); ++it) {
            QFile written(m_folder.filePath(it.key()));
            QVERIFY(written.open(QIODevice::ReadOnly));
            QVERIFY2(written.read(64).startsWith(it.value()), qPrintable(it.key()));
        }
        const Output stats =
            interleave({QStringLiteral("stats"), file("a.csv"), QStringLiteral("--json")});
        QCOMPARE(stats.code, 0);
        QCOMPARE(stats.json().value(QStringLiteral("tasks")).toArray().size(), 2);
    }

    void aFullDiskIsToldAndTheOldFileStays()
    {
        QFile old(file("kept.png"));
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("old");
        old.close();
        const QStringList run =
            words("run two-sleepers --param iterations=1 --param period_ms=50 --out");
        QFile::setPermissions(m_folder.path(), QFile::ReadOwner | QFile::ExeOwner);
        const bool rootMayWrite = QFile::exists(file("kept.png")) && ::geteuid() == 0;
        if (!rootMayWrite) {
            const Output output = interleave(QStringList(run) << file("kept.png"));
            QCOMPARE(output.code, 1);
            QVERIFY(output.err.contains("kept.png"));
        }
        QFile::setPermissions(m_folder.path(),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QVERIFY(old.open(QIODevice::ReadOnly));
        QCOMPARE(old.readAll(), QByteArray("old"));

        const Output nowhere = interleave(QStringList(run) << QStringLiteral("/nowhere/x.svg"));
        QCOMPARE(nowhere.code, 1);
        QVERIFY(nowhere.err.contains("/nowhere/x.svg"));
    }

    void ctrlCWritesWhatWasRecorded()
    {
        QProcess process;
        process.start(
            program(),
            words("run two-sleepers --param iterations=20 --param period_ms=2000 --json --out")
                << file("cut.csv"));
        QVERIFY(process.waitForStarted());
        // It runs when its engine has threads of its own; asked of /proc, not of a clock.
        const auto engineThreads = [&] {
            QFile children(QStringLiteral("/proc/%1/task").arg(process.processId()));
            QProcess pgrep;
            pgrep.start(
                QStringLiteral("sh"),
                {QStringLiteral("-c"),
                 QStringLiteral("for t in /proc/%1/task/*; do for c in $(cat $t/children); do ls "
                                "/proc/$c/task | wc -l; done; done")
                     .arg(process.processId())});
            pgrep.waitForFinished();
            int most = 0;
            for (const QByteArray &line : pgrep.readAllStandardOutput().split('\n'))
                most = std::max(most, line.trimmed().toInt());
            return most;
        };
        QTRY_VERIFY_WITH_TIMEOUT(engineThreads() >= 3, 20'000);
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(10'000));
        QCOMPARE(process.exitCode(), 130);
        const QJsonObject run = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QCOMPARE(run.value(QStringLiteral("outcome")).toString(), QStringLiteral("cancelled"));
        QVERIFY(QFile(file("cut.csv")).size() > 100);
    }

    void doctorExplains()
    {
        const QJsonObject doctor = interleave(words("doctor --json")).json();
        QCOMPARE(doctor.value(QStringLiteral("schema")).toString(),
                 QStringLiteral("interleave.doctor/1"));
        QVERIFY(!doctor.value(QStringLiteral("source")).toString().isEmpty());
        QCOMPARE(interleave(words("doctor")).code, 0);
    }

    void helpAndVersionAreThere()
    {
        QVERIFY(interleave(words("--help")).out.contains("compare"));
        QVERIFY(interleave(words("run --help")).out.contains("--out"));
        QVERIFY(interleave(words("--version")).out.startsWith("interleave "));
    }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
