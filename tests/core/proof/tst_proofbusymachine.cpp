// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/attempts.h"

#include <QJsonObject>
#include <QTest>

#include <csignal>
#include <cstddef>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// Processes that keep all cores busy for as long as this lives: what this process itself computes does
/// not count as something else.
class Spinners
{
public:
    Spinners()
    {
        const pid_t parent = ::getpid();
        for (std::size_t i = 0; i < allowedCores().size(); ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                while (::getppid() == parent)
                    continue;
                ::_exit(0);
            }
            if (child > 0)
                m_children.push_back(child);
        }
    }
    ~Spinners()
    {
        for (const pid_t child : m_children)
            ::kill(child, SIGKILL);
        for (const pid_t child : m_children)
            ::waitpid(child, nullptr, 0);
    }
    Spinners(const Spinners &) = delete;
    Spinners &operator=(const Spinners &) = delete;

    [[nodiscard]] std::size_t count() const { return m_children.size(); }

private:
    std::vector<pid_t> m_children;
};

/// What is said to need idle cores, in a short form.
struct Case {
    const char *slug;
    const char *model;
    Params params;
};

const std::vector<Case> &cases()
{
    static const std::vector<Case> all{
        {"primes", "threads", {{u"tasks"_s, u"2"_s}, {u"work_ms"_s, u"50"_s}}},
        {"straggler", "threads", {{u"phases"_s, u"1"_s}, {u"work_ms"_s, u"10"_s}}},
        {"pool-saturation", "pool", {{u"jobs"_s, u"6"_s}, {u"job_ms_max"_s, u"5"_s}}},
        {"nice-levels", "threads", {{u"spin_ms"_s, u"50"_s}, {u"nice"_s, u"1"_s}}},
    };
    return all;
}

} // namespace

/// Beside a busy program no speed-up is what it could be: a set whose point needs idle cores says so.
class TestProofBusyMachine : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        // The machine's speed is measured once and kept: not while it is busy.
        const RunReport report =
            runSet("primes", "threads", {{u"tasks"_s, u"1"_s}, {u"work_ms"_s, u"50"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
    }

    void aSetThatNeedsIdleCoresTellsThatTheyAreNot_data()
    {
        QTest::addColumn<int>("which");
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].slug) << int(i);
    }
    void aSetThatNeedsIdleCoresTellsThatTheyAreNot()
    {
        QFETCH(int, which);
        const Case &example = cases()[std::size_t(which)];
        const Spinners spinners;
        QCOMPARE(spinners.count(), allowedCores().size());
        const RunReport report = runSet(example.slug, example.model, example.params);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY2(report.machineRemark.contains(u"busy with something else"_s),
                 qPrintable(outcomeText(report)));
        QVERIFY2(report.sentence.contains(report.machineRemark.mid(1)),
                 qPrintable(report.sentence));
        QCOMPARE(report.toJson().value("machine_remark"_L1).toString(), report.machineRemark);
    }

    void aSetThatNeedsNoCoresDoesNot()
    {
        const Spinners spinners;
        QCOMPARE(spinners.count(), allowedCores().size());
        const RunReport report = runSet("two-sleepers", "threads",
                                        {{u"iterations"_s, u"1"_s}, {u"period_ms"_s, u"50"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.machineRemark, QString());
        QVERIFY(report.toJson().value("machine_remark"_L1).isNull());
    }
};

QTEST_GUILESS_MAIN(TestProofBusyMachine)
#include "tst_proofbusymachine.moc"
