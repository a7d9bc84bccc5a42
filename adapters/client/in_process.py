"""An ASGI application instead of a server: the same requests, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

Application = Callable[[Any, Any, Any], Awaitable[None]]


class InProcess(httpx.BaseTransport):
    """Calls the application in the caller's thread, on an event loop of its own."""

    def __init__(self, application: Application) -> None:
        self._runner = asyncio.Runner()
        # What the application could not answer is a 500 here as well.
        self._transport = httpx.ASGITransport(application, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, its content whole."""
        return self._runner.run(self._call(request))

    def close(self) -> None:
        """End the loop."""
        self._runner.close()

    async def _call(self, request: httpx.Request) -> httpx.Response:
        headers = request.headers.copy()
        # No bytes are saved on the way to oneself.
        headers["Accept-Encoding"] = "identity"
        sent = httpx.Request(request.method, request.url, headers=headers, content=request.read())
        response = await self._transport.handle_async_request(sent)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())
