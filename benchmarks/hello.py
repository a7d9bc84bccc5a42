"""The least that can be answered by way of ASGI: `python -m benchmarks.hello PORT`."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

BODY = b"hello"
_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain"), (b"content-length", b"5")],
}
_BODY = {"type": "http.response.body", "body": BODY}


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Without routes, middleware or a log."""
    await send(_START)
    await send(_BODY)


def serve(app: Any, port: int) -> None:
    """On the server that the service itself uses."""
    uvicorn.run(
        app, host="127.0.0.1", port=port, http="httptools", loop="uvloop", lifespan="off", access_log=False,
        log_level="warning", proxy_headers=False, server_header=False,
    )  # fmt: skip


if __name__ == "__main__":
    serve(hello, int(sys.argv[1]))
