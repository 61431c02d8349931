// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/programrun.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <QtTest>

#include <memory>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// Prints where it would meet the helper, and goes on when the test lets it: until then there is
/// time to find out what it is.
const char *const kProbe = R"(
import asyncio, sys
print(sys.path)
print([name for name in sorted(sys.modules) if 'interleave' in name or 'customize' in name])
async def child(): await asyncio.sleep(0)
async def main(): await asyncio.create_task(child(), name='child')
asyncio.run(main())
print('to the other stream', file=sys.stderr)
open(sys.argv[1]).read()
)";

/// Lets a program go on that reads from the named pipe. \return whether one does, yet.
bool letGo(const QString &pipe)
{
    const int writer =
        ::open(QFile::encodeName(pipe).constData(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return writer >= 0 && ::close(writer) == 0;
}

/// What a program printed.
struct Printed {
    QStringList output, errors;
};

} // namespace

/// Python programs that keep the helper out: they run as ever, and what there is is the kernel's view.
class TestKernelViewOnly : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    static Printed printedBy(const RunReport &report)
    {
        Printed printed;
        for (const PrintedLine &line : report.lines) {
            const bool isError = line.stream == PrintedLine::Stream::Error;
            (isError ? printed.errors : printed.output).append(line.text);
        }
        return printed;
    }
    /// Runs it without Interleave. \return nothing: it did not end well.
    static std::optional<Printed> runBare(const QStringList &words, const QString &pipe)
    {
        QProcess process;
        process.start(words.first(), words.mid(1));
        const bool goesOn = QTest::qWaitFor([&] { return letGo(pipe); }, 30'000);
        if (!goesOn || !process.waitForFinished(30'000)
            || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
            return std::nullopt;
        const auto lines = [](const QByteArray &text) {
            return QString::fromUtf8(text).split(u'\n', Qt::SkipEmptyParts);
        };
        return Printed{lines(process.readAllStandardOutput()),
                       lines(process.readAllStandardError())};
    }
    /// Whether a Python has been found in the run, where that can be found.
    static bool isKnown(const Trace &trace)
    {
        if (trace.source() != Source::Kernel && trace.source() != Source::KernelWide)
            return true;
        for (ProcessIndex i = 0; i < trace.processCount(); ++i) {
            if (trace.process(i).interpreter.load() != Interpreter::None)
                return true;
        }
        return false;
    }
    static std::optional<RunReport> record(const QStringList &words, const QString &pipe)
    {
        QTimer timer;
        timer.setInterval(5);
        const auto whileItRuns = [&timer, &pipe](const std::shared_ptr<const Trace> &trace) {
            QObject::connect(&timer, &QTimer::timeout, &timer, [&timer, &pipe, trace] {
                if (isKnown(*trace) && letGo(pipe))
                    timer.stop();
            });
            timer.start();
        };
        return recordProgram(commandWith(words), 60'000, whileItRuns);
    }

private slots:
    void itRunsAsEverAndIsSeenByTheKernel_data()
    {
        QTest::addColumn<QStringList>("before");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<bool>("isHelped");
        const QStringList none;
        QTest::newRow("python3") << none << none << true; // what the others are compared with
        QTest::newRow("env -i") << QStringList{u"env"_s, u"-i"_s} << none << false;
        for (const char *option : {"-I", "-E", "-S"})
            QTest::newRow(option) << none << QStringList{QString::fromLatin1(option)} << false;
    }
    void itRunsAsEverAndIsSeenByTheKernel()
    {
        QFETCH(QStringList, before);
        QFETCH(QStringList, options);
        QFETCH(bool, isHelped);
        const QString python = pythonProgram();
        if (python.isEmpty())
            QSKIP("python3 is not installed");
        const QString script = m_folder.filePath(u"probe.py"_s);
        QFile file(script);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QVERIFY(file.write(kProbe) > 0);
        file.close();
        const QString pipe =
            m_folder.filePath(u"pipe-%1"_s.arg(QString::fromLatin1(QTest::currentDataTag())));
        QVERIFY(::mkfifo(QFile::encodeName(pipe).constData(), 0600) == 0);
        const QStringList words =
            before + QStringList{python} + options + QStringList{script, pipe};
        std::optional<Printed> bare = runBare(words, pipe);
        QVERIFY(bare.has_value());
        const std::optional<RunReport> report = record(words, pipe);
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        const Printed recorded = printedBy(*report);
        QCOMPARE(bare->errors, QStringList{u"to the other stream"_s});
        QCOMPARE(recorded.errors, bare->errors);
        QCOMPARE(recorded.output.size(), bare->output.size());
        if (options.contains(u"-S"_s)) {
            // Nothing of ours is run that could take the helper's folder out again: see its README.
            const qsizetype inPath = recorded.output.first().count(u"/python-"_s);
            QCOMPARE(inPath, bare->output.first().count(u"/python-"_s) + 1);
            bare->output[0] = recorded.output.first();
        }
        QCOMPARE(recorded.output, bare->output);
        QVERIFY(report->command->isHelperOn);
        QCOMPARE(tasksOfKind(*report, TaskKind::Coroutine).empty(), !isHelped);
        for (const ProcessReport &process : report->command->processes)
            QCOMPARE(process.hasHelper, isHelped);
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QCOMPARE(report->command->processes.size(), std::size_t(1));
        QCOMPARE(report->command->processes[0].interpreter, u"python"_s);
        QVERIFY(report->command->processes[0].cpu > 0);
        QVERIFY2(report->sentence.contains(u"Kernel view only of"_s) == !isHelped,
                 qPrintable(report->sentence));
    }
};

QTEST_GUILESS_MAIN(TestKernelViewOnly)
#include "tst_kernelviewonly.moc"
