"""The tables of the read side: what every question is answered from, rebuilt from the log at any time.

Rows on the plane of the two clocks carry `known_from, known_to, recorded_from, superseded_at, recorded_to`: see
`domain.plane` for what they mean. Instants are microseconds since 1970 UTC; `domain.clocks.BEFORE` and `AFTER` are the
ends of time, `domain.plane.FOREVER` a position that is never reached. `dev` is the position of the first event of a
development; `no` is `dev * 2**25` plus the number of the row in its development.
"""

from __future__ import annotations

from domain.projections import PROJECTIONS

ROWS_A_DEVELOPMENT = 2**25
LAYOUT = 6
"""Of the tables; another one takes other tables."""
VERSION = LAYOUT + sum(projection.version for projection in PROJECTIONS)
"""Of the views: rows of other tables, or of other projections, are built again."""

PLANE = """
    known_from INTEGER NOT NULL, known_to INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL, superseded_at INTEGER NOT NULL, recorded_to INTEGER NOT NULL
"""

TABLES = (
    """CREATE TABLE IF NOT EXISTS progress (projection TEXT PRIMARY KEY, version INTEGER NOT NULL,
        position INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS term (no INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL,
        UNIQUE (kind, text))""",
    "CREATE TABLE IF NOT EXISTS development (dev INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    # One body in three parts: before the list of actors, [[actor, role], ...], and behind it.
    f"""CREATE TABLE IF NOT EXISTS version (no INTEGER PRIMARY KEY, dev INTEGER NOT NULL, {PLANE},
        head BLOB NOT NULL, actors BLOB NOT NULL, tail BLOB NOT NULL, sources BLOB NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS version_of ON version (dev, known_from)",
    "CREATE INDEX IF NOT EXISTS version_known ON version (known_from)",
    f"""CREATE TABLE IF NOT EXISTS overview (rank INTEGER NOT NULL, id TEXT NOT NULL, no INTEGER NOT NULL,
        dev INTEGER NOT NULL, {PLANE}, begins INTEGER NOT NULL, ends INTEGER NOT NULL, kind TEXT NOT NULL,
        status TEXT NOT NULL, first_known INTEGER NOT NULL, PRIMARY KEY (rank, id, no)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS overview_known ON overview (first_known, id)",
    # With all that a page is chosen and ordered by, so that many developments are looked at without their rows.
    """CREATE INDEX IF NOT EXISTS overview_of ON overview (dev, known_from, known_to, recorded_from, superseded_at,
        recorded_to, first_known)""",
    f"""CREATE TABLE IF NOT EXISTS listing (list INTEGER NOT NULL, rank INTEGER NOT NULL, id TEXT NOT NULL,
        no INTEGER NOT NULL, {PLANE}, first_known INTEGER NOT NULL,
        PRIMARY KEY (list, rank, id, no)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS listing_known ON listing (list, first_known, id)",
    """CREATE TABLE IF NOT EXISTS zone (list INTEGER NOT NULL, lo_rank INTEGER NOT NULL, lo_id TEXT NOT NULL,
        hi_rank INTEGER NOT NULL, hi_id TEXT NOT NULL, size INTEGER NOT NULL, ended INTEGER NOT NULL,
        known_from INTEGER NOT NULL, recorded_from INTEGER NOT NULL, begins INTEGER NOT NULL, ends INTEGER NOT NULL,
        kinds INTEGER NOT NULL, known_by INTEGER NOT NULL, recorded_by INTEGER NOT NULL,
        PRIMARY KEY (list, lo_rank, lo_id)) WITHOUT ROWID""",
    f"""CREATE TABLE IF NOT EXISTS figure (metric INTEGER NOT NULL, known INTEGER NOT NULL, position INTEGER NOT NULL,
        place INTEGER NOT NULL, no INTEGER NOT NULL, dev INTEGER NOT NULL, {PLANE}, claim INTEGER NOT NULL,
        claimant TEXT NOT NULL, dated INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (metric, known, position, place, no)) WITHOUT ROWID""",
    f"""CREATE TABLE IF NOT EXISTS metric (metric INTEGER NOT NULL, known INTEGER NOT NULL, no INTEGER NOT NULL,
        dev INTEGER NOT NULL, {PLANE}, PRIMARY KEY (metric, known, no)) WITHOUT ROWID""",
    # `amended` is the event as it reads, NULL where it reads as in the log; `stands` is NULL for what cannot stand.
    f"""CREATE TABLE IF NOT EXISTS entry (no INTEGER PRIMARY KEY, dev INTEGER NOT NULL, {PLANE},
        position INTEGER NOT NULL, version INTEGER NOT NULL, ordered INTEGER NOT NULL, stands INTEGER, amended BLOB)""",
    "CREATE INDEX IF NOT EXISTS entry_of ON entry (dev, position)",
    "CREATE INDEX IF NOT EXISTS entry_known ON entry (known_from)",
    f"CREATE TABLE IF NOT EXISTS wording (no INTEGER PRIMARY KEY, dev INTEGER NOT NULL, {PLANE}, words TEXT NOT NULL)",
    # Words are made by domain.words and parted by spaces: every other character belongs to a word.
    """CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5 (words, content='', detail=none, columnsize=0,
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* P* S* C*'")""",
    """CREATE TABLE IF NOT EXISTS actor (id TEXT NOT NULL, recorded_from INTEGER NOT NULL, recorded_to INTEGER NOT NULL,
        registered INTEGER NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, survivor TEXT,
        aliases BLOB NOT NULL, affiliations BLOB NOT NULL, words TEXT NOT NULL,
        standing INTEGER NOT NULL, PRIMARY KEY (id, recorded_from)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS actor_from ON actor (recorded_from, standing)",
    "CREATE INDEX IF NOT EXISTS actor_merged ON actor (recorded_from) WHERE survivor IS NOT NULL",
    """CREATE TABLE IF NOT EXISTS naming (form TEXT NOT NULL, id TEXT NOT NULL, recorded_from INTEGER NOT NULL,
        recorded_to INTEGER NOT NULL, PRIMARY KEY (form, id, recorded_from)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS naming_of ON naming (id, recorded_to)",
    """CREATE TABLE IF NOT EXISTS affiliation (with_actor TEXT NOT NULL, id TEXT NOT NULL,
        recorded_from INTEGER NOT NULL, recorded_to INTEGER NOT NULL,
        begins INTEGER NOT NULL, ends INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS affiliation_with ON affiliation (with_actor)",
    "CREATE INDEX IF NOT EXISTS affiliation_of ON affiliation (id, recorded_to)",
    """CREATE TABLE IF NOT EXISTS tally (size INTEGER NOT NULL, block INTEGER NOT NULL, level INTEGER NOT NULL,
        day INTEGER NOT NULL, status TEXT NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (size, block, level, day, status, kind)) WITHOUT ROWID""",
    # With all that it is chosen by, so that those that are passed over are not looked up.
    """CREATE INDEX IF NOT EXISTS figure_of ON figure (claim, dated, known, position, place, known_from, known_to,
        recorded_from, superseded_at, recorded_to)""",
    "CREATE UNIQUE INDEX IF NOT EXISTS figure_no ON figure (no)",
    "CREATE TABLE IF NOT EXISTS chain (position INTEGER PRIMARY KEY, head BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS mention (term INTEGER NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY (term, position)) WITHOUT ROWID""",
)
