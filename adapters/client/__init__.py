"""The client of the API, over httpx: `Client` and its asynchronous twin `AsyncClient`, a method for every route.

    with Client("http://127.0.0.1:8000") as asof:
        asof.development("dprk-troops-fight-in-kursk", as_of="2025-04-27").document()["status"]

What the service refuses is raised as `Problem` with its problem document, a service that does not answer as
`NotReachable`, something else that answers in its place as `NoService`.
"""

from adapters.client.answer import Answer, NoService, NotReachable, Problem
from adapters.client.asynchronous import AsyncClient
from adapters.client.lines import Batch, LinesRefused, batches
from adapters.client.synchronous import Client

__all__ = [
    "Answer",
    "AsyncClient",
    "Batch",
    "Client",
    "LinesRefused",
    "NoService",
    "NotReachable",
    "Problem",
    "batches",
]
