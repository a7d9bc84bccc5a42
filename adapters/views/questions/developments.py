"""The questions about developments: which there are, in what order, how many, and what each was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from adapters.views.questions.affiliates import affiliated
from adapters.views.questions.counts import Counted, tallied
from adapters.views.questions.lists import Lists
from adapters.views.questions.segments import upto_place
from adapters.views.questions.validity import list_lasts
from adapters.views.questions.where import Where, limited, visible, where, where_among, where_expected
from adapters.views.questions.words import Borne, Words
from adapters.views.reader import Reader
from domain.clocks import AFTER, Cut, Instant
from domain.ports import Head
from domain.questions import Counts, EntryRow, Filters, Lasting, Order, Place, VersionRow

RARE = 1_000
"""Developments up to which those with the words are found first, and the page is made of them."""
COMMON = 5_000
"""Developments from which on it is faster to go through a list and look at their words, as many of them have those."""
SHARE = 16
"""Where everything is asked for, and no page of it: that is so from one development in so many positions on."""

LOOKED_AT, LOOKED_AT_A_PLACE = 64, 4
"""Rows of a list up to which it is looked as of which dates a page stays the same: more take longer than asking again.
"""


class DevelopmentQuestions:
    """The questions of `domain.ports.Snapshot` about developments."""

    head: Head

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def page(self, filters: Filters, order: Order, cut: Cut, limit: int, place: Place | None) -> list[Place]:
        words = Words(self._reader, filters.words, cut)
        begun: list[Place] = []
        for page, is_sample in self._skimmable(words, filters, order, cut):
            found, place, done = words.skim(page, limit, place, is_sample=is_sample)
            begun += found
            limit -= len(found)
            if done:
                return begun
        find = Finding(self._reader, filters, cut, words)
        lists = Lists(self._reader, filters)
        if filters.affiliates_of is None:
            return begun + lists.page(find(filters, page=limit), order, limited(limit), place)
        several = affiliated(self._reader, filters, cut, lambda held: find(held, overview=True))
        return begun + lists.merged(several, order, limited(limit), place)

    def lasts(
        self, filters: Filters, order: Order, cut: Cut, places: Sequence[Place], upto: Place | None
    ) -> Lasting | None:
        if not filters.whole:
            # What else is filtered by lies in other tables.
            return None
        list_ = where(self._reader, filters, cut).zoned
        assert list_ is not None
        most = LOOKED_AT + LOOKED_AT_A_PLACE * len(places)
        lasting = list_lasts(self._reader, list_, cut, upto_place(order, upto), most)
        if lasting is None:
            return None
        shown = self.versions([place.dev for place in places], cut)
        return Lasting(
            max([lasting.since, *(row.known_from for row in shown)]),
            min([lasting.until, *(row.known_to for row in shown)]),
        )

    def _skimmable(
        self, words: Words, filters: Filters, order: Order, cut: Cut
    ) -> Iterator[tuple[Callable[[int, Place | None], list[Place]], bool]]:
        """The lists, page by page, of which it may be looked what in them has the words; the likeliest first.

        With each, whether the words are as frequent in it as anywhere.
        """
        if not filters.words:
            return
        others = filters._replace(words=())
        # Each is gone through as far as a page needs it: not where other filters let little of it through.
        if not others.any and (len(filters.words) == 1 or words.few(RARE) is None) and (borne := words.borne()):
            yield partial(Lists(self._reader, others).merged, self._of_bearers(borne, cut), order), False
        if words.few(RARE) is not None:
            return
        if others.whole or words.few(COMMON) is None:
            yield partial(self.page, others, order, cut), True
        devs = words.few(COMMON)
        if devs is not None and filters.affiliates_of is None:
            among = where_among(self._reader, devs, others, cut)
            yield partial(Lists(self._reader, others).page, among, order), True

    def _of_bearers(self, borne: Borne, cut: Cut) -> list[Where]:
        """The timelines of who bears a word, and the developments whose texts have it."""
        lists = [where(self._reader, Filters(actors=(actor,)), cut) for actor in borne.actors]
        return [*lists, where_among(self._reader, borne.devs, Filters(), cut)] if borne.devs else lists

    def expected(self, filters: Filters, cut: Cut) -> list[Place]:
        found = where_expected(self._reader, filters, cut)
        if found is None:
            return []
        Words(self._reader, filters.words, cut).narrow(found, common=True)
        return Lists(self._reader, filters).page(found, "occurred", limited(-1), None)

    def matching(self, devs: Collection[int], filters: Filters, cut: Cut) -> set[int]:
        return let_through(self._reader, devs, filters, cut)

    def counts(self, filters: Filters, cut: Cut) -> Counts:
        steps = self._tallied(filters, cut)
        status: dict[str, int] = {}
        kind: dict[str, int] = {}
        for (of_status, of_kind), number in sorted((self._counted(filters, cut) if steps is None else steps).items()):
            if of_status in (filters.status or of_status) and of_kind in (filters.kind or of_kind):
                status[of_status] = status.get(of_status, 0) + number
                kind[of_kind] = kind.get(of_kind, 0) + number
        return Counts(status, kind)

    def _tallied(self, filters: Filters, cut: Cut) -> Counted | None:
        if filters != Filters(status=filters.status, kind=filters.kind):
            return None
        return tallied(self._reader, cut, self.head.position)

    def _counted(self, filters: Filters, cut: Cut) -> Counted:
        counted: Counted = Counter()
        found = Finding(self._reader, filters, cut, share=SHARE)(filters, overview=True)
        for those, parameters in Lists(self._reader, filters).stretches(found):
            asked = f"SELECT a.status, a.kind, COUNT(*) {those} GROUP BY a.status, a.kind"
            for status, kind, n in self._reader.rows(asked, parameters):
                counted[status, kind] += n
        return counted

    def dev(self, development: str) -> int | None:
        row = self._reader.row("SELECT dev FROM development WHERE id = :id", {"id": development})
        return None if row is None else row[0]

    def versions(self, devs: Sequence[int], cut: Cut) -> list[VersionRow]:
        if not devs:
            return []
        reader = self._reader
        versions, entries = reader.then("version", "v", _SEEN), reader.then("entry", "e", _LAST)
        asked = _VERSIONS.format(each=reader.each("devs"), versions=versions, entries=entries)
        parameters = {"devs": reader.numbers(devs), "x": cut.as_of, "at": cut.at}
        rows = {
            dev: VersionRow(dev, known_from, known_to, max(since, last), *told)
            for dev, known_from, known_to, since, last, *told in reader.rows(asked, parameters)
        }
        return [rows[dev] for dev in devs if dev in rows]

    def entries(self, dev: int, cut: Cut) -> list[EntryRow]:
        rows = self._reader.rows(
            "SELECT e.position, s.recorded_at, e.ordered, e.amended IS NOT NULL, e.stands, COALESCE(e.amended, s.state)"
            f" FROM entry e JOIN event s ON s.position = e.position WHERE e.dev = :dev AND {visible('e')}"
            " ORDER BY e.ordered, e.position",
            {"dev": dev, "x": cut.as_of, "at": cut.at},
        )
        return [
            EntryRow(position, recorded_at, ordered, bool(amended), None if stands is None else bool(stands), body)
            for position, recorded_at, ordered, amended, stands, body in rows
        ]

    def standing(self, devs: Sequence[int], cut: Cut) -> dict[int, dict[int, bool]]:
        entries = self._reader.then("entry", "e", f"e.dev = n.value AND {visible('e')} AND e.stands IS NOT NULL")
        asked = f"SELECT e.dev, e.position, e.stands FROM {self._reader.each('devs')} {entries}"
        standing: dict[int, dict[int, bool]] = {dev: {} for dev in devs}
        given = {"devs": self._reader.numbers(devs), "x": cut.as_of, "at": cut.at}
        for dev, position, stands in self._reader.rows(asked, given):
            standing[dev][position] = bool(stands)
        return standing

    def newly_known(self, filters: Filters, after: Instant, cut: Cut, limit: int) -> list[tuple[int, str]]:
        found = Finding(self._reader, filters, cut)(filters)
        by = found.by
        found.add(f"{by}.first_known > :after AND {by}.first_known <= :x", after=after)
        asked = f"SELECT {found.dev}, {by}.id {found.sql} ORDER BY {by}.id LIMIT :limit"
        return self._reader.rows(asked, found.parameters | {"limit": limit})

    def learned_between(
        self, after: Instant, upto: Instant, at: int, devs: Collection[int] | None = None
    ) -> list[tuple[int, str, str]]:
        """(dev, development, event id) of what became known after one cut up to another, in order of knowledge."""
        parameters: dict[str, object] = {"after": after, "x": upto, "at": at}
        source = "entry e"
        if devs is not None:
            source = f"{self._reader.each('devs')} {self._reader.then('entry', 'e', 'e.dev = n.value')}"
            parameters["devs"] = self._reader.numbers(devs)
        return self._reader.rows(
            f"SELECT e.dev, d.id, s.id FROM {source}"
            " JOIN development d ON d.dev = e.dev JOIN event s ON s.position = e.position"
            f" WHERE {_LEARNED} ORDER BY e.known_from, e.position",
            parameters,
        )

    def told_between(self, after: Instant, upto: Instant, at: int) -> list[int]:
        rows = self._reader.rows(f"SELECT e.dev FROM entry e WHERE {_LEARNED}", {"after": after, "x": upto, "at": at})
        return list(dict.fromkeys(row[0] for row in rows))

    def recorded_between(self, after: int, upto: int) -> list[tuple[int, str, str, str]]:
        return self._reader.rows(
            f"SELECT f.position, substr(s.name, {len('development/') + 1}), e.id, e.type FROM event e"
            " JOIN stream s ON s.no = e.stream JOIN event f ON f.stream = e.stream AND f.version = 1"
            " WHERE :after < e.position AND e.position <= :upto AND s.name LIKE 'development/%' ORDER BY e.position",
            {"after": after, "upto": upto},
        )


def let_through(reader: Reader, devs: Collection[int], filters: Filters, cut: Cut) -> set[int]:
    """Which of the developments the filters let through."""
    found = where_among(reader, devs, filters, cut)
    Words(reader, filters.words, cut).narrow(found, common=True)
    return {row[0] for row in reader.rows(f"SELECT a.dev {found.sql}", found.parameters)}


class Finding:
    """Chooses what is gone through for filters that share their words: their list, or the few developments that ever
    had the words.

    `share`: for questions that go through all of it, one development in so many positions counts as few.
    """

    def __init__(
        self, reader: Reader, filters: Filters, cut: Cut, words: Words | None = None, share: int | None = None
    ) -> None:
        self._reader = reader
        self._cut = cut
        self._words = words or Words(reader, filters.words, cut)
        self._devs = self._words.few(COMMON if share is None else max(COMMON, self._words.positions // share))

    def __call__(self, filters: Filters, *, overview: bool = False, page: int = -1) -> Where:
        """The list, or the few, with all conditions; `page` is how many are wanted, -1 for all."""
        if self._devs is None:
            found = where(self._reader, filters, self._cut, overview=overview)
        else:
            found = where_among(self._reader, self._devs, filters, self._cut)
        self._words.narrow(found, common=True, page=page)
        return found


_LEARNED = """:after < e.known_from AND e.known_from <= :x AND e.known_from = e.ordered
    AND e.recorded_from <= :at AND :at < e.recorded_to"""
"""That what an entry tells became known after one cut up to another."""
_VERSIONS = f"""SELECT v.dev, v.known_from, CASE WHEN :at < v.superseded_at THEN {AFTER} ELSE v.known_to END,
    CASE WHEN :at < v.superseded_at THEN v.recorded_from ELSE v.superseded_at END, e.position, e.version,
    v.head, v.actors, v.tail, v.sources
    FROM {{each}} {{versions}} {{entries}}"""
_LAST = """e.no = (SELECT f.no FROM entry f WHERE f.dev = v.dev AND f.position <= :at
    ORDER BY f.position DESC LIMIT 1)"""
_SEEN = f"""v.no = (SELECT w.no FROM version w WHERE w.dev = n.value AND {visible("w")}
    ORDER BY w.known_from DESC LIMIT 1)"""
