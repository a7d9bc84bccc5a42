"""The answers about many developments, figures and actors, by brute force."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain import edtf
from domain.clocks import AFTER, BEFORE, Instant, Span
from tests.oracle.oracle import Answer, Oracle
from tests.oracle.register import share_a_moment
from tests.oracle.stream import Figure, Seen

RECENT = 20

Standing = tuple[str, Seen, Figure]
"""A development's id, the development, and one of its standing figures."""


@dataclass(frozen=True)
class Filters:
    """What a question about many developments asks for; dates are EDTF texts, names as a client gives them."""

    actor: tuple[str, ...] = ()
    topic: str | None = None
    kind: str | None = None
    status: str | None = None
    source: str | None = None
    metric: str | None = None
    q: str | None = None
    occurred_from: str | None = None
    occurred_to: str | None = None
    known_since: str | None = None
    affiliates: bool = False


def judge(oracle: Oracle, filters: Filters, of: str | None = None) -> Callable[[Seen], bool]:
    """Whether a development passes; `of` is the actor whose timeline is asked for."""
    wanted = [oracle.register.resolve(name) for name in filters.actor]
    asked = set(_words(filters.q or ""))
    window = _window(filters)

    def passes(seen: Seen) -> bool:
        words, on = seen.words, seen.actors()
        affiliates = oracle.register.affiliates(of, seen.occurred) if of and filters.affiliates else set()
        said = [words["headline"], words["summary"] or "", (words["place"] or {}).get("name", "")]
        said += [oracle.register.name[actor] for actor, _ in seen.listed()]
        return (
            all(len(actors) == 1 and actors <= on for actors in wanted)
            and (of is None or bool(on & {of, *affiliates}))
            and (filters.topic is None or filters.topic in (words["topics"] or ()))
            and filters.kind in (None, words["kind"])
            and filters.status in (None, seen.status())
            and (filters.source is None or filters.source in seen.sources())
            and (filters.metric is None or filters.metric in {figure.metric for figure in seen.figures()})
            and (filters.q is None or (bool(asked) and asked <= {word for text in said for word in _words(text)}))
            and (window is None or (seen.occurred is not None and share_a_moment(seen.occurred, window)))
            and (filters.known_since is None or seen.first_known >= edtf.single(filters.known_since).begins)
        )

    return passes


def timeline(oracle: Oracle, filters: Filters, order: str = "occurred", of: str | None = None) -> list[Answer]:
    """The items of `GET /v1/developments`, or of the timeline of an actor."""
    passes = judge(oracle, filters, of)
    found = {name: seen for name, seen in oracle.all_seen().items() if passes(seen)}
    return [oracle.flat(name, found[name]) for name in _ordered(found, order)]


def latest(oracle: Oracle, figures: Sequence[Standing]) -> list[Answer]:
    """The latest of each metric and claimant."""
    last: dict[tuple[str, str], Standing] = {}
    for one in sorted(figures, key=lambda one: (_reaches(one[1], one[2]), one[2].order)):
        last[one[2].metric, one[2].claimant] = one
    return [oracle.figure(name, figure) for name, _, figure in last.values()]


def standing_figures(seen: dict[str, Seen], metric: str | None = None) -> list[Standing]:
    """The standing figures of developments, or those of one metric, in order of knowledge."""
    figures = [(name, one, figure) for name, one in seen.items() for figure in one.figures()]
    return sorted((f for f in figures if metric in (None, f[2].metric)), key=lambda figure: figure[2].order)


