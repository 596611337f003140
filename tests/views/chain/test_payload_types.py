"""The payload, its TypeScript types and docs/payload.md have the same fields."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rnn_views.chain.payload import payload
from tests.support import sample_readings as samples

ROOT = Path(__file__).parents[3]
TYPES = (ROOT / "assets" / "chain" / "model" / "payload_types.d.ts").read_text("utf-8")
DOCS = (ROOT / "docs" / "payload.md").read_text("utf-8")


@cache
def fields(interface: str) -> dict[str, bool]:
    """Return the fields of an interface and of what it extends, True where they are optional."""
    found = re.search(
        rf"^interface {interface}(?:<A>)?(?: extends (\w+)[^{{]*)? {{\n(.*?)^}}",
        TYPES,
        re.MULTILINE | re.DOTALL,
    )
    assert found, interface
    base, body = found.groups()
    own = re.findall(r"^  (\w+)(\??):", body, re.MULTILINE)
    return {**(fields(base) if base else {}), **{name: bool(mark) for name, mark in own}}


def differences(data: dict[str, Any], interface: str) -> set[str]:
    """Return the keys without a field, and the fields that must be there and are not."""
    known = fields(interface)
    return (data.keys() - known.keys()) | {
        name for name, optional in known.items() if not optional and name not in data
    }


def documented(after: str) -> set[str]:
    """Return the names in the first column of the first table behind a mark in the docs."""
    table = re.search(r"((?:^\|.*\n)+)", DOCS[DOCS.index(after) :], re.MULTILINE)
    assert table
    cells = [row.split("|")[1] for row in table[1].splitlines()[2:]]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_the_payload_has_the_fields_of_its_types(sample: str) -> None:
    data = payload(samples.SAMPLES[sample](), badge="untrained")
    assert not differences(data, "Payload")
    for segment in data["segments"]:
        assert not differences(segment, "PayloadSegment")
        assert not differences(segment["weights"], "Weights")
        assert not differences(segment["rows"], "Rows")
        assert not differences(segment["gradients"], "SegmentGradients")
        if segment["out"]:
            assert not differences(segment["out"], "Outputs")


@pytest.mark.parametrize(
    ("mark", "interface"),
    [
        ("## The whole", "Payload"),
        ("## A segment", "PayloadSegment"),
        ("| gradients | is |", "SegmentGradients"),
    ],
)
def test_the_docs_name_the_fields_of_the_types(mark: str, interface: str) -> None:
    assert documented(mark) == set(fields(interface))


def test_a_field_more_or_less_is_found() -> None:
    assert differences({"shape": [], "f32": "", "f64": ""}, "Packed") == {"f64"}
    assert differences({"shape": []}, "Packed") == {"f32"}
    assert not differences({"index": [], "of": 3}, "Rows")
