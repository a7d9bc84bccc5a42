"""Bytes to documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.codec.parse import is_lines, json_document, ndjson_lines
from domain.refusals import Malformed

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=3), values, max_size=4),
    max_leaves=12,
)


def refused(body: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        json_document(body)
    return caught.value


def refused_lines(body: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        list(ndjson_lines(body))
    return caught.value


@given(json_values, st.booleans(), st.sampled_from([None, 1]))
def test_any_json_is_parsed_however_it_is_written(value: Any, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001
    assert json_document(json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()) == value
    assert json_document(json.dumps(value, separators=(" ,", " : ")).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b'{"a": -Infinity}', id="Infinity"),
        pytest.param(b'{"a": 1e999}', id="a number that no double holds"),
        pytest.param(b'{"a": 01}', id="a number with a zero before it"),
        pytest.param(b'{"a": "\xff"}', id="invalid UTF-8"),
        pytest.param(b'{"a": "\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(rb'{"a": "\ud83d"}', id="half a surrogate pair as an escape"),
        pytest.param(b'{"a": "\n"}', id="a raw newline in a text"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": 1,}', id="a trailing comma"),
        pytest.param("\ufeff{}".encode("utf-16"), id="UTF-16"),
        pytest.param(b"[" * 100_000, id="a hundred thousand brackets"),
    ],
)
def test_what_is_no_json_is_refused_as_a_whole(body: bytes) -> None:
    refusal = refused(body)
    assert [fault.pointer for fault in refusal.faults] == [""]
    assert refusal.detail.startswith("no JSON: ")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"a": "é"}'.encode("latin-1"), "no JSON: the byte 0xE9 is not UTF-8: line 1 column 8"),
        ('{"ä": 1,\n"a": "'.encode() + b'\xe9"}', "no JSON: the byte 0xE9 is not UTF-8: line 2 column 7"),
        (b"\xff", "no JSON: the byte 0xFF is not UTF-8: line 1 column 1"),
    ],
)
def test_a_body_of_another_charset_is_refused_with_the_place_of_its_first_byte_that_is_none(
    body: bytes, told: str
) -> None:
    assert refused(body).detail == told


def test_a_line_of_another_charset_is_refused_with_its_number_and_the_column() -> None:
    lines = b"{}\n" + '{"a": "é"}'.encode("latin-1")
    assert refused_lines(lines).detail == "line 2: no JSON: the byte 0xE9 is not UTF-8: column 8"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b'{"a": 1}\n{"a": 2}\n', True),
        (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a"', True),
        (b'{"a": 1}\n\n', False),
        (b'{\n"a": 1,}', False),
        (b"[1]\n[2]", False),
    ],
)
def test_lines_that_were_taken_for_one_document_are_known_by_their_first(body: bytes, lines: bool) -> None:  # noqa: FBT001
    assert is_lines(body) == lines


def test_nesting_beyond_254_levels_is_refused() -> None:
    assert json_document(b"[" * 254 + b"]" * 254)
    assert "254 levels" in refused(b"[" * 255 + b"]" * 255).detail


def test_a_byte_order_mark_at_the_beginning_is_skipped() -> None:
    assert json_document(b"\xef\xbb\xbf{}") == {}
    assert list(ndjson_lines(b"\xef\xbb\xbf{}\n{}")) == [(1, {}), (2, {})]
    assert "line 2" in refused_lines(b"{}\n\xef\xbb\xbf{}").detail


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param(b'{"a":1,"a":1}', "/a", id="at the top"),
        pytest.param(b'[{"a":1},{"b":{"c":[1,{"d":1,"e":2,"d":3}]}}]', "/1/b/c/1/d", id="deep within"),
        pytest.param(rb'{"a":1,"\u0061":2}', "/a", id="written as an escape"),
        pytest.param(b'{"a" :1,"a"\n:2}', "/a", id="apart from its colon"),
        pytest.param(rb'{"a":"\u003a","a":"::"}', "/a", id="with colons in texts, escaped"),
        pytest.param(rb'{"a":1,"a":2,"b":"\u003A"}', "/a", id="with as many colons lost as escaped"),
        pytest.param(b'{"a":{"x":1},"a":{"x":1}}', "/a", id="with objects"),
        pytest.param(b'{"":1,"":2}', "/", id="with an empty name"),
        pytest.param(b'{"a/b":1,"a/b":2}', "/a~1b", id="with a slash"),
    ],
)
def test_a_key_that_stands_twice_is_refused_where_it_does(body: bytes, pointer: str) -> None:
    refusal = refused(body)
    assert [fault.pointer for fault in refusal.faults] == [pointer]
    assert "stands twice" in refusal.detail


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c:", 'd"', "é"]), st.sampled_from(["", ":", '":', "\\u003a"]))))
def test_an_object_is_refused_just_where_a_key_stands_twice(pairs: list[tuple[str, str]]) -> None:
    body = (
        "{"
        + ",".join(f'{json.dumps(key)} : "{value.replace(chr(34), chr(92) + chr(34))}"' for key, value in pairs)
        + "}"
    )
    if len(dict(pairs)) < len(pairs):
        refused(body.encode())
    else:
        assert json_document(body.encode()) == json.loads(body)


def test_an_integer_beyond_64_bits_stays_beyond_what_a_field_accepts() -> None:
    assert json_document(b"18446744073709551616") == 2.0**64
    assert json_document(b"9007199254740993") == 2**53 + 1


def test_lines_end_at_newline_only() -> None:
    body = '{"a":"\u2028\u0085\x0b"}\r\n\n  \r\n{"b":1}'.replace("\x0b", "").encode()
    assert list(ndjson_lines(body)) == [(1, {"a": "\u2028\u0085"}), (4, {"b": 1})]


def test_the_lines_of_a_file_are_read_one_by_one() -> None:
    assert list(ndjson_lines(iter([b"1\n", b"\n", b"2"]))) == [(1, 1), (3, 2)]


def test_a_carriage_return_alone_ends_no_line() -> None:
    assert "line 1: no JSON" in refused_lines(b"{}\r{}").detail


def test_no_lines_are_no_documents() -> None:
    assert list(ndjson_lines(b"")) == []
    assert list(ndjson_lines(b"\n\r\n \n")) == []


def test_the_first_bad_line_is_named_and_its_place_in_the_batch() -> None:
    lines = ndjson_lines(b'{}\n\n{"a":1}\n{"a"\n{}\n')
    assert [next(lines), next(lines)] == [(1, {}), (3, {"a": 1})]
    with pytest.raises(Malformed) as caught:
        next(lines)
    (fault,) = caught.value.faults
    assert fault.pointer == "/2"
    assert fault.detail.startswith("line 4: no JSON: ")


def test_a_doubled_key_in_a_line_is_named_with_its_pointer() -> None:
    (fault,) = refused_lines(b'{}\n{"r":{"a":1,"a":2}}').faults
    assert (fault.pointer, fault.detail) == ("/1/r/a", "line 2: the key 'a' stands twice")
