// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"
#include "core/sched/machineload.h"
#include "core/sched/sourceprobe.h"
#include "tests/core/sched/actingchild.h"
#include "tests/support/nobody.h"

#include <QtTest>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

using namespace Interleave;

namespace
{

bool isWithin(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

bool offersSchedstat()
{
    ThreadSchedStat stat;
    return readThreadSchedStat(getpid(), int(syscall(SYS_gettid)), stat);
}

// What the children do, each a process of its own.

/// From here on the system call `number` fails with EPERM, as in a container.
bool forbid(int number)
{
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter{};
    filter.len = sizeof program / sizeof program[0];
    filter.filter = program;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// \return 0 when `isTrue`, else 1 with the claim on the standard output.
int claim(bool isTrue, const std::string &text)
{
    if (!isTrue)
        HeldChild::say("not so: " + text);
    return isTrue ? 0 : 1;
}

/// perf is refused by a real filter: the verdict and every opening say so.
int actWithoutPerf()
{
    if (!forbid(SYS_perf_event_open))
        return kRefused;
    int failed = 0;
    const Source fallback = offersSchedstat() ? Source::Sampled : Source::Events;
    const SourceVerdict verdict = probeSources();
    failed += claim(verdict.best == fallback,
                    "the best is the fallback: " + std::string(sourceName(verdict.best)));
    failed += claim(isWithin(verdict.reason, "EPERM"), "EPERM in \"" + verdict.reason + '"');
    failed += claim(verdict.paranoid > 2 || verdict.remedy.empty(),
                    "the setting is no remedy: \"" + verdict.remedy + '"');

    std::string remark;
    auto observer = openObserver(getpid(), std::nullopt, remark);
    failed += claim(observer->source() == fallback, "the best is opened");
    failed += claim(isWithin(remark, "perf_event_open was refused: EPERM"), "why: " + remark);
    observer = openObserver(getpid(), Source::Kernel, remark);
    failed += claim(observer->source() == fallback, "the next best is opened");
    failed += claim(isWithin(remark, "EPERM"), "why again: " + remark);

    const auto opened = KernelObserver::open(getpid(), {});
    failed += claim(!opened && opened.error().code == ErrorCode::NotAllowed, "NotAllowed");
    failed += claim(!openKeeperEvent().isOpen(), "no keeper");
    return failed == 0 ? 0 : 1;
}

/// As a user without any privilege; what is better than its own programs needs the setting.
int actWithoutPrivileges()
{
    if (geteuid() == 0 && !becomeNobody())
        return kRefused;
    const SourceVerdict verdict = probeSources();
    const std::string setting = "perf_event_paranoid is " + std::to_string(verdict.paranoid);
    int failed = 0;
    if (verdict.best == Source::KernelWide)
        return claim(verdict.paranoid <= 0 && verdict.reason.empty(), setting + verdict.reason);
    failed += claim(!verdict.reason.empty(), "a reason is given");
    if (verdict.paranoid > 0)
        failed += claim(isWithin(verdict.reason, setting), '"' + setting + "\": " + verdict.reason);
    if (verdict.best == Source::Kernel && verdict.paranoid > 0)
        failed += claim(verdict.remedy == "sudo sysctl kernel.perf_event_paranoid=0",
                        "a remedy: " + verdict.remedy);
    if (verdict.best > Source::Kernel && verdict.paranoid > 2)
        failed += claim(verdict.remedy == "sudo sysctl kernel.perf_event_paranoid=2",
                        "a remedy: " + verdict.remedy);
    std::string remark;
    const auto observer = openObserver(getpid(), std::nullopt, remark);
    failed += claim(observer->source() == verdict.best, "what is opened is what was found");
    failed += claim(!remark.empty(), "why not the whole machine is told");
    return failed == 0 ? 0 : 1;
}

/// A process of another user, the test itself: no lower tier makes up for that.
int attachWithoutPrivileges()
{
    if (!becomeNobody())
        return kRefused;
    const SourceVerdict verdict = probeSources();
    if (verdict.best != Source::Kernel)
        return kRefused;
    std::string remark;
    int failed = 0;
    const auto best = openAttachedObserver(getppid(), std::nullopt, remark);
    failed += claim(!best && best.error().code == ErrorCode::NotAllowed, "refused");
    if (!best)
        failed += claim(isWithin(best.error().message, std::to_string(getppid())),
                        "by its number: " + best.error().message);
    if (!offersSchedstat())
        return failed == 0 ? 0 : 1;
    const auto sampled = openAttachedObserver(getppid(), Source::Sampled, remark);
    failed += claim(sampled && sampled.value()->source() == Source::Sampled,
                    "what everybody may read can be asked for");
    return failed == 0 ? 0 : 1;
}

/// Where perf is refused altogether the process has nothing to do with it.
int attachWithoutPerf()
{
    if (!forbid(SYS_perf_event_open))
        return kRefused;
    const Source fallback = offersSchedstat() ? Source::Sampled : Source::Events;
    std::string remark;
    const auto attached = openAttachedObserver(getpid(), std::nullopt, remark);
    int failed = claim(attached.isOk(), "the fallback is opened");
    if (attached)
        failed += claim(attached.value()->source() == fallback, "it is the best that is left");
    failed += claim(isWithin(remark, "EPERM"), "why: " + remark);
    return failed == 0 ? 0 : 1;
}

int actAs(std::string_view mode)
{
    if (mode == "attach-without-privileges")
        return attachWithoutPrivileges();
    if (mode == "attach-without-perf")
        return attachWithoutPerf();
    if (mode == "without-perf")
        return actWithoutPerf();
    if (mode == "without-privileges")
        return actWithoutPrivileges();
    return mode == "nothing" ? 0 : 1;
}

} // namespace

class TestSourceProbe : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void everySourceHasItsName_data();
    void everySourceHasItsName();
    void theVerdictAgreesWithWhatOpens();
    void theSettingsAreReported();
    void theProbeLeavesTheThreadsNameAlone();
    void refusedByASandboxItFallsToSampling();
    void withoutPrivilegesTheReasonNamesTheSetting();
    void aSourceThatIsAskedForIsTaken_data();
    void aSourceThatIsAskedForIsTaken();
    void theEnvironmentDecidesWhenNobodyElseDoes();
    void theEnvironmentGivesWayToAnExplicitWish();
    void aWrongEnvironmentIsNamed();
    void aProcessThatIsGoneIsExplained();
    void aRunningProcessIsAttachedTo_data();
    void aRunningProcessIsAttachedTo();
    void attachingToNobodyIsAnError();
    void anotherUsersProcessIsAnErrorAndNoFallback();
    void refusedByASandboxAttachingFallsToSampling();
};

void TestSourceProbe::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    qunsetenv("INTERLEAVE_SOURCE");
}

