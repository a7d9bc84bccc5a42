"""What tables are printed on: the terminal, or text of a readable width where stdout goes elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from service.cli.show.ids import Id

WIDTH_OF_A_FILE = 120
NARROWEST = 72
"""Columns below which a table would lose some of its own; the terminal breaks the lines of a wider one."""
DAY = 10
"""Columns of a day, under which its time stands."""
DATE = 14
"""Columns of a date as it was told: of one end of an interval, or of a time with its offset."""

COLOURS = {
    "confirmed": "green",
    "corroborated": "cyan",
    "denied": "red",
    "disputed": "yellow",
    "retracted": "dim strike",
    "withdrawn": "red",
    "reinstated": "green",
    "learned": "bold",
}


class Paper(Console):
    """Stdout without markup: what was reported is printed as it is."""

    def __init__(self) -> None:
        wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else WIDTH_OF_A_FILE
        super().__init__(width=wide, markup=False, emoji=False, highlight=False)
        self.width = max(self.width, NARROWEST)

    def on_broken_pipe(self) -> None:
        """Leave it to whoever ends the process."""
        raise BrokenPipeError


def show(parts: Iterable[RenderableType]) -> None:
    """Print the parts of an answer, one after the other."""
    paper = Paper()
    for part in parts:
        paper.print(part)


def table(*columns: str | Column) -> Table:
    """A table of these columns; nothing is cut off, what is too long goes on below."""
    made = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in made.columns:
        column.overflow = "fold"
        column.vertical = "top"
    return made


def clock(label: str, name: str) -> Column:
    """A column of instants, with the clock that they are on."""
    width = max(DAY, len(label))
    return Column(f"{label}\n({name}\nclock)", min_width=width, max_width=width)


def date(label: str, name: str) -> Column:
    """A column of dates as they were told, with the clock that they are on."""
    return Column(f"{label}\n({name}\nclock)", min_width=DAY, max_width=DATE)


def number(label: str) -> Column:
    """A column of numbers."""
    return Column(label, justify="right", no_wrap=True)


def coloured(word: str) -> Text:
    """A status or a kind of change."""
    return Text(word, style=COLOURS.get(word, ""))


def titled(title: RenderableType, identity: str) -> Group:
    """A title, and beneath it an id that belongs to it."""
    return Group(title, Id(identity, "dim"))


def noted(identity: str, note: str | None) -> Group:
    """An id, and beneath it what is to be noted, if anything."""
    return Group(Id(identity), *([Text(note, "dim")] if note else ()))


def heading(text: str) -> Text:
    """What stands above a table."""
    return Text(f"\n{text}", style="bold")


def facts(pairs: Iterable[tuple[str, RenderableType]]) -> Table:
    """Labels and what they stand for, those without it left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, told in pairs:
        if told:
            grid.add_row(label, told)
    return grid


def below(part: RenderableType) -> Padding:
    """With a blank line above."""
    return Padding(part, (1, 0, 0, 0), expand=False)
