# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""asyncio: every task by name, every step of it on the thread that runs it, and why it waits in
between.

The event loop calls Handle._run() for everything it does; when the callback is a step of a task,
the hook records it. That works for the tasks of _asyncio and of asyncio.tasks, and with any task
factory. Not with loops that have handles of their own (uvloop): there the program is seen as the
kernel sees it.
"""
import itertools
import sys
from _collections import deque
from types import CoroutineType

# ruff: noqa: F821  (interleave_helper.part() puts `helper` here)

NUMBER = helper.NUMBER
_names = helper.part("interleave_names")
_RESUME, _BEGIN, _SUSPEND = helper.RESUME, helper.BEGIN, helper.SUSPEND
_END, _FAILED, _CANCELLED = helper.END, helper.FAILED, helper.CANCELLED
_YIELD, _AWAIT, _TIMED = helper.YIELD, helper.AWAIT, helper.TIMED

_FINAL = 1 << 60  # in _reasons: what it calls further in does not matter
_FIRST_STEP = -1

#: By class of a callback: whether it is a step of the task that it is bound to. Of a C method, when
#: it has the first of these names; of a Python method, when it has one of the others.
_ALWAYS, _BUILTIN, _METHOD, _NEVER = 3, 2, 1, 0
_kinds = {}
_WAKEUP = "task_wakeup"
_METHODS = ("__step", "__wakeup")
_task_types = set()
_frame = sys._getframe
#: Who made a task ready to go on, by its number; _FIRST_STEP: it has not run yet.
_wakers = {}
#: Why a task waits whose innermost coroutine has that code.
_reasons = {}
_has_reasons = False


def _forget():
    _wakers.clear()


helper.on_fork.append(_forget)


def _learn_kind(callback):
    kind = type(callback)
    name = kind.__name__
    if name in ("TaskStepMethWrapper", "TaskWakeupMethWrapper"):
        how = _ALWAYS
    elif name == "builtin_function_or_method":
        how = _BUILTIN
    elif name == "method":
        how = _METHOD
    else:
        how = _NEVER
    if len(_kinds) < 1000:  # programs may make classes without end
        _kinds[kind] = how
    return how


def _task_of(callback):
    """The task of which that callback is a step, or None."""
    how = _kinds.get(type(callback))
    if how is None:
        how = _learn_kind(callback)
    if how == _ALWAYS:
        return callback.__self__
    if how == _BUILTIN:
        return callback.__self__ if callback.__name__ == _WAKEUP else None
    if how == _METHOD and getattr(callback, "__name__", "") in _METHODS:
        task = callback.__self__
        return task if hasattr(task, "_fut_waiter") else None
    return None


# --- Tasks

def _register(task, creator, given=None):
    """Gives a task its number. :return: as it is sent"""
    if not helper.is_on:
        return 0
    try:
        name = task.get_name() if given is None else str(given)
        shown = _names.shown_name(task, name)
        setattr(task, _names.SAID, (name, creator))
        setattr(task, NUMBER, 0)
    except helper.OWN_ERRORS:
        return 0  # something else that a task factory made
    absolute = helper.new_task("coroutine", shown, creator)
    setattr(task, NUMBER, absolute)
    _task_types.add(type(task))
    number = absolute - helper.task_base
    _wakers[number] = _FIRST_STEP
    return number


def _number_of(thing):
    """The number of a task, as it is sent; 0 of anything else, which is not looked at."""
    if type(thing) not in _task_types:
        return 0
    return max(getattr(thing, NUMBER, 0) - helper.task_base, 0)


def _ready_of(loop):
    """What the loop will run next, where it is one of asyncio's."""
    ready = getattr(loop, "_ready", None)
    return ready if type(ready) is deque else ()


def _seen(task, state, creator):
    """A task that was not made by create_task(), or before a fork."""
    number = _register(task, creator)
    if number > 0 and creator:
        state.write(number | creator << 32, helper.QUEUED)
    return number


# --- Why a task waits

def know_reason(code, reason):
    """Why a task waits within the coroutine of that code, where nothing further in says it."""
    _reasons[code] = reason | (_FINAL if reason == helper.CONNECTION else 0)