void TestSourceProbe::cleanup()
{
    qunsetenv("INTERLEAVE_SOURCE");
}

void TestSourceProbe::everySourceHasItsName_data()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("whole machine") << int(Source::KernelWide) << QByteArray("kernel-wide");
    QTest::newRow("kernel") << int(Source::Kernel) << QByteArray("kernel");
    QTest::newRow("sampled") << int(Source::Sampled) << QByteArray("sampled");
    QTest::newRow("events only") << int(Source::Events) << QByteArray("events");
}

void TestSourceProbe::everySourceHasItsName()
{
    QFETCH(int, source);
    QFETCH(QByteArray, name);
    QCOMPARE(QByteArray(sourceName(Source(source))), name);
}

void TestSourceProbe::theVerdictAgreesWithWhatOpens()
{
    const SourceVerdict verdict = probeSources();
    QCOMPARE(verdict.reason.empty(), verdict.best == Source::KernelWide);
    HeldChild child("nothing");
    std::string remark;
    const auto observer = openObserver(child.pid(), std::nullopt, remark);
    QCOMPARE(sourceName(observer->source()), sourceName(verdict.best));
    QCOMPARE(remark.empty(), verdict.best == Source::KernelWide);
}

void TestSourceProbe::theSettingsAreReported()
{
    const SourceVerdict verdict = probeSources();
    std::ifstream file("/proc/sys/kernel/perf_event_paranoid");
    int paranoid = -1;
    if (!(file >> paranoid))
        QSKIP("this kernel has no perf_event_paranoid");
    QCOMPARE(verdict.paranoid, paranoid);
    QVERIFY(verdict.mlockKb > 0);
}

void TestSourceProbe::theProbeLeavesTheThreadsNameAlone()
{
    char before[16] = {};
    char after[16] = {};
    prctl(PR_GET_NAME, before);
    QVERIFY(!probeSources().reason.empty() || probeSources().best == Source::KernelWide);
    prctl(PR_GET_NAME, after);
    QCOMPARE(QByteArray(after), QByteArray(before));
}

void TestSourceProbe::refusedByASandboxItFallsToSampling()
{
    verifyChild("without-perf", "this machine does not allow seccomp filters");
}

void TestSourceProbe::withoutPrivilegesTheReasonNamesTheSetting()
{
    verifyChild("without-privileges", "privileges cannot be given up here");
}

void TestSourceProbe::aSourceThatIsAskedForIsTaken_data()
{
    QTest::addColumn<int>("source");
    QTest::newRow("kernel") << int(Source::Kernel);
    QTest::newRow("sampled") << int(Source::Sampled);
    QTest::newRow("events only") << int(Source::Events);
}

