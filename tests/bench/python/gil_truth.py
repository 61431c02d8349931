# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Python program itself can tell of its waits for the global interpreter lock.

    python3 gil_truth.py OUT.json [SCENARIO]

It writes times of CLOCK_MONOTONIC, by which the benchmark "gil" judges what was inferred from the
kernel's context switches:

- a thread that sleeps notes when each sleep was due to end, and when its first instruction after it
  ran: in between it waited for the lock (and some 0.1 ms for its core);
- a thread that computes reads the clock all the time and notes each gap of more than 0.1 ms in which
  it left its core by itself (voluntary switches): it had given the lock up and waited for it.

Scenarios: io (one of each), crunchers (two that compute), three-crunchers, sum-threads and
sum-processes (two sums, in threads and in processes: who could run at the same time).
"""
import json
import multiprocessing
import os
import resource
import sys
import threading
import time

GAP_NS = 100_000
IO_ROUNDS = 100
IO_PAUSE_NS = 10_000_000
CRUNCH_NS = 1_500_000_000
SUM_NS = 500_000_000

now = time.monotonic_ns


def voluntary_switches():
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw


def note(role, **more):
    """The record of the calling thread; its end is set when it is done."""
    return {"tid": threading.get_native_id(), "pid": os.getpid(), "role": role,
            "begin": now(), "end": 0, "waits": [], **more}


def crunch(records, is_over):
    record = note("cruncher")
    waits = record["waits"]
    switches = voluntary_switches()
    last = now()
    while not is_over():
        time_now = now()
        if time_now - last > GAP_NS:
            switches_now = voluntary_switches()
            if switches_now > switches:
                waits.append((last, time_now))
            switches = switches_now
            time_now = now()
        last = time_now
    record["end"] = now()
    records.append(record)


def sleep_and_wake(records):
    record = note("io")
    waits = record["waits"]
    for _ in range(IO_ROUNDS):
        due = now() + IO_PAUSE_NS
        time.sleep(IO_PAUSE_NS / 1e9)
        waits.append((due, now()))
    record["end"] = now()
    records.append(record)


def add_up(count):
    total = 0
    for number in range(count):
        total += number
    return total


def additions_in(duration_ns):
    begin = now()
    add_up(1_000_000)
    return int(1_000_000 * duration_ns / max(1, now() - begin))


def run_threads(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def io(records):
    is_over = threading.Event()
    # Looking at the event costs next to nothing, and calls nothing that gives the lock up.
    cruncher = threading.Thread(target=crunch, args=(records, is_over.is_set), name="cruncher")
    cruncher.start()
    run_threads(threading.Thread(target=sleep_and_wake, args=(records,), name="io"))
    is_over.set()
    cruncher.join()


def crunchers(records, count=2):
    end = now() + CRUNCH_NS
    run_threads(*[threading.Thread(target=crunch, args=(records, lambda: now() >= end),
                                   name="cruncher-%d" % (i + 1)) for i in range(count)])


def three_crunchers(records):
    crunchers(records, 3)


def sum_in_thread(records, count):
    record = note("sum")
    add_up(count)
    record["end"] = now()
    records.append(record)


def sum_threads(records):
    count = additions_in(SUM_NS)
    run_threads(*[threading.Thread(target=sum_in_thread, args=(records, count), name="sum-%d" % i)
                  for i in (1, 2)])


def sum_in_process(pipe, count):
    records = []
    sum_in_thread(records, count)
    pipe.send(records[0])
    pipe.close()


def sum_processes(records):
    count = additions_in(SUM_NS)
    context = multiprocessing.get_context("fork")
    started = []
    for _ in (1, 2):
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=sum_in_process, args=(writer, count))
        process.start()
        writer.close()
        started.append((process, reader))
    for process, reader in started:
        records.append(reader.recv())
        process.join()


SCENARIOS = {"io": io, "crunchers": crunchers, "three-crunchers": three_crunchers,
             "sum-threads": sum_threads, "sum-processes": sum_processes}


def main():
    if len(sys.argv) not in (2, 3) or (len(sys.argv) == 3 and sys.argv[2] not in SCENARIOS):
        sys.exit("usage: gil_truth.py OUT.json [%s]" % "|".join(SCENARIOS))
    scenario = sys.argv[2] if len(sys.argv) == 3 else "io"
    has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
    records = []
    begin = now()
    SCENARIOS[scenario](records)
    document = {"scenario": scenario, "python": sys.version.split()[0], "pid": os.getpid(),
                "has_global_lock": has_lock, "begin": begin, "end": now(),
                "interval_ns": int(sys.getswitchinterval() * 1e9), "threads": records}
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(document, file)


if __name__ == "__main__":
    main()
