// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/async/onpool.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/flowworkload_p.h"
#include "core/engine/jobpool.h"
#include "core/engine/work/fileiostate.h"
#include "core/engine/workload.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>
#include <QString>
#include <QTemporaryDir>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// A coroutine that does nothing but wake up shows how long the loop did not come round. Shorter
/// than what anybody would call a stall, longer than what its own wake-ups cost.
constexpr DurationNs kHeartbeat = 2 * kMillisecond;

/// What stays free on the disk, at the least.
constexpr qint64 kToSpare = 64 << 20;

bool isInMemory(const QString &folder)
{
    const QByteArray type = QStorageInfo(folder).fileSystemType();
    return type == "tmpfs" || type == "ramfs";
}

/// The temporary folder; where that is no more than memory, /var/tmp (which lasts over a restart,
/// by the Filesystem Hierarchy Standard, and so is on a disk): a file in memory is never out of the
/// cache.
QString folderForFiles()
{
    QString usual = QDir::tempPath();
    QString lasting = QStringLiteral("/var/tmp");
    if (isInMemory(usual) && QFileInfo(lasting).isWritable() && !isInMemory(lasting))
        return lasting;
    return usual;
}

void checkRoom(const QString &folder, const FileIoPlan &plan)
{
    const QStorageInfo storage(folder);
    const qint64 needed = qint64(plan.bytes) * plan.files;
    const qint64 available = storage.bytesAvailable();
    if (!storage.isValid() || available < 0 || available >= needed + kToSpare)
        return;
    const auto mib = [](qint64 bytes) { return std::to_string(bytes >> 20) + " MiB"; };
    throw std::runtime_error(
        std::to_string(plan.files) + " files of together " + mib(needed) + " do not fit into "
        + folder.toStdString() + ", where " + mib(available) + " are free and " + mib(kToSpare)
        + " have to stay so; choose fewer or smaller files, or another folder by TMPDIR");
}

/// Open files without a name: they are gone with the last descriptor, whatever ends the run. The
/// folder that they are made in is private, and empty again before anything is written.
/// Errors: std::runtime_error.
std::vector<UniqueFd> makeNamelessFiles(const QString &parent, int count)
{
    const QTemporaryDir folder(parent + QStringLiteral("/interleave-XXXXXX"));
    if (!folder.isValid())
        throw std::runtime_error("there is no folder for the files: "
                                 + folder.errorString().toStdString());
    std::vector<UniqueFd> files;
    for (int i = 0; i < count; ++i) {
        const QByteArray path = QFile::encodeName(folder.filePath(QString::number(i + 1)));
        UniqueFd file(::open(path.constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file.isOpen() || ::unlink(path.constData()) != 0)
            throw std::runtime_error("file " + std::to_string(i + 1) + " cannot be made in "
                                     + parent.toStdString() + ": " + std::strerror(errno));
        files.push_back(std::move(file));
    }
    return files;
}

/// How many pages of a file are not in the page cache, by mincore(2); nothing when it cannot be
/// told.
std::optional<std::size_t> coldPages(int fd, std::size_t bytes, std::size_t pages)
{
    void *const memory = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return std::nullopt;
    std::vector<unsigned char> isResident(pages);
    const int rc = ::mincore(memory, bytes, isResident.data());
    ::munmap(memory, bytes);
    if (rc != 0)
        return std::nullopt;
    return std::size_t(std::count_if(isResident.begin(), isResident.end(),
                                     [](unsigned char flags) { return (flags & 1) == 0; }));
}

/// S11: files that are read or written, with the page cache between them and the disk.
///
/// As coroutines there is one task more, the heartbeat, which begins first and ends last.
class FileIo final : public Workload
{
public:
    explicit FileIo(const EngineRun &run)
        : Workload(run)
        , m_plan(FileIoPlan::of(parameters()))
        , m_filesLeft(m_plan.files)
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.files + (hasHeartbeat() ? 1 : 0); }
    [[nodiscard]] std::string prefix() const override { return "file"; }
    [[nodiscard]] bool hasOwnNames() const override { return hasHeartbeat(); }
    [[nodiscard]] std::string taskName(int index) const override
    {
        if (!hasHeartbeat())
            return Workload::taskName(index);
        return index == 0 ? "heartbeat" : Workload::taskName(index - 1);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<FileIoState>();
    }

    void defineObjects(EngineRun &run) override
    {
        m_main = &run.mainContext();
        if (!isOffloaded())
            return;
        run.defineObject(kFilePoolObject, ObjectKind::Pool, "pool", std::uint32_t(poolThreads()));
        m_firstJob = run.defineSubtasks("job", m_plan.isWrite ? "write" : "read",
                                        std::uint32_t(m_plan.files), run.mainTask());
    }
    void prepare() override;
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        if (context->index() == 0)
            return heartbeat(context);
        return isOffloaded() ? onThePool(context) : onTheLoop(context);
    }
    void finish(EngineRun &run) override;

