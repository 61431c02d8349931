# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of process pools, as the submitting process and the worker each see them.

A job is pickled on its way, and its pickle has to stay as it is: neither side leaves anything in it
for the other, and either may be without a helper. So each tells what it sees itself, under a name
that both can make: the function's, and the job's number in its pool. In the submitting process that
is a request: queued, suspended from when it cannot be cancelled any more, ended with its Future. In
the worker it is a job, from when it has been unpickled until its result is there.

No hook is on the stack while the program's code runs, is pickled or is unpickled.
"""
import sys

# ruff: noqa: F821  (interleave_helper.part() puts `helper` here)

NUMBER = helper.NUMBER

_frame = sys._getframe
_threads = helper.part("interleave_threads")
_running = 0  # of a worker: the number of the job that it has taken
_outer = 0  # what its thread did before


def _forget():
    global _running
    _running = 0


helper.on_fork.append(_forget)


def _job_name(module, function, arguments, work_id):
    """"work 3" is the third job of its pool; a chunk of map() is called after map()'s function."""
    inner = getattr(function, "args", None)
    if getattr(function, "func", None) is module._process_chunk and inner:
        function, arguments = inner[0], ()
    name = _threads.job_name(function, arguments)
    return name if work_id is None else "%s %d" % (name, work_id + 1)


# --- The submitting process

def _queued(module, item, caller):
    """submit() has made a work item."""
    executor = caller.f_locals.get("self")  # its count is the number of what it submits now
    state = helper.state_here()
    absolute = helper.new_task("request", _job_name(module, item.fn, item.args,
                                                    getattr(executor, "_queue_count", None)),
                               state.current)
    setattr(item.future, NUMBER, absolute)
    state.write(absolute - helper.task_base | state.current << 32, helper.QUEUED)
    item.future.add_done_callback(_finished)


def _number_of(future):
    return getattr(future, NUMBER, 0) - helper.task_base


def _handed_over(caller):
    """A work item goes to the workers: from now on its Future counts as running."""
    number = _number_of(getattr(caller.f_locals.get("work_item"), "future", None))
    if number > 0:
        helper.state_here().write(number, helper.SUSPEND | helper.CHILD)


def _finished(future):
    helper.swallow(_tell_end, future)


def _tell_end(future):
    number = _number_of(future)
    if number <= 0:
        return
    if future._state in ("CANCELLED", "CANCELLED_AND_NOTIFIED"):
        end = helper.CANCELLED
    else:
        end = helper.END if future._exception is None else helper.FAILED
    helper.state_here().write(number, end)


# --- The worker

def _taken(module, item):
    """A call has been unpickled: the worker calls it next."""
    global _running, _outer
    if not helper.is_on or _running > helper.task_base:  # of two, one was not the worker's doing
        return
    state = helper.state_here()
    _running = helper.new_task("job", _job_name(module, item.fn, item.args, item.work_id),
                               state.current)
    number = _running - helper.task_base
    _outer = state.current
    state.current = number
    state.write(number, helper.BEGIN)


def _returned(result):
    """The result of the call is there, and is about to be pickled."""
    global _running
    number = _running - helper.task_base
    if number <= 0:  # it could not be pickled: this one says so instead
        return
    _running = 0
    state = helper.state_here()
    state.current = _outer
    state.write(number, helper.END if result.exception is None else helper.FAILED)


def patch_process_pool(module):
    """Jobs, from submit() in one process to their results in another."""
    if helper.is_hook(module._WorkItem.__init__):
        return
    _patch_work_item(module)
    _patch_call_item(module)
    _patch_result_item(module)


def _patch_work_item(module):
    item_class = module._WorkItem
    original = item_class.__init__

    def __init__(self, *rest, **named):
        original(self, *rest, **named)
        if helper.is_on:
            helper.swallow(_queued, module, self, _frame().f_back)

    item_class.__init__ = helper.dress(__init__, original)


def _patch_call_item(module):
    item_class = module._CallItem
    original = item_class.__init__
    if hasattr(item_class, "__setstate__") or hasattr(item_class, "__slots__"):
        return  # unpickled in a way that is not known: workers stay processes without jobs

    def __init__(self, *rest, **named):
        original(self, *rest, **named)
        helper.swallow(_handed_over, _frame().f_back)

    def __setstate__(self, state):
        self.__dict__.update(state)  # what is done without this method
        helper.swallow(_taken, module, self)

    item_class.__init__ = helper.dress(__init__, original)
    item_class.__setstate__ = __setstate__


def _patch_result_item(module):
    item_class = module._ResultItem
    original = item_class.__init__

    def __init__(self, *rest, **named):
        original(self, *rest, **named)
        helper.swallow(_returned, self)

    item_class.__init__ = helper.dress(__init__, original)
