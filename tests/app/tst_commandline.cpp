// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <csignal>

#include <unistd.h>

/// Starts the real program, as a person at a terminal does.
class TestCommandLine : public QObject
{
    Q_OBJECT

private:
    struct Output {
        int code = -1;
        QByteArray out;
        QByteArray err;
        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    };

    static QString program()
    {
        return qEnvironmentVariable("INTERLEAVE_BIN") + QStringLiteral("/interleave");
    }

    static Output interleave(const QStringList &words)
    {
        QProcess process;
        process.start(program(), words);
        Output result;
        if (!process.waitForFinished(90'000))
            return result;
        result.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }

    static QStringList words(const char *line)
    {
        return QString::fromUtf8(line).split(QLatin1Char(' '));
    }

    QTemporaryDir m_folder;
    QString file(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }

private slots:
    void listNamesEverySet()
    {
        const Output text = interleave(words("list"));
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.contains("primes"));
        const QJsonObject list = interleave(words("list --json")).json();
        QCOMPARE(list.value(QStringLiteral("schema")).toString(),
                 QStringLiteral("interleave.list/1"));
        const QJsonArray sets = list.value(QStringLiteral("task_sets")).toArray();
        QCOMPARE(sets.size(), 9);
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

    void everySetRunsUnderEveryModel_data()
    {
        QTest::addColumn<QString>("slug");
        QTest::addColumn<QString>("model");
        const QJsonObject list = interleave(words("list --json")).json();
        for (const QJsonValue &set : list.value(QStringLiteral("task_sets")).toArray()) {
            const QString slug = set.toObject().value(QStringLiteral("slug")).toString();
            for (const QJsonValue &model : set.toObject().value(QStringLiteral("models")).toArray())
                QTest::addRow("%s as %s", qPrintable(slug), qPrintable(model.toString()))
                    << slug << model.toString();
        }
    }
    void everySetRunsUnderEveryModel()
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
        QCOMPARE(models.size(), 5);
        QCOMPARE(comparison.value(QStringLiteral("runs")).toArray().size(), 10);
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