def state(oracle: Oracle, filters: Filters) -> Answer:
    """`GET /v1/state`."""
    passes = judge(oracle, filters)
    found = {name: seen for name, seen in oracle.all_seen().items() if passes(seen)}
    expected = {
        name: seen
        for name, seen in found.items()
        if seen.words["kind"] in ("plan", "forecast") and seen.status() != "retracted"
        if seen.occurred is not None and seen.occurred.end_rank > oracle.cut
    }
    return {
        **oracle.stamp(),
        "counts": {
            "status": dict(Counter(seen.status() for seen in found.values())),
            "kind": dict(Counter(seen.words["kind"] for seen in found.values())),
        },
        "figures": latest(oracle, standing_figures(found)),
        "expected": [oracle.flat(name, found[name]) for name in _ordered(expected, "occurred")],
        "recent": [oracle.flat(name, found[name]) for name in _ordered(found, "-known")[:RECENT]],
        "actors": len(oracle.register.actors()),
    }


def metrics(oracle: Oracle) -> list[Answer]:
    """The items of `GET /v1/figures`."""
    figures = latest(oracle, standing_figures(oracle.all_seen()))
    return [
        {"metric": metric, "figures": [figure for figure in figures if figure["metric"] == metric]}
        for metric in sorted(_known_metrics(oracle))
    ]


def series(oracle: Oracle, metric: str) -> Answer | None:
    """`GET /v1/figures/{metric}`; None is 404."""
    if metric not in _known_metrics(oracle):
        return None
    figures = standing_figures(oracle.all_seen(), metric)
    return {
        **oracle.stamp(),
        "metric": metric,
        "items": [oracle.figure(name, figure) for name, _, figure in figures],
        "latest": latest(oracle, figures),
    }


def _known_metrics(oracle: Oracle) -> set[str]:
    """The metrics of all known reports, whether they stand or not."""
    telling = [entry for seen in oracle.all_seen().values() for entry in seen.telling]
    return {figure["metric"] for entry in telling for figure in entry.report.get("figures") or ()}


def actor_entry(oracle: Oracle, actor: str) -> Answer | None:
    """`GET /v1/actors/{id}` of an id that is not merged; None is 404."""
    if actor not in oracle.register.name:
        return None
    return {
        "actor": actor,
        "name": oracle.register.name[actor],
        "kind": oracle.register.kind[actor],
        "aliases": sorted(oracle.register.aliases(actor)),
        "affiliations": [
            {"with": one.with_actor, "title": one.title, "period": one.period}
            for one in oracle.register.affiliations()
            if one.actor == actor
        ],
        "counts": {"developments": sum(actor in seen.actors() for seen in oracle.all_seen().values())},
    }


def actors(oracle: Oracle, q: str | None = None) -> list[Answer]:
    """The items of `GET /v1/actors`."""
    asked = set(_words(q or ""))
    found = []
    for actor in sorted(oracle.register.actors()):
        names = [oracle.register.name[actor], *oracle.register.aliases(actor)]
        if q is None or (asked and asked <= {word for name in names for word in _words(name)}):
            found.append(actor_entry(oracle, actor))
    return [one for one in found if one is not None]


def _ordered(found: dict[str, Seen], order: str) -> list[str]:
    def moment(name: str) -> Instant | None:
        seen = found[name]
        return seen.first_known if order.endswith("known") else None if not seen.occurred else seen.occurred.earliest

    dated = {name: at for name in sorted(found) if (at := moment(name)) is not None}
    backwards = -1 if order.startswith("-") else 1
    return [*sorted(dated, key=lambda name: backwards * dated[name]), *(n for n in sorted(found) if n not in dated)]


def _reaches(seen: Seen, figure: Figure) -> Instant:
    as_at = figure.given.get("as_at")
    span = seen.occurred if as_at is None else edtf.parse(as_at)
    return BEFORE if span is None else span.end_rank


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in folded).split()


def _window(filters: Filters) -> Span | None:
    begin, end = filters.occurred_from, filters.occurred_to
    if begin is None and end is None:
        return None
    if begin is not None and end is not None:
        first, last = edtf.single(begin), edtf.single(end)
        if first.begins >= last.ends and first != last:
            return Span(AFTER, BEFORE, open_end=True)
    earliest = None if begin is None else edtf.single(begin).earliest
    return Span(earliest, None if end is None else edtf.single(end).latest, open_end=True)
