"""The shapes of answers, for the API's description and for tests; answers are stitched as bytes, not made from them.

Requests are closed: an unknown field is refused. Answers are open: a later version may add members, so a client passes
over those it does not know. The tests hold every answer to exactly the members that are described.
"""