def _learn_reasons():
    """From those modules of asyncio that are there; their functions differ between versions."""
    global _has_reasons
    _has_reasons = True
    h = helper
    known = (
        ("tasks", "sleep", h.SLEEP | _FINAL), ("tasks", "wait_for", h.AWAIT | h.TIMED),
        ("locks", "Lock.acquire", h.LOCK | _FINAL), ("locks", "Event.wait", h.EVENT | _FINAL),
        ("locks", "Condition.wait", h.CONDITION | _FINAL),
        ("locks", "Barrier.wait", h.BARRIER | _FINAL),
        ("locks", "Semaphore.acquire", h.SEMAPHORE | _FINAL),
        ("queues", "Queue.get", h.QUEUE | _FINAL), ("queues", "Queue.put", h.QUEUE | _FINAL),
        ("queues", "Queue.join", h.QUEUE | _FINAL),
        ("streams", "StreamReader._wait_for_data", h.IO),
        ("streams", "FlowControlMixin._drain_helper", h.IO),
        ("subprocess", "Process.wait", h.CHILD | _FINAL),
        ("subprocess", "Process.communicate", h.CHILD),
        ("base_events", "BaseEventLoop.getaddrinfo", h.IO | _FINAL),
    ) + tuple(("selector_events", "BaseSelectorEventLoop." + name, h.IO | _FINAL)
              for name in ("sock_recv", "sock_recv_into", "sock_recvfrom", "sock_recvfrom_into",
                           "sock_sendall", "sock_sendto", "sock_connect", "sock_accept"))
    for module, path, reason in known:
        found = sys.modules.get("asyncio." + module)
        for name in path.split("."):
            found = getattr(found, name, None)
        code = getattr(found, "__code__", None)
        if code is not None:
            _reasons[code] = reason


def _suspended(task):
    """The second word of the Suspend of a task that has just given up the thread."""
    waiter = task._fut_waiter
    if waiter is None:
        return _SUSPEND | _YIELD
    if not _has_reasons:
        _learn_reasons()
    reason = _AWAIT
    timed = 0
    coroutine = task.get_coro()
    while coroutine.__class__ is CoroutineType:
        known = _reasons.get(coroutine.cr_code)
        if known is not None:
            if known & _TIMED:
                timed = _TIMED
            reason = known & ~_TIMED
            if reason & _FINAL:
                return _SUSPEND | timed | reason & ~_FINAL
        coroutine = coroutine.cr_await
    word = _SUSPEND | timed | reason
    if reason == _AWAIT and type(waiter) in _task_types:
        return word | _number_of(waiter)  # the task that is awaited
    return word


def _end_of(task):
    if task.cancelled():
        return _CANCELLED
    # Not exception(): it would count as somebody's having looked at it.
    return _FAILED if task._exception is not None else _END


def _after(task):
    """What a task's step ended with, as the second word of an event."""
    try:
        return _end_of(task) if task.done() else _suspended(task)
    except helper.OWN_ERRORS:
        return _SUSPEND


# --- Steps

def _woken(ready, before, state, number):
    """Task `number` made these ready: steps of other tasks, and first steps of new ones."""
    try:
        handles = list(itertools.islice(ready, before, None))
    except RuntimeError:  # another thread adds to it, on a Python without a global lock
        return
    for handle in handles:
        task = _task_of(handle._callback)
        if task is None:
            continue
        other = getattr(task, NUMBER, 0) - helper.task_base
        if other <= 0:
            _seen(task, state, number)
        elif other != number and other not in _wakers:
            _wakers[other] = number


def _run_for(task, run, handle):
    """A callback of a finished task, which is its argument: that wakes what is made ready here."""
    number = _number_of(task) if task.done() else 0
    ready = _ready_of(handle._loop)
    before = len(ready)
    try:
        return run(handle)
    except BaseException as error:
        helper.hide(error)
        raise
    finally:
        if number and len(ready) > before:
            helper.swallow(_woken, ready, before, helper.state_here(), number)
        task = handle = None  # no cycle with an exception's traceback


def _first_seen(loop, task):
    return helper.state_here(), _ready_of(loop), getattr(task, NUMBER, 0) - helper.task_base


