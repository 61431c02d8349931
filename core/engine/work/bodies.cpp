// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"

#include "core/engine/sync/globallock.h"
#include "core/record/recorder.h"

#include <exception>

namespace Interleave
{

namespace
{

struct Entry {
    std::string_view slug;
    BlockingBody body;
};

constexpr Entry kBodies[] = {
    {"two-sleepers", twoSleepersBody},
    {"main-keeps-going", mainKeepsGoingBody},
    {"named-workers", namedWorkersBody},
    {"primes", primesBody},
    {"io-or-cpu", ioOrCpuBody},
    {"ordering", orderingBody},
    {"permits", permitsBody},
    {"producer-consumer", producerConsumerBody},
    {"readers-writer", readersWriterBody},
    {"philosophers", philosophersBody},
    {"straggler", stragglerBody},
    {"pool-saturation", poolSaturationBody},
    {"oversubscription", oversubscriptionBody},
    {"spawn-cost", spawnCostBody},
    {"lost-update", lostUpdateBody},
    {"lock-cost", lockCostBody},
    {"deadlock", deadlockBody},
    {"shared-or-not", sharedOrNotBody},
    {"many-requests", manyRequestsBody},
    {"async-http", asyncHttpBody},
    {"clients-and-server", clientsAndServerBody},
    {"file-io", fileIoBody},
    {"pipeline", pipelineBody},
    {"map-reduce", mapReduceBody},
    {"global-lock", globalLockBody},
    {"false-sharing", falseSharingBody},
    {"nice-levels", niceLevelsBody},
    {"amdahl", amdahlBody},
    {"join-order", joinOrderBody},
    {"gather", gatherBody},
    {"blocking-call", blockingCallBody},
    {"responsive-window", responsiveWindowBody},
    // Not in the catalogue: for the fault tests and the benchmarks.
    {"test-crash", testCrashBody},
    {"test-ignore-term", testIgnoreTermBody},
    {"test-hang", testHangBody},
    {"test-storm", testStormBody},
};

} // namespace

BlockingBody blockingBody(std::string_view slug)
{
    for (const Entry &entry : kBodies) {
        if (entry.slug == slug)
            return entry.body;
    }
    return nullptr;
}

std::vector<std::string_view> bodySlugs()
{
    std::vector<std::string_view> slugs;
    for (const Entry &entry : kBodies)
        slugs.push_back(entry.slug);
    return slugs;
}

TaskStatus runGuarded(BlockingBody body, TaskContext &context)
{
    try {
        return body(context);
    } catch (const std::exception &e) {
        return context.fail("task " + std::to_string(context.index() + 1) + " threw: " + e.what());
    } catch (...) {
        return context.fail("task " + std::to_string(context.index() + 1)
                            + " threw something that is no std::exception");
    }
}

TaskStatus runRecorded(BlockingBody body, TaskContext &context)
{
    Recorder::begin(context.id());
    TaskStatus status;
    {
        const GilHold hold(context); // nothing but under the model `gil`
        status = runGuarded(body, context);
    }
    recordEnd(context.id(), status);
    return status;
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c)
{
    std::uint64_t result = seed;
    for (const std::uint64_t number : {a, b, c}) {
        result += 0x9e3779b97f4a7c15u + number;
        result = (result ^ (result >> 30)) * 0xbf58476d1ce4e5b9u;
        result = (result ^ (result >> 27)) * 0x94d049bb133111ebu;
        result ^= result >> 31;
    }
    return result;
}

double mixedFraction(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c)
{
    return double(mixed(seed, a, b, c) >> 11) * 0x1p-53;
}

} // namespace Interleave
