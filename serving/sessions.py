"""Answers whether a session is still there, so that a page asks for a new one only when it must."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.runtime import Runtime, exists, get_instance

PATH = "/_unrolled/session"


async def knows_session(request: Request) -> JSONResponse:
    """Say whether the session named by `id` has its visitor's connection."""
    session = request.query_params.get("id", "")
    runtime: Runtime | None = get_instance() if exists() else None
    known = runtime is not None and runtime.is_active_session(session)
    return JSONResponse({"known": known}, headers={"Cache-Control": "no-store"})


SESSIONS = Route(PATH, knows_session)
