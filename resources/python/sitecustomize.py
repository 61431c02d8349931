# SPDX-FileCopyrightText: 2026 The Interleave authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads Interleave's helper, then gives way to the sitecustomize that this one hides.

Python imports this file before the program, because Interleave put its folder first on PYTHONPATH.
Whatever goes wrong with the helper, the program never learns of it. Any Python may meet this file,
also 2.7: those that are too old for the helper only go on to their own sitecustomize.
"""
import os
import sys


def _load():
    """Starts the helper, and takes this folder out of the module search path."""
    folder = os.path.dirname(__file__)
    writes_no_bytecode = sys.dont_write_bytecode
    try:
        if (sys.version_info >= (3, 8) and sys.implementation.name == "cpython"
                and "INTERLEAVE_HELPER" in os.environ):
            # Interleave's own folder: compiled once for each version of Python, whatever the
            # program wants for its modules. Without that every start would cost several
            # milliseconds.
            sys.dont_write_bytecode = False
            import interleave_helper
            # Among the program's modules nobody has to meet it.
            sys.modules.pop("interleave_helper", None)
            interleave_helper.start(folder)
    except Exception:
        pass
    sys.dont_write_bytecode = writes_no_bytecode
    sys.path[:] = [path for path in sys.path if path != folder]
    sys.path_importer_cache.pop(folder, None)


_load()
_hiding = sys.modules.pop("sitecustomize", None)  # Python 2 would clear a module that nobody holds
# What is found now takes the place of this module. When nothing is found, this raises what Python's
# site module gets without Interleave, too, and passes over.
import sitecustomize  # noqa: E402,F401
