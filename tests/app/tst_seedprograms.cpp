// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/programrun.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// The programs of the tutorials that the project grew out of, word for word: each runs alone and is
/// recorded by `interleave record`. What it prints must be the same, and what its text promises must
/// be on the lanes.
class TestSeedPrograms : public QObject
{
    Q_OBJECT

private:
    static constexpr int kMostAtOnce = 4; // recordings: a person's locked memory has a limit
    static constexpr int kPatienceMs = 60'000;

    struct Output {
        int status = -1;
        QByteArray out, err;
    };
    struct Program {
        QString name;
        QByteArray text;
        QString missing; ///< what it needs and this machine does not have; else empty
        Output plain, recorded;
        QJsonObject document;
        QList<QList<QByteArray>> rows; ///< of slices.csv
        [[nodiscard]] bool has(const char *words) const { return text.contains(words); }
    };
    /// A piece of a thread on a core.
    struct Piece {
        qint64 begin = 0;
        QByteArray thread;
    };

    QTemporaryDir m_folder;
    QString m_python;
    std::vector<Program> m_programs;

    QString file(const QString &name) const { return m_folder.filePath(name); }

    static QByteArray contentsOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    /// The texts between ```python and ```.
    static QList<QByteArray> blocksOf(const QByteArray &markdown)
    {
        QList<QByteArray> blocks;
        const QByteArray fence = "```python\n";
        for (qsizetype at = markdown.indexOf(fence); at >= 0; at = markdown.indexOf(fence, at)) {
            at += fence.size();
            const qsizetype end = markdown.indexOf("```", at);
            blocks << markdown.mid(at, end - at);
            at = end < 0 ? markdown.size() : end + 3;
        }
        return blocks;
    }

    void readPrograms(const QDir &seeds)
    {
        for (const QString &seed : seeds.entryList({u"*.txt"_s, u"*.md"_s}, QDir::Files)) {
            int number = 0;
            for (const QByteArray &text : blocksOf(contentsOf(seeds.filePath(seed)))) {
                Program program;
                program.name = u"%1-%2"_s.arg(seed.left(3)).arg(++number);
                program.text = text;
                for (const char *module : {"aiohttp", "aiomysql"}) {
                    const QString needed = QString::fromLatin1(module);
                    if (text.contains(QByteArray("import ") + module)
                        && !canImport(m_python, needed))
                        program.missing = needed;
                }
                QFile script(file(program.name + u".py"_s));
                QVERIFY(script.open(QIODevice::WriteOnly));
                QCOMPARE(script.write(text), text.size());
                m_programs.push_back(std::move(program));
            }
        }
        // The long ones first: the others then fill the time.
        std::stable_sort(m_programs.begin(), m_programs.end(),
                         [](const Program &a, const Program &b) {
                             return a.has("time.sleep") > b.has("time.sleep");
                         });
    }

    std::unique_ptr<QProcess> start(const QString &program, const QStringList &words) const
    {
        auto process = std::make_unique<QProcess>();
        process->setWorkingDirectory(m_folder.path());
        process->setStandardInputFile(QProcess::nullDevice());
        process->start(program, words);
        return process;
    }
    std::unique_ptr<QProcess> startPlain(const Program &program) const
    {
        return start(m_python, {program.name + u".py"_s});
    }
    std::unique_ptr<QProcess> startRecorded(const Program &program) const
    {
        return start(qEnvironmentVariable("INTERLEAVE_BIN") + u"/interleave"_s,
                     {u"record"_s, u"--out"_s, file(program.name + u".json"_s), u"--out"_s,
                      file(program.name + u".csv"_s), u"--"_s, m_python, program.name + u".py"_s});
    }
    static Output finish(QProcess &process)
    {
        Output output;
        if (process.waitForFinished(kPatienceMs) && process.exitStatus() == QProcess::NormalExit)
            output.status = process.exitCode();
        output.out = process.readAllStandardOutput();
        output.err = process.readAllStandardError();
        return output;
    }

    void runAll()
    {
        std::vector<std::unique_ptr<QProcess>> plain;
        for (const Program &program : m_programs)
            plain.push_back(startPlain(program));
        for (std::size_t first = 0; first < m_programs.size(); first += kMostAtOnce) {
            const std::size_t end = std::min(m_programs.size(), first + kMostAtOnce);
            std::vector<std::unique_ptr<QProcess>> recorded;
            for (std::size_t i = first; i < end; ++i)
                recorded.push_back(startRecorded(m_programs[i]));
            for (std::size_t i = first; i < end; ++i)
                m_programs[i].recorded = finish(*recorded[i - first]);
        }
        for (std::size_t i = 0; i < m_programs.size(); ++i)
            m_programs[i].plain = finish(*plain[i]);
        for (Program &program : m_programs) {
            program.document =
                QJsonDocument::fromJson(contentsOf(file(program.name + u".json"_s))).object();
            for (const QByteArray &row : contentsOf(file(program.name + u".csv"_s)).split('\n'))
                program.rows << row.split(',');
        }
    }

