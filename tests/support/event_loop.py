"""Runs coroutines in tests, also in a worker that has run browser tests before.

Playwright's synchronous interface keeps an event loop running in its thread for as long as its
browser lives, and a thread runs one loop at a time.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def in_thread(
    function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """Call a function in a thread of its own; return what it returns."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *args, **kwargs).result()


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end in a thread and a loop of its own; return what it returns."""
    return in_thread(asyncio.run, coroutine)