private:
    /// Counts a file down, however its task ends.
    struct FileLeft {
        explicit FileLeft(int &left)
            : count(left)
        {
        }
        ~FileLeft() { --count; }
        FileLeft(const FileLeft &) = delete;
        FileLeft &operator=(const FileLeft &) = delete;
        int &count;
    };

    [[nodiscard]] bool hasHeartbeat() const { return model() == Model::Coroutines; }
    [[nodiscard]] bool isOffloaded() const { return hasHeartbeat() && m_plan.offloads; }
    [[nodiscard]] int poolThreads() const { return std::min(workers(), m_plan.files); }
    [[nodiscard]] FileIoState &state() const { return run().setup().board->object<FileIoState>(); }

    bool fill();
    void measureCold();
    Task<TaskStatus> heartbeat(TaskContext *context);
    Task<TaskStatus> onTheLoop(TaskContext *context);
    Task<TaskStatus> onThePool(TaskContext *context);
    void check(EngineRun &run) const;

    const FileIoPlan m_plan;
    TaskContext *m_main = nullptr; ///< the run's
    std::vector<UniqueFd> m_files;
    std::vector<std::uint64_t> m_sums; ///< of what is there to be read
    QByteArray m_fileSystem;
    std::optional<double> m_coldPercent;
    std::optional<JobPool> m_pool;
    TaskId m_firstJob = kNoTask;
    // The executor's.
    int m_filesLeft;
    DurationNs m_longestStall = 0;
};

void FileIo::prepare()
{
    const QString folder = folderForFiles();
    checkRoom(folder, m_plan);
    m_fileSystem = QStorageInfo(folder).fileSystemType();
    m_files = makeNamelessFiles(folder, m_plan.files);
    for (int i = 0; i < m_plan.files; ++i)
        state().descriptors[std::size_t(i)].store(m_files[std::size_t(i)].get() + 1,
                                                  std::memory_order_release);
    if (!m_plan.isWrite && fill())
        measureCold();
    if (model() == Model::Processes) {
        for (const UniqueFd &file : m_files)
            fcntl(file.get(), F_SETFD, 0); // the children inherit them, on purpose
    }
    if (isOffloaded()) {
        m_pool.emplace(poolThreads());
        if (m_pool->threads() == 0)
            throw std::runtime_error("the pool for the files got no thread from the system");
    }
}

/// Writes the files that are to be read. They go to the disk at once, so that nothing is written
/// behind the back of those who read. \return false when stopped.
bool FileIo::fill()
{
    DurationNs inCalls = 0;
    for (int i = 0; i < m_plan.files; ++i) {
        const auto sum = writeFile(*m_main, m_plan, state(), i, true, inCalls);
        if (!sum)
            return false;
        m_sums.push_back(*sum);
        // Only advice: measureCold() finds out what came of it.
        if (m_plan.isCold)
            ::posix_fadvise(state().descriptor(i), 0, 0, POSIX_FADV_DONTNEED);
    }
    return true;
}

void FileIo::measureCold()
{
    const auto pageBytes = std::uint64_t(::sysconf(_SC_PAGESIZE));
    const auto pages = std::size_t((m_plan.bytes + pageBytes - 1) / pageBytes);
    std::size_t cold = 0;
    for (int i = 0; i < m_plan.files; ++i) {
        const auto ofFile = coldPages(state().descriptor(i), std::size_t(m_plan.bytes), pages);
        if (!ofFile)
            return;
        cold += *ofFile;
    }
    m_coldPercent = resultPercent(double(cold), double(pages) * m_plan.files);
}

