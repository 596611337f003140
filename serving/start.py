"""What happens once, before the first visitor."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

# Modules every page imports: loaded here, the first visitor does not wait for them.
WARM = ("pandas", "plotly.graph_objects", "rnn_core", "rnn_views")


@asynccontextmanager
async def warm_up(_app: st.App) -> AsyncIterator[None]:
    """Import what pages need, and take it out of the garbage collector's sight.

    The modules live as long as the server. Frozen, they are not walked again at every full
    collection, which took 40 ms with plotly and pandas loaded.
    """
    for module in WARM:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    yield