    /// print() writes a line's end apart from the line: that of another thread may come in between.
    static QByteArray sortedBytes(QByteArray text)
    {
        std::sort(text.begin(), text.end());
        return text;
    }

    /// When each of the threads got a core, in the order of time. By the names' beginnings: newer
    /// versions of Python add the function to them.
    static std::vector<Piece> piecesOf(const Program &program, const std::set<QByteArray> &threads)
    {
        std::vector<Piece> pieces;
        for (const QList<QByteArray> &row : program.rows) {
            if (row.size() != 11 || row[0] != "thread" || row[7] != "running")
                continue;
            for (const QByteArray &thread : threads) {
                if (row[5].startsWith(thread))
                    pieces.push_back({row[9].toLongLong(), thread});
            }
        }
        std::stable_sort(pieces.begin(), pieces.end(),
                         [](const Piece &a, const Piece &b) { return a.begin < b.begin; });
        return pieces;
    }

    const Program &fetched()
    {
        const auto find = [this](const QString &name) -> const Program & {
            return *std::find_if(m_programs.begin(), m_programs.end(),
                                 [&](const Program &program) { return program.name == name; });
        };
        return find(QString::fromLatin1(QTest::currentDataTag()));
    }

    void addRows(const char *words)
    {
        QTest::addColumn<bool>("unused");
        for (const Program &program : m_programs) {
            if (program.has(words))
                QTest::newRow(qPrintable(program.name)) << true;
        }
    }

    /// Why the lanes of that program cannot be looked at here; empty: they can.
    static QString obstacle(const Program &program)
    {
        if (!program.missing.isEmpty())
            return u"it needs %1, which %2"_s.arg(program.missing, u"python3 cannot import"_s);
        if (program.plain.status != 0)
            return u"python3 itself refuses it: "_s
                + QString::fromUtf8(program.plain.err.trimmed().split('\n').last());
        const QString source = program.document.value("source"_L1).toString();
        return source.startsWith("kernel"_L1) ? QString() : u"needs the kernel as source"_s;
    }

    static QJsonArray processesOf(const Program &program)
    {
        return program.document.value("command"_L1).toObject().value("processes"_L1).toArray();
    }

private slots:
    void initTestCase()
    {
        const QDir seeds(sourceFile(u"../shared/seeds"_s));
        if (qEnvironmentVariableIsEmpty("INTERLEAVE_SOURCE_DIR") || !seeds.exists())
            QSKIP("the tutorials are not there: ../shared/seeds beside the source");
        m_python = pythonProgram();
        if (m_python.isEmpty())
            QSKIP("python3 is not installed");
        readPrograms(seeds);
        QVERIFY(m_programs.size() >= 5);
        runAll();
    }

    void whatItPrintsAndHowItEndsIsTheSame_data() { addRows(""); }
    void whatItPrintsAndHowItEndsIsTheSame()
    {
        const Program &program = fetched();
        if (!program.missing.isEmpty())
            QSKIP(qPrintable(program.missing + u" cannot be imported"_s));
        QVERIFY(program.plain.status >= 0);
        QVERIFY2(program.recorded.status == program.plain.status, program.recorded.err.constData());
        // Two threads or tasks that wake up at the same moment, or of which one takes over between
        // the words and the end of the line, print in no fixed order, also without us: then what they
        // print must be the same. Of all others every byte is where it was.
        if (program.has("time.sleep") || program.has("threading"))
            QCOMPARE(sortedBytes(program.recorded.out), sortedBytes(program.plain.out));
        else
            QCOMPARE(program.recorded.out, program.plain.out);
        // After what it says itself comes our own summary.
        QVERIFY2(program.recorded.err.startsWith(program.plain.err),
                 program.recorded.err.constData());
    }