/// Wakes up again and again until all files are done. What it comes too late by is how long the
/// loop was held up by something else.
Task<TaskStatus> FileIo::heartbeat(TaskContext *context)
{
    bool going = !context->stopRequested();
    while (going && m_filesLeft > 0) {
        const TimestampNs due = monotonicNow() + kHeartbeat;
        going = co_await delayUntil(due);
        m_longestStall = std::max(m_longestStall, monotonicNow() - due);
    }
    const TaskStatus status = context->outcome(going);
    co_return status;
}

/// The calls block, and with them the thread of all coroutines.
Task<TaskStatus> FileIo::onTheLoop(TaskContext *context)
{
    const FileLeft left(m_filesLeft);
    const bool going = transferFile(*context, m_plan, state(), context->index() - 1);
    const TaskStatus status = context->outcome(going);
    co_return status;
}

Task<TaskStatus> FileIo::onThePool(TaskContext *context)
{
    const FileLeft left(m_filesLeft);
    const int file = context->index() - 1;
    const auto job = [this, context, file] {
        const bool going = transferFile(*context, m_plan, state(), file);
        return going ? TaskStatus::Finished : TaskStatus::Cancelled;
    };
    const TaskStatus ended = co_await onPool(*m_pool, WaitReason::Await, kFilePoolObject, job,
                                             m_firstJob + TaskId(file));
    const TaskStatus status = context->outcome(ended == TaskStatus::Finished);
    co_return status;
}

/// "files" that are done; "bytes" of them; "mb_per_second" (of 10^6 bytes) from the first that
/// began to the last that was done; "calls_ms": time in the calls, over all files; "file_system";
/// of reading "cold_percent": pages that were not in the page cache before, missing where it cannot
/// be told; of coroutines "loop_stall_ms".
void FileIo::finish(EngineRun &run)
{
    const FileIoState &s = state();
    const auto done = std::count_if(s.isDone.begin(), s.isDone.end(), [](const auto &is) {
        return is.load(std::memory_order_acquire) != 0;
    });
    const double bytes = double(m_plan.bytes) * double(done);
    const DurationNs elapsed =
        s.lastEnd.load(std::memory_order_relaxed) - s.firstBegin.load(std::memory_order_relaxed);
    run.result("files", qint64(done));
    run.result("bytes", qint64(bytes));
    if (done > 0 && elapsed > 0)
        run.result("mb_per_second", std::round(bytes * 1e4 / double(elapsed)) / 10.0);
    run.result("calls_ms", resultMs(s.inCalls.load(std::memory_order_relaxed)));
    run.result("file_system", QString::fromUtf8(m_fileSystem));
    if (m_coldPercent)
        run.result("cold_percent", *m_coldPercent);
    if (hasHeartbeat())
        run.result("loop_stall_ms", resultMs(m_longestStall));
    check(run);
    m_files.clear();
}

void FileIo::check(EngineRun &run) const
{
    for (int i = 0; i < m_plan.files; ++i) {
        const auto place = std::size_t(i);
        if (state().isDone[place].load(std::memory_order_acquire) == 0)
            continue; // stopped, or failed and said so
        const std::uint64_t sum = state().sums[place].load(std::memory_order_relaxed);
        struct stat info = {};
        if (!m_plan.isWrite && sum != m_sums[place])
            run.fail("what was read from file " + std::to_string(i + 1)
                     + " is not what was written to it");
        else if (::fstat(m_files[place].get(), &info) != 0
                 || std::uint64_t(info.st_size) != m_plan.bytes)
            run.fail("file " + std::to_string(i + 1) + " has not the size that was written");
    }
}

} // namespace

double resultMs(DurationNs duration)
{
    return std::round(double(duration) / double(kMicrosecond)) / 1000.0;
}

double resultPercent(double part, double whole)
{
    return whole > 0 ? std::round(1000.0 * part / whole) / 10.0 : 0;
}

std::unique_ptr<Workload> makeFileIo(const EngineRun &run)
{
    return std::make_unique<FileIo>(run);
}

std::unique_ptr<Workload> makeFlowWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "file-io")
        return makeFileIo(run);
    if (slug == "pipeline")
        return makePipeline(run);
    if (slug == "map-reduce")
        return makeMapReduce(run);
    return nullptr;
}

} // namespace Interleave
