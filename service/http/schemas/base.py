"""What all answers are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypeAliasType

Instant = TypeAliasType(
    "Instant",
    Annotated[
        str,
        Field(
            description="An instant (RFC 3339) in UTC with `Z`; a fraction only where it is not zero, then six digits.",
            json_schema_extra={
                "format": "date-time",
                "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z$",
            },
        ),
    ],
)
Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Place = Annotated[int, Field(ge=1, description="A position of the log: the first event stands at 1.")]


class Answer(BaseModel):
    """Base of all shapes; every member is always there, null where there is nothing, unless it says otherwise."""

    model_config = ConfigDict(frozen=True)


class Stamped(Answer):
    """Where an answer stands on both clocks: ask again with `as_of` and `at`, and it is the same."""

    as_of: Annotated[
        Instant | None,
        Field(description="The cut on the reported clock: what was known by then. Null: of the empty log, or no end."),
    ]
    at: Annotated[Count, Field(description="The cut on the recorded clock: as if the log ended at this position.")]
    recorded_as_of: Annotated[Instant | None, Field(description="When `at` was recorded; null for the empty log.")]


class Page(Stamped):
    """A page of a list."""

    next: Annotated[
        Text | None, Field(description="The `cursor` of the page behind this one; null on the last. Also as `Link`.")
    ]


class Plain(GenerateJsonSchema):
    """JSON Schema without a title per field: it would only repeat the name."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 (pydantic's signature)
        """Never."""
        return False


def inside(name: str) -> dict[str, str]:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}
