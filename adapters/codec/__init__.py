"""The wire: an event as JSON, the one form in which it is sent, stored, exported and kept in a log file.

| module | what it does |
|---|---|
| `parse` | bytes -> documents: JSON and NDJSON |
| `validate` | a document -> a wire (the normalised dict), or every fault it has |
| `schema`, `fields`, `patterns`, `examples` | the shapes, for `validate` and as JSON Schema |
| `rules`, `normal` | what JSON Schema cannot say; null and 1.0 taken out |
| `wording`, `pointers` | how a fault is told, and where it is |
| `references` | where a wire names actors |
| `content` | whether two wires say the same |
| `decode`, `encode` | wire <-> `domain.events`, and the parts of answers |
| `chain` | the canonical JSON of an exported event, its leaf and the head of the log |

A wire is a plain dict. A null means that a field is missing and is not in a wire, except directly in `changes` and in
the `report` of an amendment, where it clears. Numbers with no fraction are ints.
"""
