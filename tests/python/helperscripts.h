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

/// Children of gather(), one of which has a child of its own.
inline const char *const kGather = R"(
import asyncio
async def leaf(): await asyncio.sleep(0.01)
async def branch(): await asyncio.gather(asyncio.create_task(leaf(), name='twig'))
async def main():
    await asyncio.gather(asyncio.create_task(branch(), name='branch'), leaf())
asyncio.run(main())
)";

/// The same by task groups.
inline const char *const kTaskGroups = R"(
import asyncio
async def leaf(): await asyncio.sleep(0.01)
async def branch():
    async with asyncio.TaskGroup() as group:
        group.create_task(leaf(), name='twig')
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(branch(), name='branch')
        group.create_task(leaf())
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

/// The lock is held until the thread's first attempt has timed out: one wait is certain.
inline const char *const kLocks = R"(
import threading
lock, permits, gate = threading.Lock(), threading.Semaphore(2), threading.Event()
print(repr(lock).split(' at ')[0], type(lock), lock.locked())
def work():
    while not lock.acquire(timeout=0.01): gate.set()
    lock.release()
with lock:
    thread = threading.Thread(target=work)
    thread.start()
    gate.wait()
    permits.acquire()
thread.join()
permits.release()
)";

/// One thread after the other waits for an object of each kind: what it waits for only comes once it
/// is inside. Of a lock that is so when it is at the helper's line behind the one that tells the wait.
inline const char *const kEveryWait = R"(
import linecache, queue, sys, threading, time
lock, rlock, condition = threading.Lock(), threading.RLock(), threading.Condition()
permits, gate = threading.Semaphore(0), threading.Event()
barrier, items = threading.Barrier(2), queue.Queue()
def is_at_lock(thread):
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
        if line.startswith('taken = ') and 'acquire(' in line: return True
        frame = frame.f_back
    return False
def let_wait(work, is_inside, let_go):
    thread = threading.Thread(target=work)
    thread.start()
    while not is_inside(thread): time.sleep(0.001)
    let_go()
    thread.join()
def within(thing):
    with thing: pass
def wait_for_condition():
    with condition: condition.wait()
def notify():
    with condition: condition.notify()
for held in (lock, rlock):
    held.acquire()
    let_wait(lambda: within(held), is_at_lock, held.release)
let_wait(wait_for_condition, lambda thread: condition._waiters, notify)
let_wait(permits.acquire, lambda thread: permits._cond._waiters, permits.release)
let_wait(gate.wait, lambda thread: gate._cond._waiters, gate.set)
let_wait(barrier.wait, lambda thread: barrier._cond._waiters, barrier.wait)
let_wait(items.get, lambda thread: items.not_empty._waiters, lambda: items.put(1))
print('every one came')
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
