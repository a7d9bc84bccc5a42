"""Developments: timelines, one development, its history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from service.cli.show import words
from service.cli.show.figures import figures
from service.cli.show.ids import Id
from service.cli.show.paper import below, clock, coloured, date, facts, heading, number, table, titled
from service.cli.show.words import Json, instant, second


def timeline(answer: Json) -> Iterator[RenderableType]:
    """A list of developments."""
    yield Text(words.cut(answer))
    yield below(developments(answer["items"])) if answer["items"] else Text("No development that fits is known.")


def developments(items: Sequence[Json]) -> Table:
    """A development a row."""
    shown = table(date("occurred", "occurred"), clock("first known", "reported"), "status", "development")
    for item in items:
        shown.add_row(
            words.occurred(item["occurred"]),
            second(item["first_known"]),
            coloured(item["status"]),
            titled(item["headline"], item["development"]),
        )
    return shown


def development(answer: Json) -> Iterator[RenderableType]:
    """One development with its figures and reports."""
    yield Text(words.cut(answer))
    yield below(Text(answer["headline"], style="bold"))
    if answer["summary"]:
        yield Text(answer["summary"])
    yield below(facts(_facts(answer)))
    if answer["figures"]:
        yield heading("Figures")
        yield figures(answer["figures"], within_one=True)
    yield heading("Reports, in order of knowledge")
    yield _reports(answer["reports"])


def _facts(answer: Json) -> Iterator[tuple[str, RenderableType]]:
    yield "development", Text(answer["development"])
    yield "status", Text.assemble(coloured(answer["status"]), _stances(answer))
    yield "kind", Text(answer["kind"])
    yield "occurred (occurred clock)", Text(_occurred(answer["occurred"]))
    yield "first known (reported clock)", Text(instant(answer["first_known"]))
    yield "as shown since (reported clock)", Text(_since(answer))
    yield "recorded (recorded clock)", Text(f"{instant(answer['recorded_at'])}, version {answer['version']}")
    yield "actors", Text(", ".join(words.who(listed) for listed in answer["actors"]))
    yield "place", Text(_place(answer["place"]))
    yield "topics", Text(", ".join(answer["topics"] or ()))
    yield "sources", Text(str(answer["sources"]))


def _since(answer: Json) -> str:
    until = answer["known_to"]
    return instant(answer["known_from"]) + (f" until {instant(until)}" if until else "")


def _stances(answer: Json) -> str:
    told = [f"{stance['actor']} {stance['stance']}" for stance in answer["stances"]]
    return f" ({', '.join(told)})" if told else ""


def _occurred(told: Json) -> str:
    if told["edtf"] is None:
        return words.occurred(told)
    bounds = f"from {instant(told['earliest'], 'an unknown date')} to {instant(told['latest'], 'an open end')}"
    return f"{told['edtf']} ({bounds})" + (f" “{told['text']}”" if told["text"] else "")


def _place(place: Json | None) -> str:
    if place is None:
        return ""
    country = f" ({place['country']})" if place["country"] else ""
    return f"{place['name']}{country}"


def _reports(reports: Sequence[Json]) -> Table:
    shown = table(clock("known from", "reported"), date("reported", "reported"), "report")
    for report in reports:
        shown.add_row(second(report["known_from"]), words.date(report["reported"]), Group(*_report(report)))
    return shown


def _report(report: Json) -> Iterator[RenderableType]:
    """Who says what, where it can be read, in which words, and the id of the event."""
    grade = f" {report['grade']}" if report["grade"] else ""
    stands = "" if report["stands"] else ", withdrawn"
    yield Text.assemble(report["source"], (grade, "dim"), f": {_says(report)}", (stands, "red"))
    if report["url"]:
        yield Text(report["url"], overflow="fold")
    if report["quote"]:
        yield Text(f"“{report['quote']['exact']}”")
    yield Id(report["id"], "dim")


def _says(report: Json) -> str:
    attributed = f", attributed to {report['attributed_to']}" if report["attributed_to"] else ""
    return f"{_does(report)}{attributed}"


def _plain(event_type: str) -> str:
    """`DevelopmentConfirmed` as `confirmed`, `ReportWithdrawn` as `withdrawn`."""
    return re.sub(r"^(Development|Report(?=[A-Z]))", "", event_type).lower()


def history(answer: Json) -> Iterator[RenderableType]:
    """The events of a development."""
    yield Text(words.cut(answer))
    shown = table(clock("known from", "reported"), clock("recorded", "recorded"), number("position"), "event")
    opening = next((item["event"] for item in answer["items"] if item["type"] == "DevelopmentReported"), None)
    for item in answer["items"]:
        shown.add_row(
            second(item["known_from"], "–"),
            second(item["recorded_at"]),
            str(item["position"]),
            titled(Text("\n".join(_tells(item, opening))), item["event"]),
        )
    yield below(shown)


def _tells(item: Json, opening: str | None) -> Iterator[str]:
    yield _does(item) + (" (amended since)" if item["amended"] else "")
    if item["type"] == "DevelopmentAmended":
        yield f"amends {item.get('amends') or opening or 'the first entry'}"
        yield from _amended(item["report"] or {})
    elif (item["report"] or {}).get("source"):
        yield f"{item['report']['source']}, reported {item['reported']} (reported clock)"
    for key in ("withdraws", "reinstates"):
        if item.get(key):
            yield f"{key} {_names(item[key])}"
    if item["changes"]:
        yield f"changes {', '.join(item['changes'])}"
    if item["reason"]:
        yield item["reason"]


def _amended(report: Json) -> Iterator[str]:
    """What an amendment gives a report anew."""
    for key, told in report.items():
        if key == "figures":
            yield f"figures now: {', '.join(map(_figure, told or ())) or '–'}"
        else:
            on = " (reported clock)" if key == "reported" else ""
            said = told["exact"] if key == "quote" and told else told
            yield f"{key.replace('_', ' ')} now: {said or '–'}{on}"


def _figure(figure: Json) -> str:
    as_at = f" as at {figure['as_at']} (occurred clock)" if figure.get("as_at") else ""
    return f"{figure['metric']} {words.value(figure)}{as_at}"


def _does(told: Json) -> str:
    by = f" by {told['by']}" if told.get("by") else ""
    return f"{_plain(told['type'])}{by}"


def _names(told: Any) -> str:
    return told if isinstance(told, str) else ", ".join(told)