    void bothThreadsAreThereByName_data() { addRows("threading.Thread("); }
    void bothThreadsAreThereByName()
    {
        const Program &program = fetched();
        if (const QString why = obstacle(program); !why.isEmpty())
            QSKIP(qPrintable(why));
        std::set<QByteArray> seen, pids;
        std::map<QByteArray, QByteArray> tids;
        for (const Piece &piece : piecesOf(program, {"Thread-1", "Thread-2"}))
            seen.insert(piece.thread);
        QCOMPARE(seen, (std::set<QByteArray>{"Thread-1", "Thread-2"}));
        for (const QList<QByteArray> &row : program.rows) {
            if (row.size() == 11 && row[0] == "thread" && row[5].startsWith("Thread-")) {
                pids.insert(row[3]);
                tids[row[5]] = row[4];
            }
        }
        QCOMPARE(pids.size(), std::size_t(1)); // of one process
        QCOMPARE(tids.size(), std::size_t(2));
        QVERIFY(tids.begin()->second != tids.rbegin()->second);
    }

    void theThreadsAlternate_data() { addRows("time.sleep"); }
    void theThreadsAlternate()
    {
        const Program &program = fetched();
        if (const QString why = obstacle(program); !why.isEmpty())
            QSKIP(qPrintable(why));
        const std::vector<Piece> pieces = piecesOf(program, {"Thread-1", "Thread-2"});
        int changes = 0;
        for (std::size_t i = 1; i < pieces.size(); ++i)
            changes += pieces[i].thread != pieces[i - 1].thread;
        // In each of the five seconds both have their turn.
        const QString found = u"%1 changes in %2 pieces"_s.arg(changes).arg(pieces.size());
        QVERIFY2(changes >= 5, qPrintable(found));
        QVERIFY(pieces.back().begin - pieces.front().begin > 4 * kSecond);
    }

    void bothProcessesAreThereByName_data() { addRows("Process("); }
    void bothProcessesAreThereByName()
    {
        const Program &program = fetched();
        if (const QString why = obstacle(program); !why.isEmpty())
            QSKIP(qPrintable(why));
        std::map<QString, int> pids;
        const QJsonArray processes = processesOf(program);
        for (const QJsonValue &each : processes) {
            const QJsonObject process = each.toObject();
            QVERIFY(process.value("interpreter"_L1).toString().startsWith("python"_L1));
            if (!process.value("housekeeping"_L1).toBool())
                pids[process.value("name"_L1).toString()] = process.value("pid"_L1).toInt();
        }
        QVERIFY2(pids.count(u"Process-1"_s) == 1 && pids.count(u"Process-2"_s) == 1,
                 QJsonDocument(processes).toJson().constData());
        QVERIFY(pids[u"Process-1"_s] != pids[u"Process-2"_s]);
        QCOMPARE(pids.size(), std::size_t(3)); // and the one that started them
    }

    void bothTasksAreOnOneThread_data() { addRows("asyncio.gather("); }
    void bothTasksAreOnOneThread()
    {
        const Program &program = fetched();
        if (const QString why = obstacle(program); !why.isEmpty())
            QSKIP(qPrintable(why));
        std::map<QString, QJsonObject> tasks;
        const QJsonArray all = program.document.value("tasks"_L1).toArray();
        for (const QJsonValue &task : all)
            // "Task-1 (main)": a name that nobody gave says what the task runs, too.
            tasks[task.toObject().value("name"_L1).toString().section(u' ', 0, 0)] =
                task.toObject();
        // Task-1 is the one that gathers.
        for (const QString &name : {u"Task-1"_s, u"Task-2"_s, u"Task-3"_s}) {
            QVERIFY2(tasks.count(name) == 1, QJsonDocument(all).toJson().constData());
            QCOMPARE(tasks[name].value("outcome"_L1).toString(), u"finished"_s);
        }
        QCOMPARE(tasks[u"Task-2"_s].value("tid"_L1), tasks[u"Task-3"_s].value("tid"_L1));
        QCOMPARE(tasks[u"Task-2"_s].value("tid"_L1), tasks[u"Task-2"_s].value("pid"_L1));
    }

    void aProgramOfEveryKindWasThere()
    {
        int threads = 0, processes = 0, coroutines = 0;
        for (const Program &program : m_programs) {
            const bool isWhole = program.missing.isEmpty() && program.plain.status == 0;
            threads += isWhole && program.has("threading.Thread(");
            processes += isWhole && program.has("Process(");
            coroutines += isWhole && program.has("asyncio.gather(");
        }
        QVERIFY(threads >= 3);
        QVERIFY(processes >= 1);
        QVERIFY(coroutines >= 1);
    }
};

QTEST_GUILESS_MAIN(TestSeedPrograms)
#include "tst_seedprograms.moc"
