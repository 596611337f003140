"""What the page asks when it has no connection: how the server sees it, and whether it is full.

`assets/frame/connection.js` asks, and puts the answer into words.
"""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.descriptors import FOR_PAGES, FOR_REFUSALS, FULL, left

QUESTION, ECHO = "/_unrolled/connection", "/_unrolled/echo"  # below whatever prefix
OURS = {"X-Unrolled": "yes", "Cache-Control": "no-store"}  # no proxy said this


class Connection:
    """Middleware that answers at /_unrolled/connection, and opens a websocket at /_unrolled/echo.

    The first says under which name the server was asked, and whether there is room. The second
    opens and waits until it is closed again: enough to see that websockets come through.
    """

    def __init__(self, app: ASGIApp, free: Callable[[], int | None] = left) -> None:
        self.app, self.free = app, free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.endswith(QUESTION):
            free = self.free()
            full = free is not None and free <= FOR_PAGES + FOR_REFUSALS
            host = Headers(scope=scope).get("host", "")
            answer = {"host": host, "full": FULL.strip() if full else ""}
            await JSONResponse(answer, headers=OURS)(scope, receive, send)
        elif scope["type"] == "websocket" and path.endswith(ECHO):
            await receive()  # websocket.connect
            await send({"type": "websocket.accept"})
            await receive()  # whatever comes first, the page has seen what it wanted
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self.app(scope, receive, send)
