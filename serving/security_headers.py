"""Which doors are shut, and what every answer tells the browser to be careful about."""

import base64
import re
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from serving.environment import read_ancestors, read_environment

CLOSED = re.compile(r"/_stcore/(metrics|agent)(/|$)")  # figures about visitors; remote control


# Parts of a page, never a page: the policy of the page holds for them, and a first visit loads
# more than a hundred.
PARTS = ("text/javascript", "text/css", "font/", "image/png", "image/webp")


class SecurityHeadersMiddleware:
    """Middleware that closes routes nobody needs and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                if not headers.get("content-type", "").startswith(PARTS):
                    headers.update(self.headers)
            await send(message)

        if scope["type"] == "http" and CLOSED.search(scope["path"]):
            await PlainTextResponse("Not found", 404)(scope, receive, send_guarded)
            return
        await self.app(scope, receive, send_guarded)


def security_headers() -> dict[str, str]:
    """Return the headers of every answer that could be shown as a page."""
    index = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    return {
        "Content-Security-Policy": content_security_policy(
            index, read_environment().frame_ancestors
        ),
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


def content_security_policy(index: str, frame_ancestors: str) -> str:
    """Return the policy under which Streamlit's pages work and nothing foreign loads.

    Parameters
    ----------
    index
        Streamlit's index page. Its inline scripts are allowed by their hashes, which change
        from release to release.
    frame_ancestors
        Who may frame the app, for example `'self' https://moodle.example.org`, or `'none'`.

    Raises
    ------
    ValueError
        If frame_ancestors is no list of sources, or would end its directive.
    """
    frame_ancestors = read_ancestors(frame_ancestors)
    inline = re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in inline)
    return "; ".join(
        (
            "default-src 'self'",
            # blob: is how Streamlit loads the script of a component.
            f"script-src 'self' blob: {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def _hash(script: str) -> str:
    return base64.b64encode(sha256(script.encode()).digest()).decode()