def _patch_handle(events):
    original = events.Handle._run
    if helper.is_hook(original):
        return
    here = helper.here
    kind_of, waker_of, check_name = _kinds.get, _wakers.pop, _names.check_name
    own_errors = helper.OWN_ERRORS

    def _run(self):
        callback = self._callback
        kind = kind_of(type(callback))
        if kind == _ALWAYS or kind == _BUILTIN and callback.__name__ == _WAKEUP:
            task = callback.__self__
        else:
            task = None
            if kind != _BUILTIN:
                task = _task_of(callback)
            if task is None:
                try:
                    if self._args and type(self._args[0]) in _task_types:
                        return _run_for(self._args[0], original, self)
                    return original(self)
                except BaseException as error:
                    helper.hide(error)
                    raise
                finally:
                    self = callback = None  # see below
        try:
            state = here.state
            ready = self._loop._ready
            number = task._interleave - helper.task_base
        except AttributeError:
            state, ready, number = _first_seen(self._loop, task)
        if number <= 0:
            number = _seen(task, state, 0)
            if number <= 0:
                try:
                    return original(self)
                finally:
                    self = callback = task = None
        if type(ready) is not deque:
            ready = ()
        before = len(ready)
        outer = state.current
        state.current = number
        cause = waker_of(number, 0)
        if cause < 0:
            check_name(task, number)
            state.write(number, _BEGIN)
        else:
            state.write(number | cause << 32, _RESUME)
        try:
            return original(self)
        except BaseException as error:
            helper.hide(error)
            raise
        finally:
            state.current = outer
            if len(ready) > before:
                helper.swallow(_woken, ready, before, state, number)
            try:
                is_done = task.done()
                if is_done or cause < 0:
                    check_name(task, number)
                word = _end_of(task) if is_done else _suspended(task)
            except own_errors:
                word = _SUSPEND
            state.write(number, word)
            # The traceback of an exception leads back to this frame: no cycle with a task that keeps
            # its exception, or nobody would hear of it before the garbage is collected.
            self = callback = task = None

    events.Handle._run = helper.dress(_run, original)


# --- Creation

def _is_eager(loop, arguments):
    """Whether a new task's first step is run by create_task() itself (from 3.12 on)."""
    eager = arguments.get("eager_start")
    if eager is None:
        eager = "eager_task_factory" in getattr(loop._task_factory, "__qualname__", "")
    return bool(eager) and loop.is_running()


def _forget_frame(task):
    """In debug mode a task remembers where it was made: not here."""
    trace = getattr(task, "_source_traceback", None)
    if trace:
        trace[:] = [frame for frame in trace if frame.filename != __file__]


def _created(task, creator, given):
    _forget_frame(task)
    number = _register(task, creator, given)
    if number > 0:
        helper.state_here().write(number | creator << 32, helper.QUEUED)


def _eagerly(original, loop, coroutine, arguments, given):
    """The first step runs within create_task(): its task covers the one that creates it."""
    state = helper.state_here()
    creator = state.current
    # Its own name comes too late for what it does in its first step.
    name = getattr(coroutine, "__name__", "Task") if given is None else given
    absolute = helper.new_task("coroutine", str(name), creator)
    number = absolute - helper.task_base
    state.write(number | creator << 32, helper.QUEUED)
    state.write(number, _BEGIN)
    state.current = number
    end = _FAILED
    ready = _ready_of(loop)
    before = len(ready)
    try:
        task = original(loop, coroutine, **arguments)
        helper.swallow(setattr, task, NUMBER, absolute)
        _forget_frame(task)
        _names.check_eager_name(task, number, given, creator)
        end = _after(task)
        return task
    except BaseException as error:
        helper.hide(error)
        raise
    finally:
        state.current = creator
        if len(ready) > before:
            helper.swallow(_woken, ready, before, state, number)
        state.write(number, end)
        task = coroutine = None  # no cycle with the traceback of its exception


def patch_task_groups(module):
    """TaskGroup.create_task() gives names, too."""
    _names.names_later(module.TaskGroup.create_task)


def patch_asyncio(base_events):
    """Steps, names and creation of tasks."""
    _names.names_later(base_events.tasks.create_task)
    _patch_handle(base_events.events)
    loop_class = base_events.BaseEventLoop
    original = loop_class.create_task
    if helper.is_hook(original):
        return

    def create_task(self, coro, **kwargs):
        given = _names.name_given(kwargs, _frame().f_back)
        try:
            if helper.is_on and _is_eager(self, kwargs):
                return _eagerly(original, self, coro, kwargs, given)
            task = original(self, coro, **kwargs)
        except BaseException as error:
            helper.hide(error)
            raise
        helper.swallow(_created, task, helper.state_here().current, given)
        try:
            return task
        finally:
            task = coro = None  # no cycle with the traceback of its exception, if it was eager

    loop_class.create_task = helper.dress(create_task, original)
