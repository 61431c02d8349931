// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Drives a fuzz target where the compiler has no fuzzer of its own (GCC): changes good inputs at random,
// the same for the same seed. With clang -fsanitize=fuzzer this file is left out.
//     fuzz_TARGET [--runs N] [--seed S]    N inputs
//     fuzz_TARGET FILE...                  these inputs, such as one that was left by a failure
#include "fuzzinput.h"

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
/// Of the sanitizers' run-time library, where there is one.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace
{

using Interleave::Fuzz::Bytes;

constexpr std::size_t kLargest = 2048;
constexpr std::size_t kPool = 256; // inputs that go on changing
Bytes current; // what is being tried, for the file that a failure leaves

/// What breaks programs that count.
constexpr std::array<std::uint64_t, 16> kInteresting = {0,
                                                        1,
                                                        2,
                                                        0x7f,
                                                        0x80,
                                                        0xff,
                                                        0x7fff,
                                                        0x8000,
                                                        0xffff,
                                                        0x10000,
                                                        0x7fffffff,
                                                        0x80000000,
                                                        0xffffffff,
                                                        0x7fffffffffffffff,
                                                        0x8000000000000000,
                                                        0xffffffffffffffff};

void keepCurrent()
{
    const char *path = "fuzz-failure.bin";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(current.data()), std::streamsize(current.size()));
    std::fprintf(stderr, "fuzzing: the input is in %s\n", path);
}

void keepCurrentAndAbort(int)
{
    keepCurrent();
    std::_Exit(1);
}

class Mutator
{
public:
    explicit Mutator(std::uint64_t seed)
        : m_state(seed * 0x9e3779b97f4a7c15ull + 1)
    {
    }
    /// In [0, end); 0 for an end of 0.
    std::size_t below(std::size_t end) { return end > 0 ? std::size_t(next() % end) : 0; }

    void mutate(Bytes &bytes, const Bytes &other)
    {
        for (std::size_t n = 1 + below(4); n > 0; --n)
            mutateOnce(bytes, other);
        if (bytes.size() > kLargest)
            bytes.resize(kLargest);
    }

private:
    std::uint64_t next() // xorshift64*
    {
        m_state ^= m_state >> 12;
        m_state ^= m_state << 25;
        m_state ^= m_state >> 27;
        return m_state * 0x2545f4914f6cdd1dull;
    }
    void mutateOnce(Bytes &bytes, const Bytes &other)
    {
        if (bytes.empty()) {
            bytes = other;
            return;
        }
        const std::size_t at = below(bytes.size());
        switch (below(8)) {
        case 0:
            bytes[at] ^= std::uint8_t(1u << below(8));
            break;
        case 1:
            bytes[at] = std::uint8_t(next());
            break;
        case 2:
        case 3:
            overwrite(bytes, at);
            break;
        case 4: { // a part goes
            const std::size_t size = 1 + below(std::min<std::size_t>(64, bytes.size() - at));
            bytes.erase(bytes.begin() + std::ptrdiff_t(at),
                        bytes.begin() + std::ptrdiff_t(at + size));
            break;
        }
        case 5: // a part comes twice
            insert(bytes, below(bytes.size() + 1), Bytes(bytes), at);
            break;
        case 6: // or comes from another input
            if (!other.empty())
                insert(bytes, at, other, below(other.size()));
            break;
        default: // the beginning of one, the end of another
            if (!other.empty()) {
                bytes.resize(at);
                bytes.insert(bytes.end(), other.begin() + std::ptrdiff_t(below(other.size())),
                             other.end());
            }
        }
    }
    void overwrite(Bytes &bytes, std::size_t at)
    {
        const std::uint64_t number = kInteresting[below(kInteresting.size())] + below(3) - 1;
        const std::size_t size =
            std::min<std::size_t>(std::size_t(1) << below(4), bytes.size() - at);
        std::memcpy(bytes.data() + at, &number, size);
    }
    void insert(Bytes &bytes, std::size_t at, const Bytes &from, std::size_t begin)
    {
        const std::size_t size = 1 + below(std::min<std::size_t>(96, from.size() - begin));
        bytes.insert(bytes.begin() + std::ptrdiff_t(at), from.begin() + std::ptrdiff_t(begin),
                     from.begin() + std::ptrdiff_t(begin + size));
    }

    std::uint64_t m_state;
};

int replay(int count, char **paths)
{
    for (int i = 0; i < count; ++i) {
        std::ifstream file(paths[i], std::ios::binary);
        if (!file) {
            std::fprintf(stderr, "%s cannot be read\n", paths[i]);
            return 2;
        }
        current.assign(std::istreambuf_iterator<char>(file), {});
        (void)LLVMFuzzerTestOneInput(current.data(), current.size());
        std::printf("%s: %zu bytes, no failure\n", paths[i], current.size());
    }
    return 0;
}

void fuzz(std::uint64_t runs, std::uint64_t seed)
{
    Mutator mutator(seed);
    const std::vector<Bytes> seeds = Interleave::Fuzz::seeds();
    std::vector<Bytes> pool = seeds;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t run = 0; run < runs; ++run) {
        if (run < seeds.size()) {
            current = seeds[run];
        } else {
            // Half begin with a good input, so that they do not all become noise.
            const std::vector<Bytes> &from = mutator.below(2) == 0 ? seeds : pool;
            current = from[mutator.below(from.size())];
            mutator.mutate(current, pool[mutator.below(pool.size())]);
        }
        (void)LLVMFuzzerTestOneInput(current.data(), current.size());
        if (pool.size() < kPool)
            pool.push_back(current);
        else if (mutator.below(16) == 0)
            pool[mutator.below(pool.size())] = current;
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    std::printf("%llu runs from seed %llu, no failure, %.0f a second\n",
                static_cast<unsigned long long>(runs), static_cast<unsigned long long>(seed),
                double(runs) / std::max(time.count(), 1e-9));
}

} // namespace

int main(int argc, char **argv)
{
    std::uint64_t runs = 100'000, seed = 1;
    int word = 1;
    for (; word + 1 < argc; word += 2) {
        const std::string_view option = argv[word];
        if (option == "--runs")
            runs = std::strtoull(argv[word + 1], nullptr, 10);
        else if (option == "--seed")
            seed = std::strtoull(argv[word + 1], nullptr, 10);
        else
            break;
    }
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(keepCurrent);
    std::signal(SIGABRT, keepCurrentAndAbort);
    if (word < argc && argv[word][0] == '-') {
        std::fprintf(stderr, "%s is not known; this is: [--runs N] [--seed S] or FILE...\n",
                     argv[word]);
        return 2;
    }
    if (word < argc)
        return replay(argc - word, argv + word);
    fuzz(runs, seed);
    return 0;
}
