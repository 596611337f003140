"""A typed number is read as it is meant, or refused with a reason: never as another number."""

import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_views.typed_numbers import GROUP_SIGNS, MINUS_SIGNS, read_typed

CASES = json.loads(Path(__file__).with_name("typed_numbers.json").read_text("utf-8"))
WHOLE = st.integers(0, 10**9)
DECIMALS = st.text("0123456789", min_size=1, max_size=6)
SIGNS = st.sampled_from(["", "-", "+", *MINUS_SIGNS])


@pytest.mark.parametrize(("text", "value"), CASES["read"].items())
def test_numbers_are_read_as_they_are_meant(text: str, value: float) -> None:
    assert read_typed(text) == value


@pytest.mark.parametrize("text", CASES["refused"])
def test_what_is_no_number_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"type |too large") as refused:
        read_typed(text)
    assert str(refused.value).isprintable()


@given(SIGNS, WHOLE, DECIMALS)
def test_a_decimal_comma_is_a_decimal_point_or_refused(sign: str, whole: int, part: str) -> None:
    value = float(f"{'-' if sign in ('-', *MINUS_SIGNS) and sign else ''}{whole}.{part}")
    try:
        assert read_typed(f"{sign}{whole},{part}") == value
    except ValueError:
        # Only what could as well be thousands.
        assert re.fullmatch(r"[1-9]\d{0,2},\d{3}", f"{whole},{part}")


@given(
    st.integers(-(10**12), 10**12), st.sampled_from(GROUP_SIGNS), DECIMALS, st.sampled_from(".,")
)
def test_groups_of_thousands_are_read(whole: int, group: str, part: str, point: str) -> None:
    typed = f"{whole:,}".replace(",", group)
    assert read_typed(typed) == whole
    assert read_typed(f"{whole:,}".replace(",", group) + "." + part) == float(f"{whole}.{part}")
    if abs(whole) >= 1000:
        other = "." if point == "," else ","
        assert read_typed(f"{whole:,}".replace(",", other) + point + part) == float(
            f"{whole}.{part}"
        )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_back(value: float) -> None:
    assert read_typed(repr(value)) == value


@given(st.text(max_size=50))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        value = read_typed(text)
    except ValueError:
        return
    assert math.isfinite(value)
    # Each digit that was typed counts: none was dropped on the way.
    assert any(character.isnumeric() for character in text)


def test_the_browser_reads_the_same() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed; tests/browser/test_typing_numbers.py reads them too")
    script = Path(__file__).parents[2] / "assets" / "chain" / "lib" / "typed_numbers.js"
    texts = [*CASES["read"], *CASES["refused"]]
    code = (
        f"import {{ readTyped }} from {json.dumps(script.as_uri())};"
        f"console.log(JSON.stringify({json.dumps(texts)}.map(readTyped)))"
    )
    ran = subprocess.run(
        [node, "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )
    for text, found in zip(texts, json.loads(ran.stdout), strict=True):
        assert found.get("value") == CASES["read"].get(text), text
        assert ("problem" in found) == (text in CASES["refused"]), text
