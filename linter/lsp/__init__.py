"""The language server: what the linter knows, in an editor while people type.

``server.py`` talks to the client, ``worker.py`` does the work in one thread, ``session.py`` holds
what is linted and its results, and ``view.py`` is what the handlers of requests get. Requests are
answered by the modules in ``FEATURES``: each has a function ``register`` that is given the server.
"""

FEATURES = (
    "diagnostics",
    "watching",
    "progress",
    "actions",
    "formatting",
    "completion",
    "hover",
    "hints",
    "navigation",
    "outline",
)
"""The modules that answer requests, in this folder."""
