"""asof, inside: what was known, as of any date.

A **development** (something that happened, was said, is assessed, planned or forecast) and an **actor** are streams of
immutable **events**. An **entry** tells of a development and carries a **report**: a source, the date it was published,
**figures**. Parties take a **stance**; sources **withdraw** and **reinstate** reports; we **amend** our own entries.
A **version** is what was known of a development over a stretch of time; the **views** keep all of them.

Three clocks, never mixed:

- **occurred**: when it happened in the world, told by the reporter, often imprecise (EDTF);
- **reported**: when the public learned of it: `as_of` cuts here;
- **recorded**: when this log learned of it: `at` (a position) cuts here, and its past never changes.

Start reading at `knowledge.py`: it is the one definition of "as of".
"""
