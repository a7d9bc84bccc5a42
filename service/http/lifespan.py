"""Keeping the views level in the background: after answers of 202, and after processes that appended and ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from domain.ports import Unavailable
from service.compose import Services

SECONDS = 1.0
_log = logging.getLogger("asof.views")


def level(services: Services) -> None:
    """Bring the views level if they are behind; where the store cannot be used, that is logged and tried again."""
    try:
        with services.views.snapshot() as snapshot:
            visible = snapshot.head.position
        if visible < services.log.head().position:
            services.projector.catch_up()
    except Unavailable as fault:
        _log.warning("the views cannot be brought level: %s", fault)
    except Exception:  # noqa: BLE001 (it is told, and tried again: who looks after the views must not end)
        _log.exception("the views cannot be brought level")


def levelling(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The life of an application that looks after the views every second."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(_again_and_again(services))
        try:
            yield
        finally:
            task.cancel()

    return life


async def _again_and_again(services: Services) -> None:
    while True:
        await asyncio.sleep(SECONDS)
        await to_thread.run_sync(level, services)
