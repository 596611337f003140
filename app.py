"""Unrolled as an ASGI application: `uvicorn app:app`, or `streamlit run app.py`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":  # python app.py
    from scripts.serve import main

    main()
    sys.exit()

# Small matrix products are faster on one thread, and visitors do not fight for cores.
# NumPy reads these when it is first imported, so they come before everything else.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

from serving.environment import BadEnvironmentError, read_environment  # noqa: E402

try:
    environment = read_environment()
except BadEnvironmentError as error:
    sys.exit(f"Unrolled does not start: {error}")

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from serving.addresses import Addresses  # noqa: E402
from serving.config import enforce_config  # noqa: E402
from serving.connection import Connection  # noqa: E402
from serving.descriptors import Room, announce  # noqa: E402
from serving.hosts import Hosts  # noqa: E402
from serving.index_page import install_index_page  # noqa: E402
from serving.lifespan import preload  # noqa: E402
from serving.messages import Messages  # noqa: E402
from serving.security_headers import SecurityHeadersMiddleware  # noqa: E402
from serving.sessions import SESSIONS  # noqa: E402
from serving.static_files import StaticFiles  # noqa: E402
from serving.streamlit_compat import prepare_streamlit  # noqa: E402

enforce_config(Path(__file__).resolve())
prepare_streamlit()
install_index_page()
announce()

app = st.App(
    Path(__file__).resolve().parent / "rnn_views" / "ui" / "main.py",
    middleware=[
        Middleware(SecurityHeadersMiddleware),
        Middleware(Hosts, environment.allowed_hosts),
        Middleware(Connection),
        Middleware(Room),
        Middleware(Addresses),
        Middleware(StaticFiles),
        Middleware(Messages),
    ],
    routes=[SESSIONS],
    lifespan=preload,
)
