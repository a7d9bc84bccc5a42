"""The outcome as JUnit XML, which CI systems show: a test case for each check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from service.replay.checks import Outcome

NAME = "asof replay"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def junit(outcomes: Sequence[Outcome]) -> bytes:
    """The document, in UTF-8."""
    suite = ET.Element(
        "testsuite",
        name=NAME,
        tests=str(len(outcomes)),
        failures=str(sum(outcome.verdict == "failed" for outcome in outcomes)),
        errors="0",
        skipped=str(sum(outcome.verdict == "skipped" for outcome in outcomes)),
        time=f"{sum(outcome.seconds for outcome in outcomes):.3f}",
    )
    for outcome in outcomes:
        case = ET.SubElement(suite, "testcase", classname=NAME, name=outcome.title, time=f"{outcome.seconds:.3f}")
        if outcome.verdict == "failed":
            failure = ET.SubElement(case, "failure", message=_xml(outcome.findings[0]))
            failure.text = _xml("\n".join([*outcome.findings, outcome.diff]))
        elif outcome.verdict == "skipped":
            ET.SubElement(case, "skipped", message=_xml(outcome.told))
        else:
            ET.SubElement(case, "system-out").text = _xml(outcome.told)
    root = ET.Element("testsuites", name=NAME)
    root.append(suite)
    ET.indent(root)
    document: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return document + b"\n"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