void TestSourceProbe::aSourceThatIsAskedForIsTaken()
{
    QFETCH(int, source);
    if (int(probeSources().best) > source)
        QSKIP("this machine allows less");
    HeldChild child("nothing");
    std::string remark = "of an earlier call";
    const auto observer = openObserver(child.pid(), Source(source), remark);
    QCOMPARE(int(observer->source()), source);
    QVERIFY(remark.empty());
    QVERIFY(!observer->cores().empty());
}

void TestSourceProbe::theEnvironmentDecidesWhenNobodyElseDoes()
{
    qputenv("INTERLEAVE_SOURCE", "events");
    HeldChild child("nothing");
    std::string remark;
    QVERIFY(openObserver(child.pid(), std::nullopt, remark)->source() == Source::Events);
    QVERIFY(remark.empty());
    if (!offersSchedstat())
        return;
    qputenv("INTERLEAVE_SOURCE", "sampled");
    QVERIFY(openObserver(child.pid(), std::nullopt, remark)->source() == Source::Sampled);
}

void TestSourceProbe::theEnvironmentGivesWayToAnExplicitWish()
{
    if (!offersSchedstat())
        QSKIP("this kernel offers no schedstat in /proc");
    qputenv("INTERLEAVE_SOURCE", "events");
    HeldChild child("nothing");
    std::string remark;
    QVERIFY(openObserver(child.pid(), Source::Sampled, remark)->source() == Source::Sampled);
}

void TestSourceProbe::aWrongEnvironmentIsNamed()
{
    qputenv("INTERLEAVE_SOURCE", "guesses");
    HeldChild child("nothing");
    std::string remark;
    const auto observer = openObserver(child.pid(), std::nullopt, remark);
    QCOMPARE(sourceName(observer->source()), sourceName(probeSources().best));
    QVERIFY2(isWithin(remark, "guesses") && isWithin(remark, "INTERLEAVE_SOURCE"), remark.c_str());
}

void TestSourceProbe::aProcessThatIsGoneIsExplained()
{
    HeldChild child("nothing");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    std::string remark;
    const auto observer = openObserver(child.pid(), Source::Kernel, remark);
    QVERIFY(observer->source() == Source::Events);
    QVERIFY2(isWithin(remark, std::to_string(child.pid())), remark.c_str());
}

void TestSourceProbe::aRunningProcessIsAttachedTo_data()
{
    aSourceThatIsAskedForIsTaken_data();
    QTest::newRow("the best") << -1;
}

void TestSourceProbe::aRunningProcessIsAttachedTo()
{
    QFETCH(int, source);
    const int best = int(probeSources().best);
    if (best > source && source >= 0)
        QSKIP("this machine allows less");
    HeldChild child("nothing"); // it runs as far as the observer can tell: it waits for its release
    std::string remark = "of an earlier call";
    const auto attached = openAttachedObserver(
        child.pid(), source < 0 ? std::nullopt : std::optional<Source>(Source(source)), remark);
    QVERIFY(attached);
    Observer &observer = *attached.value();
    QCOMPARE(int(observer.source()), source < 0 ? best : source);
    QCOMPARE(remark.empty(), source >= 0 || best == int(Source::KernelWide));
    std::vector<SchedEvent> events;
    observer.drain(events);
    const bool knowsThreads = observer.source() != Source::Events;
    QCOMPARE(!events.empty() && events.front().kind == SchedEventKind::Found, knowsThreads);
    if (knowsThreads)
        QCOMPARE(events.front().tid, child.pid());
}

void TestSourceProbe::attachingToNobodyIsAnError()
{
    HeldChild child("nothing");
    QVERIFY(child.release());
    QCOMPARE(child.wait(), 0);
    for (const Source source :
         {Source::KernelWide, Source::Kernel, Source::Sampled, Source::Events}) {
        for (const pid_t pid : {child.pid(), pid_t(0), pid_t(-1)}) {
            std::string remark;
            const auto attached = openAttachedObserver(pid, source, remark);
            QVERIFY(!attached);
            QVERIFY(attached.error().code == ErrorCode::NotFound);
            QVERIFY(isWithin(attached.error().message, std::to_string(pid)));
        }
    }
}

void TestSourceProbe::anotherUsersProcessIsAnErrorAndNoFallback()
{
    verifyChild("attach-without-privileges",
                "needs root to become another user, who may observe only its own programs");
}

void TestSourceProbe::refusedByASandboxAttachingFallsToSampling()
{
    verifyChild("attach-without-perf", "this machine does not allow seccomp filters");
}

int main(int argc, char **argv)
{
    return runWithChildren<TestSourceProbe>(argc, argv, actAs);
}

#include "tst_sourceprobe.moc"
