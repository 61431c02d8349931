# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Python program itself can tell of its waits for the global interpreter lock.

    python3 gil_truth.py OUT.json [SCENARIO]

It writes times of CLOCK_MONOTONIC, by which the benchmark "gil" judges what was inferred from the
kernel's context switches:

- a thread that sleeps notes when each sleep was due to end, and when its first instruction after it
  ran: in between it waited for the lock;
- a thread that computes reads the clock all the time and notes each gap of more than 0.1 ms in which
  it left its core by itself (voluntary switches): it had given the lock up and waited for it.

A wait is noted as [begin, end, ready]: for `ready` of its nanoseconds the thread was ready to run, and
waited for a core rather than for the lock (the kernel's run delay). Where in the wait is not known.

Scenarios: io (one of each), crunchers (two that compute), three-crunchers, sum-threads and
sum-processes (two sums, in threads and in processes: who could run at the same time).
"""
import ctypes
import functools
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


class Account:
    """What the kernel has counted for the calling thread, read at one moment.

    Python gives the lock up between two instructions. So the readings are made by one instruction: a
    map over functions written in C. One that was read an instruction later than the clock would count
    the switches of the next gap for this one. None of the functions gives the lock up itself, for which
    the C library's pread is called the way that keeps it (PyDLL), and os.pread is not.
    """

    def __init__(self):
        self._buffer = ctypes.create_string_buffer(128)
        readings = [functools.partial(resource.getrusage, resource.RUSAGE_THREAD)]
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._file = -1  # a kernel without these counters: nothing is known of the core
        else:
            pread = ctypes.PyDLL(None).pread
            pread.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long]
            pread.restype = ctypes.c_ssize_t
            readings.append(functools.partial(pread, self._file, self._buffer, 127, 0))
        self._readings = tuple(readings) + (functools.partial(now),)

    def read(self):
        """Voluntary switches so far, and the time; ready_ns() is then of that time."""
        readings = tuple(map(functools.partial.__call__, self._readings))
        return readings[0].ru_nvcsw, readings[-1]

    def ready_ns(self):
        """For how long the thread had been ready without a core at the last read()."""
        return int(self._buffer.value.split()[1]) if self._file >= 0 else 0

    def close(self):
        if self._file >= 0:
            os.close(self._file)


def note(role, **more):
    """The record of the calling thread; its end is set when it is done."""
    return {"tid": threading.get_native_id(), "pid": os.getpid(), "role": role,
            "begin": now(), "end": 0, "waits": [], **more}


def crunch(records, is_over):
    account = Account()
    record = note("cruncher")
    waits = record["waits"]
    switches, last = account.read()
    ready = account.ready_ns()
    while not is_over():
        switches_now, time_now = account.read()
        if time_now - last > GAP_NS:
            ready_now = account.ready_ns()
            if switches_now > switches:
                waits.append((last, time_now, min(ready_now - ready, time_now - last)))
            ready = ready_now
        switches = switches_now
        last = time_now
    record["end"] = now()
    records.append(record)
    account.close()


def sleep_and_wake(records):
    account = Account()
    record = note("io")
    waits = record["waits"]
    for _ in range(IO_ROUNDS):
        account.read()
        ready = account.ready_ns()
        due = now() + IO_PAUSE_NS
        time.sleep(IO_PAUSE_NS / 1e9)
        _, time_now = account.read()
        waits.append((due, time_now, min(account.ready_ns() - ready, time_now - due)))
    record["end"] = now()
    records.append(record)
    account.close()


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
