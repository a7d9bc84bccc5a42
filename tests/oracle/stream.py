"""One development: its entries as they read at a position, and what they say at a cut (section 2 of the contract)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain import edtf
from domain.clocks import Instant, Span
from tests.oracle.register import Event, Register

TELLING = (
    "DevelopmentReported",
    "DevelopmentCorroborated",
    "DevelopmentConfirmed",
    "DevelopmentDenied",
    "DevelopmentCorrected",
)
DESCRIBING = ("headline", "summary", "kind", "occurred", "occurred_text", "actors", "place", "topics")
STANCES = {"DevelopmentConfirmed": "confirms", "DevelopmentDenied": "denies"}


def instant(text: str) -> Instant:
    """The instant of an RFC 3339 text."""
    return edtf.single(text).begins


@dataclass
class Entry:
    """An event that carries a report, as amended."""

    event: Event
    position: int
    amended: bool = False

    @property
    def id(self) -> str:
        return str(self.event["id"])

    @property
    def report(self) -> dict[str, Any]:
        return dict(self.event["report"])

    @property
    def tells(self) -> bool:
        return self.event["type"] in TELLING

    @property
    def known_from(self) -> Instant:
        return min(edtf.single(self.report["reported"]).ends, instant(self.event["recorded_at"]))

    @property
    def possibly_from(self) -> Instant:
        return min(edtf.single(self.report["reported"]).begins, self.known_from)

    @property
    def order(self) -> tuple[Instant, int]:
        return self.known_from, self.position

    def names(self, other: Entry) -> bool:
        """Whether this withdrawal or reinstatement names another entry."""
        if self.event.get("withdraws") == "*":
            return other.position < self.position
        return other.id in (self.event.get("withdraws") or self.event.get("reinstates") or ())

    def amend(self, amendment: Event) -> None:
        """Overlay what an amendment gives."""
        changes = amendment.get("changes") or {}
        event = {**self.event, "report": {**self.event["report"], **(amendment.get("report") or {})}}
        if event["type"] == "DevelopmentReported":
            event.update(changes)
        elif changes:
            event["changes"] = {**(event.get("changes") or {}), **changes}
        self.event, self.amended = event, True


@dataclass
class Stream:
    """A development as recorded by a position: its entries, amended, in order of position, and the amendments."""

    entries: list[Entry] = field(default_factory=list)
    amendments: list[tuple[int, Event]] = field(default_factory=list)

    def known(self, cut: Instant) -> list[Entry]:
        """The entries known at a cut, in order of knowledge."""
        return sorted((entry for entry in self.entries if entry.known_from <= cut), key=lambda entry: entry.order)


def streams(events: Sequence[Event], at: int, unamended_after: int | None = None) -> dict[str, Stream]:
    """Every development's stream at a position, by id, without the amendments recorded after `unamended_after`."""
    found: dict[str, Stream] = {}
    for position, event in enumerate(events[:at], 1):
        if event["type"].startswith("Actor"):
            continue
        stream = found.setdefault(event["development"], Stream())
        if event["type"] != "DevelopmentAmended":
            stream.entries.append(Entry(event, position))
            continue
        stream.amendments.append((position, event))
        if unamended_after is None or position <= unamended_after:
            amends = event.get("amends") or stream.entries[0].id
            next(entry for entry in stream.entries if entry.id == amends).amend(event)
    return found


@dataclass
class Figure:
    """A standing figure of one development."""

    metric: str
    claimant: str
    given: dict[str, Any]
    entry: Entry
    index: int

    @property
    def key(self) -> tuple[str, str, str | None]:
        return self.metric, self.claimant, self.given.get("as_at")

    @property
    def order(self) -> tuple[Instant, int, int]:
        return (*self.entry.order, self.index)


class Seen:
    """A development that is known at a cut."""

    def __init__(self, stream: Stream, cut: Instant, register: Register) -> None:
        self.stream = stream
        self.cut = cut
        self.register = register
        self.known = stream.known(cut)
        self.telling = [entry for entry in self.known if entry.tells]
        self.standing = [entry for entry in self.telling if self.stands(entry)]

    def stands(self, entry: Entry) -> bool:
        """Whether the last known withdrawal or reinstatement that names the entry leaves it standing."""
        naming = [other for other in self.known if not other.tells and other.names(entry)]
        return not naming or naming[-1].event["type"] == "ReportReinstated"

    def described(self) -> tuple[dict[str, Any], str]:
        """The description, and the id of the last entry that set or changed it."""
        first = self.stream.entries[0]
        words, last = _words(first.event), first.id
        for entry in self.known:
            if entry is first:
                words, last = _words(first.event), first.id
            elif self.stands(entry) and entry.tells and entry.event.get("changes"):
                words, last = {**words, **entry.event["changes"]}, entry.id
        return words, last

    @property
    def words(self) -> dict[str, Any]:
        return self.described()[0]

    @property
    def occurred(self) -> Span | None:
        edtf_text = self.words["occurred"]
        return None if edtf_text is None else edtf.parse(edtf_text)

    def listed(self) -> list[tuple[str, str | None]]:
        """The actors of the description and their roles, each once."""
        named = [(self.register.survivor(one["actor"]), one.get("role")) for one in self.words["actors"] or ()]
        return list(dict.fromkeys(named))

    def figures(self) -> list[Figure]:
        """The standing figures in order of knowledge."""
        last: dict[tuple[str, str, str | None], Figure] = {}
        for entry in self.standing:
            for index, given in enumerate(entry.report.get("figures") or ()):
                figure = Figure(given["metric"], self._claimant(entry, given), given, entry, index)
                last[figure.key] = figure
        return sorted(last.values(), key=lambda figure: figure.order)

    def _claimant(self, entry: Entry, figure: dict[str, Any]) -> str:
        return self.register.survivor(
            figure.get("claimed_by")
            or entry.report.get("attributed_to")
            or entry.event.get("by")
            or entry.report["source"]
        )

    def stances(self) -> dict[str, str]:
        """Who confirms and who denies it."""
        last: dict[str, str] = {}
        for entry in self.standing:
            if entry.event["type"] in STANCES:
                last[self.register.survivor(entry.event["by"])] = STANCES[entry.event["type"]]
        return last

    def sources(self) -> set[str]:
        """The sources of the standing entries."""
        return {entry.report["source"] for entry in self.standing}

    def status(self) -> str:
        """The first that applies."""
        taken = set(self.stances().values())
        if not self.standing:
            return "retracted"
        if taken == {"confirms", "denies"}:
            return "disputed"
        if taken:
            return "confirmed" if taken == {"confirms"} else "denied"
        return "corroborated" if len(self.sources()) > 1 else "reported"

    def actors(self) -> set[str]:
        """In whose timelines it stands."""
        attributed = {
            self.register.survivor(entry.report["attributed_to"])
            for entry in self.standing
            if entry.report.get("attributed_to")
        }
        return {actor for actor, _ in self.listed()} | set(self.stances()) | attributed

    @property
    def first_known(self) -> Instant:
        return min(entry.known_from for entry in self.telling)

    def bounds(self) -> tuple[Instant, Instant | None, Instant]:
        """known_from and known_to of the version shown, and known_possibly_from."""
        begun = max(entry.known_from for entry in self.known)
        following = [entry.known_from for entry in self.stream.entries if entry.known_from > self.cut]
        possibly = min(entry.possibly_from for entry in self.known if entry.known_from == begun)
        return begun, min(following, default=None), possibly


def _words(event: Event) -> dict[str, Any]:
    return {name: event.get(name) for name in DESCRIBING}
