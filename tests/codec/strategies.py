"""Documents of every type with every field, at random: valid as `adapters.codec.validate` has it."""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import strategies as st

Json = dict[str, Any]

LIMIT = 2**53
_CONTROL: tuple[Literal["Cc"], Literal["Cs"]] = ("Cc", "Cs")
_SURROGATE: tuple[Literal["Cs"]] = ("Cs",)
lines = st.text(st.characters(exclude_categories=_CONTROL), min_size=1, max_size=8)
prose = st.text(
    st.characters(
        exclude_categories=_SURROGATE,
        exclude_characters=[chr(n) for n in (*range(9), *range(11, 32), *range(127, 160))],
    ),
    min_size=1,
    max_size=8,
)
slugs = st.sampled_from(["a", "b-c", "2025", "dprk-russia"])
ids = st.text("Az09._:-", min_size=1, max_size=6)
single_dates = st.sampled_from(
    ["2025", "2025-04~", "2025-04-28", "202X", "2025-04-XX", "2025-33", "2025-07-12T09:30:00Z"]
)
dates = single_dates | st.sampled_from(["2025-06/2025-07-03", "2025-07/..", "../2025", "2025/", "/2025"])
floats = st.floats(-LIMIT, LIMIT, allow_nan=False)
numbers = st.integers(-LIMIT, LIMIT) | floats | floats.map(round).map(float)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def object_of(required: Json, optional: Json, least: int = 0) -> st.SearchStrategy[Json]:
    made = st.fixed_dictionaries(required, optional=optional)
    return made.filter(lambda members: len(members) >= least) if least else made


def unique(items: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=least, max_size=3, unique=True)


listed = object_of({"actor": lines}, {"role": maybe(lines)})
actors = st.lists(listed, max_size=3, unique_by=lambda a: (a["actor"], a.get("role")))
places = object_of(
    {"name": lines},
    {
        "country": maybe(st.sampled_from(["RU", "KP"])),
        "latitude": maybe(st.floats(-90, 90) | st.integers(-90, 90)),
        "longitude": maybe(st.floats(-180, 180) | st.integers(-180, 180)),
    },
)
quotes = object_of({"exact": prose}, {"prefix": maybe(prose), "suffix": maybe(prose)})


@st.composite
def bounds(draw: st.DrawFn) -> Json:
    low, point, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    kept = draw(st.sets(st.sampled_from(["low", "point", "high"]), min_size=1))
    return {key: value for key, value in (("low", low), ("point", point), ("high", high)) if key in kept}


figures = st.builds(
    dict.__or__,
    object_of(
        {"metric": slugs},
        {
            "approximate": maybe(st.booleans()),
            "unit": maybe(lines),
            "as_at": maybe(dates),
            "claimed_by": maybe(lines),
            "note": maybe(prose),
        },
    ),
    bounds(),
)
figure_lists = st.lists(figures, max_size=3, unique_by=lambda f: f.get("note") or "")
report_fields = {
    "url": maybe(st.sampled_from(["https://example.org/a?b=c", "http://x"])),
    "attributed_to": maybe(lines),
    "grade": maybe(st.sampled_from(["B2", "A", "6"])),
    "quote": maybe(quotes),
}
source = {"source": lines, "reported": single_dates}
reports = object_of(source, report_fields | {"figures": maybe(figure_lists)})
reports_with_figures = object_of(source | {"figures": figure_lists.filter(bool)}, report_fields)
dating_reports = object_of(source, report_fields | {"figures": maybe(st.just([]))})
report_changes = object_of({}, source | report_fields | {"figures": maybe(figure_lists)}, least=1)
kinds = st.sampled_from(["event", "statement", "assessment", "plan", "forecast"])
actor_kinds = st.sampled_from(["person", "state", "armed-force"])
changes = object_of(
    {},
    {
        "headline": lines,
        "summary": maybe(prose),
        "kind": kinds,
        "occurred": maybe(dates),
        "occurred_text": prose,
        "actors": actors,
        "place": maybe(places),
        "topics": maybe(unique(slugs)),
    },
    least=1,
)
actor_changes = object_of({}, {"name": lines, "kind": actor_kinds, "aliases": maybe(unique(lines))}, least=1)


def event(kind: str, required: Json, optional: Json | None = None) -> st.SearchStrategy[Json]:
    stream = "actor" if kind.startswith("Actor") else "development"
    head = {"type": st.just(kind), "id": ids, stream: slugs}
    return object_of(head | required, {"expected_version": maybe(st.integers(0, LIMIT))} | (optional or {}))


EVENTS = {
    "DevelopmentReported": event(
        "DevelopmentReported",
        {"headline": lines, "kind": kinds, "occurred": dates, "actors": actors, "report": reports},
        {
            "summary": maybe(prose),
            "occurred_text": maybe(prose),
            "place": maybe(places),
            "topics": maybe(unique(slugs)),
        },
    ),
    "DevelopmentCorroborated": event("DevelopmentCorroborated", {"report": reports}, {"changes": maybe(changes)}),
    "DevelopmentConfirmed": event("DevelopmentConfirmed", {"by": lines, "report": reports}),
    "DevelopmentDenied": event("DevelopmentDenied", {"by": lines, "report": reports}),
    "DevelopmentCorrected": event("DevelopmentCorrected", {"changes": changes, "reason": prose, "report": reports}),
    "DevelopmentCorrected in figures": event("DevelopmentCorrected", {"reason": prose, "report": reports_with_figures}),
    "ReportWithdrawn": event(
        "ReportWithdrawn", {"withdraws": st.just("*") | unique(ids, 1), "reason": prose, "report": dating_reports}
    ),
    "ReportReinstated": event(
        "ReportReinstated", {"reinstates": unique(ids, 1), "reason": prose, "report": dating_reports}
    ),
    "DevelopmentAmended": event(
        "DevelopmentAmended", {"reason": prose, "changes": changes}, {"amends": maybe(ids), "report": report_changes}
    ),
    "DevelopmentAmended in its report": event("DevelopmentAmended", {"reason": prose, "report": report_changes}),
    "ActorRegistered": event(
        "ActorRegistered", {"name": lines, "kind": actor_kinds}, {"aliases": maybe(unique(lines))}
    ),
    "ActorRenamed": event("ActorRenamed", {"name": lines}),
    "ActorAliasAdded": event("ActorAliasAdded", {"alias": lines}),
    "ActorAffiliated": event("ActorAffiliated", {"with": lines}, {"title": maybe(lines), "period": maybe(dates)}),
    "ActorAmended": event("ActorAmended", {"changes": actor_changes, "reason": prose}),
    "ActorMerged": event("ActorMerged", {"into": lines}),
}


def documents() -> st.SearchStrategy[Json]:
    """Any valid event as a client may send it."""
    return st.one_of(*EVENTS.values())
