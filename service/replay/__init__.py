"""Replay: building everything that answers from the log, from zero, and proving that it still answers as before.

| module | what it does |
|---|---|
| `ledger` | what the projections say, kept in memory instead of in a store |
| `facts` | the same as plain JSON, each fact at the position that brought it |
| `digests` | SHA-256 of the facts: per event, per projection, per actor |
| `take` | all of that of a log as it is now |
| `views` | the answers of the API at a checkpoint, in parts that can be compared |
| `golden` | what a log answered when somebody looked, as files beside it |
| `checks` | the five checks, and `differences`, what they find, by `fields` |
| `into` | the log and all that answers from it, into another store |
| `junit`, `github` | the outcome, for machines |
"""
