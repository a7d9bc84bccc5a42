"""The types of single fields: what each accepts, said once for validation, messages and JSON Schema (OpenAPI 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypeAliasType

from adapters.codec import patterns
from domain import edtf, events

LARGEST = 2**53
"""Integers up to it, either sign, are the same number to every reader of JSON (RFC 8259, section 6)."""
LINE_LENGTH = 300
PROSE_LENGTH = 10_000
URL_LENGTH = 2_048
LIST_LENGTH = 200
WITHDRAWN_LENGTH = 10_000

REFUSED = "refused"
"""The pydantic error type of a value that its field does not accept; the message says what the field accepts."""


@dataclass(frozen=True)
class Accepts:
    """Whatever is wrong with the value, tell what would be accepted."""

    accepted: str

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(handler(source), REFUSED, custom_error_message=self.accepted)


@dataclass(frozen=True)
class Number:
    """A number within bounds, an int or a float; a boolean is none. Ints are compared as ints, never rounded first."""

    minimum: int
    maximum: int
    accepted: str

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        integer = core_schema.int_schema(strict=True, ge=self.minimum, le=self.maximum)
        bounded = core_schema.float_schema(ge=self.minimum, le=self.maximum, allow_inf_nan=False)
        floating = core_schema.chain_schema([core_schema.is_instance_schema(float), bounded])
        either = core_schema.union_schema([integer, floating], mode="left_to_right")
        return core_schema.custom_error_schema(either, REFUSED, custom_error_message=self.accepted)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "number", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Count:
    """An integer from 0 on, also written 3.0."""

    accepted: str

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        integer = core_schema.int_schema(strict=True, ge=0, le=LARGEST)
        bounded = core_schema.float_schema(ge=0, le=LARGEST, allow_inf_nan=False)
        whole = core_schema.no_info_after_validator_function(_whole, bounded)
        floating = core_schema.chain_schema([core_schema.is_instance_schema(float), whole])
        either = core_schema.union_schema([integer, floating], mode="left_to_right")
        return core_schema.custom_error_schema(either, REFUSED, custom_error_message=self.accepted)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "integer", "minimum": 0, "maximum": LARGEST}


def _whole(value: float) -> float:
    if not value.is_integer():
        raise ValueError
    return value


def _text(length: int, pattern: str) -> StringConstraints:
    return StringConstraints(strict=True, min_length=1, max_length=length, pattern=pattern)


def _shown(pattern: str) -> Any:
    return Field(json_schema_extra={"pattern": pattern})


Line = Annotated[
    str,
    _text(LINE_LENGTH, patterns.LINE),
    Accepts("a text of 1 to 300 characters in one line, without control characters"),
]
Prose = Annotated[
    str,
    _text(PROSE_LENGTH, patterns.PROSE),
    Accepts("a text of 1 to 10,000 characters, without control characters but newline and tab"),
]
Url = Annotated[
    str,
    _text(URL_LENGTH, patterns.URL),
    Accepts("a URL with http:// or https://, at most 2,048 characters, without spaces"),
]
Slug = TypeAliasType(
    "Slug",
    Annotated[
        str,
        _text(128, patterns.SLUG),
        Accepts("a slug: 1 to 128 of a-z, 0-9 and -, neither first nor last a -, such as dprk-russia"),
        Field(description="Lower-case letters, digits and inner hyphens, chosen by the client."),
    ],
)
EventId = TypeAliasType(
    "EventId",
    Annotated[
        str,
        _text(128, patterns.EVENT_ID),
        Accepts("an event id: 1 to 128 of A-Z, a-z, 0-9 and . _ : -"),
        Field(description="The id of an event, unique in the log."),
    ],
)
ActorReference = TypeAliasType(
    "ActorReference",
    Annotated[
        str,
        _text(LINE_LENGTH, patterns.LINE),
        Accepts("the id, the name or an alias of an actor: 1 to 300 characters without control characters"),
        Field(description="An actor by id, else by name, else by alias; stored by id."),
    ],
)
SingleDate = TypeAliasType(
    "SingleDate",
    Annotated[
        str,
        StringConstraints(strict=True, max_length=patterns.SINGLE_DATE_LENGTH),
        Accepts(edtf.ACCEPTED),
        AfterValidator(edtf.single),
        _shown(patterns.SINGLE_DATE),
        Field(description=f"A date of the EDTF profile (ISO 8601-2): {edtf.ACCEPTED}.", examples=["2025-04-28"]),
    ],
)
Date = TypeAliasType(
    "Date",
    Annotated[
        str,
        StringConstraints(strict=True, max_length=patterns.DATE_LENGTH),
        Accepts(edtf.ACCEPTED_INTERVALS),
        AfterValidator(edtf.parse),
        _shown(patterns.DATE),
        Field(
            description=f"A date of the EDTF profile (ISO 8601-2): {edtf.ACCEPTED_INTERVALS}.",
            examples=["2025-04/.."],
        ),
    ],
)
Grade = Annotated[
    str,
    _text(2, patterns.GRADE),
    Accepts("an Admiralty grade: a source of A to F, an information of 1 to 6, or both, such as B2"),
]
Country = Annotated[
    str,
    _text(2, patterns.COUNTRY),
    Accepts("a country as two capital letters (ISO 3166-1), such as RU"),
]
Flag = Annotated[bool, Field(strict=True), Accepts("true or false")]
Quantity = Annotated[float, Number(-LARGEST, LARGEST, "a finite number from -2^53 to 2^53")]
Low = Annotated[Quantity | None, Field(description="At least so many, by the claim.")]
High = Annotated[Quantity | None, Field(description="At most so many, by the claim.")]
Point = Annotated[Quantity | None, Field(description="The one number of the claim, between `low` and `high`.")]
Note = Annotated[Prose | None, Field(description="A remark on the figure, such as: preliminary.")]
Exact = Annotated[Prose, Field(description="The quoted words, as they stand in the source.")]
Prefix = Annotated[Prose | None, Field(description="What stands before them there.")]
Suffix = Annotated[Prose | None, Field(description="What stands behind them there.")]
APPROXIMATE = "Whether the claim calls its numbers rough: about, some, more or less."
Latitude = Annotated[float, Number(-90, 90, "degrees from -90 to 90")]
Longitude = Annotated[float, Number(-180, 180, "degrees from -180 to 180")]
Version = Annotated[int, Count("a whole number from 0 to 2^53: how many events the stream holds, 0 where it is new")]

DevelopmentKind = Annotated[events.DevelopmentKind, Accepts(f"one of {', '.join(get_args(events.DevelopmentKind))}")]
ActorKind = Annotated[events.ActorKind, Accepts(f"one of {', '.join(get_args(events.ActorKind))}")]
