"""A query string as a model: an unknown parameter, a repeated single one and a malformed value are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from adapters.codec import patterns
from adapters.codec.fields import Accepts
from adapters.codec.wording import nearest, refused
from domain import edtf
from domain.refusals import Fault, Malformed, summary

LARGEST = 2**53
_WHOLE = re.compile(r"[0-9]{1,16}", re.ASCII)


def whole(value: object) -> object:
    """Digits only, where pydantic would also take `+5`, `1_000` and `5.0`."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError
    return value


def _date(text: str) -> str:
    try:
        edtf.single(text)
    except edtf.NotADate as wrong:
        raise ValueError(f"{_blank(text)}{wrong}") from None
    return text


def _blank(text: str) -> str:
    """What is to be said of a blank that was a `+`: of the offset of an instant, and of no other text."""
    if " " not in text:
        return ""
    try:
        edtf.single(text.replace(" ", "+"))
    except edtf.NotADate:
        return ""
    return "in a URL + is written %2B; "


SingleDate = Annotated[
    str,
    StringConstraints(max_length=patterns.SINGLE_DATE_LENGTH),
    Accepts(edtf.ACCEPTED),
    AfterValidator(_date),
    Field(json_schema_extra={"pattern": patterns.SINGLE_DATE}, examples=["2025-04-28"]),
]
Position = Annotated[
    int,
    Field(ge=0, le=LARGEST),
    BeforeValidator(whole),
    Accepts("a position of the log, a whole number from 0 to 2^53 in digits"),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000), Accepts("a text of 1 to 1,000 characters")]


def _yes_or_no(value: object) -> object:
    if value not in ("true", "false", True, False):
        raise ValueError
    return value in ("true", True)


Yes = Annotated[bool, BeforeValidator(_yes_or_no), Accepts("true or false")]


class Parameters(BaseModel):
    """Parameters of one kind of question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, given: Iterable[tuple[str, str]]) -> Any:
        """The parameters of a query string. Raises Malformed, a fault per parameter, its name for a pointer."""
        values: dict[str, Any] = {}
        for name, value in given:
            field = cls.model_fields.get(cls.named(name))
            if field is not None and get_args(field.annotation)[1:] == (...,):
                values.setdefault(name, []).append(value)
            elif name in values:
                raise malformed(Fault(name, "given twice; accepted: once"))
            else:
                values[name] = value
        try:
            return cls.model_validate(values)
        except ValidationError as wrong:
            raise malformed(*cls._faults(wrong)) from None

    @classmethod
    def named(cls, parameter: str) -> str:
        """The field of a parameter."""
        aliases = {field.alias: name for name, field in cls.model_fields.items() if field.alias}
        return aliases.get(parameter, parameter)

    @classmethod
    def _faults(cls, wrong: ValidationError) -> Iterable[Fault]:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for error in wrong.errors(include_url=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            if error["type"] == "extra_forbidden":
                accepted = ", ".join(known) or "none"
                yield Fault(name, f"no such parameter; {nearest(name, known)}accepted: {accepted}")
            elif error["type"] == "too_long" and not isinstance(error["input"], str):
                yield Fault(name, f"given {len(error['input'])} times; accepted: at most {error['ctx']['max_length']}")
            else:
                yield Fault(name, refused(error))


def malformed(*faults: Fault) -> Malformed:
    """The refusal of a question for what is wrong with its parameters."""
    return Malformed(summary(faults), *faults)


class Nothing(Parameters):
    """No parameters."""
