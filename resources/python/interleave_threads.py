# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads by name, jobs of thread pools, processes by name, and what threads wait for.

Where it can be had, a hook sits on what the public function calls last, and is done before the
program's code goes on: then there is nothing of it in a traceback, and what does not wait is not
slowed down.
"""
import itertools
import os
import sys
from _thread import get_native_id

# ruff: noqa: F821  (interleave_helper.part() puts `helper` here)

NUMBER = helper.NUMBER

_frame = sys._getframe
waits = {}  # by the code of who calls Condition.wait(): the reason that the wait has
_passing = set()  # the code of those who call it for somebody else
_objects = None  # interleave_locks, with "Show locks"

_serials = itertools.count(1)


# --- Names

def _name_thread(thread):
    # Only to Interleave. To tell the kernel, too, takes system calls, each of which gives up the
    # global lock: other threads would be woken, and take cores from those that compute.
    helper.say("thread", 0, 0, thread._native_id, "", str(thread._name))


def patch_threading(threading):
    """Names of threads, joins, and the waits that end in Condition.wait()."""
    thread_class = threading.Thread
    if helper.is_hook(thread_class._set_native_id):
        return
    unnamed = (threading._MainThread, threading._DummyThread)
    original_start = thread_class._set_native_id
    last_lock = [True]

    def started(thread):
        if not isinstance(thread, unnamed):
            _name_thread(thread)
        has_lock = getattr(sys, "_is_gil_enabled", None)
        if has_lock is not None and has_lock() != last_lock[0]:
            last_lock[0] = has_lock()  # a module that needs it may switch it on
            helper.say_interpreter()

    def _set_native_id(self):
        original_start(self)
        helper.swallow(started, self)

    thread_class._set_native_id = helper.dress(_set_native_id, original_start)

    original_name = thread_class.name

    def renamed(thread):
        if thread._started.is_set() and thread.is_alive():
            _name_thread(thread)

    def name(self, value):
        original_name.fset(self, value)
        helper.swallow(renamed, self)

    thread_class.name = property(original_name.fget, helper.dress(name, original_name.fset),
                                 original_name.fdel, original_name.__doc__)
    has_lock = getattr(sys, "_is_gil_enabled", None)
    last_lock[0] = has_lock is None or has_lock()
    _patch_join(threading)
    _patch_condition(threading)
    if helper.shows_locks:
        global _objects
        _objects = helper.part("interleave_locks")
        _objects.patch_threading(threading)


def _patch_join(threading):
    thread_class = threading.Thread
    if hasattr(thread_class, "_wait_for_tstate_lock"):  # before 3.13
        original = thread_class._wait_for_tstate_lock

        def _wait_for_tstate_lock(self, block=True, timeout=-1):
            if not block or self._tstate_lock is None:
                return original(self, block, timeout)
            state = helper.state_here()
            state.write(0, helper.WAIT | helper.JOIN | (helper.TIMED if timeout >= 0 else 0))
            try:
                return original(self, block, timeout)
            except BaseException as error:
                helper.hide(error)
                raise
            finally:
                state.write(0, helper.WAIT_END)

        thread_class._wait_for_tstate_lock = helper.dress(_wait_for_tstate_lock, original)
        return
    original_join = thread_class.join

    def join(self, timeout=None):
        state = helper.state_here()
        state.write(0, helper.WAIT | helper.JOIN | (helper.TIMED if timeout is not None else 0))
        try:
            return original_join(self, timeout)
        except BaseException as error:
            helper.hide(error)
            raise
        finally:
            state.write(0, helper.WAIT_END)

    thread_class.join = helper.dress(join, original_join)


def _reason_of(condition, caller):
    """Why a thread waits whose condition.wait() that frame has called; None: nothing to tell."""
    if _objects is not None:
        reason = _objects.reason_of(condition, caller, waits, _passing)
        if reason is not None:
            return reason
    for _ in range(3):
        if caller is None:
            return None
        code = caller.f_code
        if code not in _passing:
            return waits.get(code)
        caller = caller.f_back
    return None


def _patch_condition(threading):
    condition_class = threading.Condition
    original = condition_class.wait
    _passing.update((threading.Event.wait.__code__, condition_class.wait_for.__code__))

    def wait(self, timeout=None):
        reason = _reason_of(self, _frame().f_back)
        if reason is None:
            return original(self, timeout)
        state = helper.state_here()
        state.write(0, helper.WAIT | reason | (helper.TIMED if timeout is not None else 0))
        try:
            return original(self, timeout)
        except BaseException as error:
            helper.hide(error)
            raise
        finally:
            state.write(0, helper.WAIT_END)

    condition_class.wait = helper.dress(wait, original)


def patch_queue(queue):
    """Waits for an item, or for room."""
    for function in (queue.Queue.get, queue.Queue.put, queue.Queue.join):
        waits[function.__code__] = helper.QUEUE
    if helper.shows_locks:
        helper.part("interleave_locks").patch_queue(queue)


def patch_futures(base):
    """Waits for the result of a job."""
    for function in (base.Future.result, base.Future.exception, base.wait, base.as_completed):
        waits[function.__code__] = helper.AWAIT


# --- Jobs

def job_name(function, arguments):
    """The name of what runs, also below functools.partial and Context.run (asyncio.to_thread)."""
    for _ in range(8):
        inner = getattr(function, "func", None)
        if inner is not None and hasattr(function, "keywords"):
            arguments = tuple(function.args) + tuple(arguments)
            function = inner
        elif getattr(function, "__name__", "") == "run" and arguments \
                and type(getattr(function, "__self__", None)).__name__ == "Context":
            function, arguments = arguments[0], arguments[1:]
        else:
            break
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__


def patch_thread_pool(module):
    """Jobs: queued where they are submitted, running on the worker that takes them."""
    item_class = module._WorkItem
    if helper.is_hook(item_class.run):
        return
    original_init, original_run = item_class.__init__, item_class.run

    def queued(item, function, arguments):
        state = helper.state_here()
        number = helper.new_task("job", "%s %d" % (job_name(function, arguments), next(_serials)),
                                 state.current)
        setattr(item, NUMBER, number)
        state.write(number - helper.task_base | state.current << 32, helper.QUEUED)

    def __init__(self, future, *rest):
        original_init(self, future, *rest)
        if helper.is_on:
            if isinstance(rest[0], tuple):  # from 3.14 on: one tuple
                rest = rest[0]
            helper.swallow(queued, self, rest[0], rest[1] if len(rest) > 1 else ())

    def run_told(item, number, rest):
        state = helper.state_here()
        future = item.future
        if future._state == "CANCELLED":
            state.write(number, helper.CANCELLED)
            return original_run(item, *rest)
        outer = state.current
        state.current = number
        state.write(number, helper.BEGIN)
        end = helper.FAILED
        try:
            original_run(item, *rest)
            if future._exception is None:
                end = helper.END
        except BaseException as error:
            helper.hide(error)
            raise
        finally:
            state.current = outer
            state.write(number, end)
            item = future = None  # no cycle with the traceback of the job's exception

    def run(self, *rest):
        number = getattr(self, NUMBER, 0) - helper.task_base
        try:
            if number <= 0:
                return original_run(self, *rest)
            return run_told(self, number, rest)
        except BaseException as error:
            helper.hide(error)
            raise
        finally:
            self = None

    item_class.__init__ = helper.dress(__init__, original_init)
    item_class.run = helper.dress(run, original_run)


# --- Processes

class _Anchor:
    """Something that multiprocessing can refer to weakly."""


_anchor = _Anchor()


def _name_process():
    process = sys.modules["multiprocessing.process"].current_process()
    helper.say("process", 0, 0, os.getpid(), "", process.name)
    helper.say("thread", 0, 0, get_native_id(), "", process.name)


def patch_multiprocessing(util):
    """A child of multiprocessing tells its Process's name, before it runs its target."""
    util.register_after_fork(_anchor, lambda anchor: helper.swallow(_name_process))


def patch_spawn(context):
    """Spawned children of later versions do nothing of what forked ones do."""
    original = vars(context.SpawnProcess).get("_after_fork")
    if not isinstance(original, staticmethod) or helper.is_hook(original.__func__):
        return
    function = original.__func__

    def _after_fork():
        function()
        helper.swallow(_name_process)

    context.SpawnProcess._after_fork = staticmethod(helper.dress(_after_fork, function))


def patch_process_wait(module):
    """The parent's wait for the end of a child: Process.join()."""
    popen_class = module.Popen
    original = popen_class.wait
    if helper.is_hook(original):
        return

    def wait(self, timeout=None):
        if self.returncode is not None:
            return original(self, timeout)
        state = helper.state_here()
        state.write(0, helper.WAIT | helper.CHILD | (helper.TIMED if timeout is not None else 0))
        try:
            return original(self, timeout)
        except BaseException as error:
            helper.hide(error)
            raise
        finally:
            state.write(0, helper.WAIT_END)

    popen_class.wait = helper.dress(wait, original)
