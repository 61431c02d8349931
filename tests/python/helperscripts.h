// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Programs for tst_pythonhelper: each does one thing that the helper has something to say about.
namespace Interleave::Support
{

/// What a program can see of the helper without looking for it.
inline const char *const kNosy = R"(
import os, sys, threading, asyncio, queue
from concurrent.futures import ThreadPoolExecutor
print(sys.argv, __name__, __file__, sys.flags, sys.dont_write_bytecode)
print([m for m in sys.modules if 'interleave' in m or m == 'sitecustomize'])
print([p for p in sys.path if p.endswith('helper')])
print([p for p in sys.path_importer_cache if p.endswith('helper')])
print(sorted(os.listdir('/proc/self/fd')))
print(asyncio.events.__spec__.__class__, threading.__loader__.__class__)
async def child(): await asyncio.sleep(0)
async def main():
    asyncio.get_running_loop().slow_callback_duration = 60
    task = asyncio.get_running_loop().create_task(child())
    print(repr(task).split(' at ')[0], task.get_name(), task._source_traceback[-1].filename)
    await task
asyncio.run(main(), debug=True)
def fail(): raise KeyError('in a job')
with ThreadPoolExecutor(1) as pool:
    job = pool.submit(fail)
try: queue.Queue().get(timeout=0.001)
except queue.Empty:
    import traceback
    traceback.print_exc(file=sys.stdout)
sys.stdout.flush()
job.result()
)";

inline const char *const kThreads = R"(
import threading, time, queue
def work(ready, gate):
    ready.set()
    gate.wait()
ready, gate = threading.Event(), threading.Event()
thread = threading.Thread(target=work, args=(ready, gate), name='a very long name 42')
thread.start()
ready.wait()
thread.name = 'renamed'
gate.set()
thread.join()
items = queue.Queue()
def give():
    while not items.not_empty._waiters: time.sleep(0.001)
    items.put(1)
giver = threading.Thread(target=give)
giver.start()
items.get()
giver.join(5)
)";

/// Prints what the kernel calls a thread, and how many files were opened meanwhile: the one.
inline const char *const kKernelName = R"(
import sys, threading
opened, names = [], []
def work():
    with open('/proc/self/task/%d/comm' % threading.get_native_id()) as comm:
        names.append(comm.read().strip())
sys.addaudithook(lambda event, arguments: opened.append(event) if event == 'open' else None)
thread = threading.Thread(target=work, name='a very long name 42')
thread.start()
thread.join()
print(names, len(opened))
)";

inline const char *const kJobs = R"(
import functools
from concurrent.futures import ThreadPoolExecutor
def work(n): return n
def fail(n): raise ValueError(n)
with ThreadPoolExecutor(1) as pool:
    done = pool.submit(work, 1)
    failed = pool.submit(functools.partial(fail, 2))
    print(done.result(), repr(failed.exception()))
)";

inline const char *const kTasks = R"(
import asyncio
async def plain(): await asyncio.sleep(0)
async def bad(): raise ValueError
async def main():
    await asyncio.create_task(plain(), name='child')
    await asyncio.gather(plain(), bad(), return_exceptions=True)
    task = asyncio.ensure_future(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    lock = asyncio.Lock()
    await lock.acquire()
    waiter = asyncio.ensure_future(lock.acquire())
    await asyncio.sleep(0)
    lock.release()
    await waiter
    await asyncio.get_running_loop().run_in_executor(None, int)
asyncio.run(main())
)";

inline const char *const kProcesses = R"(
import multiprocessing, os
def work(): pass
if __name__ == '__main__':
    for method in ('fork', 'spawn', 'forkserver'):
        process = multiprocessing.get_context(method).Process(target=work, name='by-' + method)
        process.start()
        process.join()
        print(method, process.exitcode)
)";

/// The child goes on in the midst of the task's step.
inline const char *const kForkInAStep = R"(
import asyncio, os
async def step():
    pid = os.fork()
    if pid: os.waitpid(pid, 0)
    await asyncio.sleep(0)
    return pid
pid = asyncio.run(step())
if not pid: os._exit(0)
print('done')
)";

inline const char *const kLocks = R"(
import threading
lock, permits, gate = threading.Lock(), threading.Semaphore(2), threading.Event()
print(repr(lock).split(' at ')[0], type(lock), lock.locked())
def work():
    gate.set()
    with lock: pass
with lock:
    thread = threading.Thread(target=work)
    thread.start()
    gate.wait()
    permits.acquire()
thread.join()
permits.release()
)";

inline const char *const kClients = R"(
import asyncio, sys
async def main():
    import aiohttp, aiomysql.pool, aiomysql.cursors
    session = aiohttp.ClientSession()
    await session._request('get', 'http://me:secret@host:80/path?token=1')
    try: await session._request('POST', 'http://host/bad')
    except ValueError: pass
    task = asyncio.ensure_future(session._request('get', 'http://host/slow'))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await aiomysql.pool.Pool()._acquire()
    await aiomysql.cursors.Cursor().execute('SELECT *\n   FROM t WHERE a = %s', (1,))
print('aiohttp' in sys.modules)
asyncio.run(main())
)";

inline const char *const kManyThreads = R"(
import threading
from concurrent.futures import ThreadPoolExecutor
barrier = threading.Barrier(40)
with ThreadPoolExecutor(40) as pool:
    for _ in range(40): pool.submit(barrier.wait)
)";

inline const char *const kExec = R"(
import asyncio, os, sys
asyncio.run(asyncio.sleep(0))
if len(sys.argv) == 1: os.execv(sys.executable, [sys.executable, __file__, 'again'])
)";

} // namespace Interleave::Support
