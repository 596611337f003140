"""Serves the page of one chain as app.py serves the app, for tests and measurements."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from serving.config import hold_settings
from serving.security_headers import Doors
from serving.static_files import StaticFiles

HERE = Path(__file__).resolve()
hold_settings(HERE.parents[4] / "app.py")

app = st.App(HERE.parent / "page.py", middleware=[Middleware(Doors), Middleware(StaticFiles)])
