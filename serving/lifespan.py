"""What happens once, before and beside the first visitors."""

import asyncio
import gc
import importlib
import pkgutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st

from serving.descriptors import guard_accept, quiet_exceptions

PACKAGES = ("rnn_core", "rnn_views")
FIRST_PAGE = 3.0  # seconds
MAIN_SCRIPT = "rnn_views.ui.main"  # runs for each visitor, by Streamlit


@asynccontextmanager
async def preload(_app: st.App) -> AsyncIterator[None]:
    """Load what pages need, so that the first visitor does not wait for it.

    The modules live as long as the server. Frozen, the garbage collector does not walk them again
    at every full collection, which took 40 ms with plotly and pandas loaded. Data and trained
    networks are read in a thread of their own, while the server answers already. Collections
    during the start find next to nothing and take a fifth of it. From here on the server's loop
    accepts no more connections than there are file descriptors for.
    """
    loop = asyncio.get_running_loop()
    guard_accept(loop)
    quiet_exceptions(loop)
    gc.disable()
    for module in list_modules():
        importlib.import_module(module)
    gc.freeze()
    gc.enable()
    Thread(target=prepare_tasks, name="prepare tasks", daemon=True).start()
    yield


def list_modules() -> Iterator[str]:
    """Yield the names of the modules behind the pages."""
    for room in PACKAGES:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if module.name != MAIN_SCRIPT:
                yield module.name


def prepare_tasks() -> None:
    """Read every task's data and network, then measure it on held-out examples.

    The measuring waits until the first page can have been drawn; a page that shows the figures
    sooner works them out itself.
    """
    from rnn_core.tasks import TASKS
    from rnn_views.ui.topologies.answer import baseline_table, mistakes

    for task in TASKS.values():
        task.data()
        task.pretrained()
    time.sleep(FIRST_PAGE)
    for key in TASKS:
        baseline_table(key)
        mistakes(key)
