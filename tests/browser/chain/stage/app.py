"""Serves the page of one chain as app.py serves the app, for tests and measurements."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from serving.config import enforce_config
from serving.security_headers import SecurityHeadersMiddleware
from serving.static_files import StaticFiles

HERE = Path(__file__).resolve()
enforce_config(HERE.parents[4] / "app.py")

app = st.App(
    HERE.parent / "page.py",
    middleware=[Middleware(SecurityHeadersMiddleware), Middleware(StaticFiles)],
)
