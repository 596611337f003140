"""Settings and links: what is written can be read, what cannot be used is named."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from rnn_views.links import codec
from rnn_views.links.schema import FAILURE_MODES, FORETOLD

PAGES = sorted(codec.PAGES)
VALUES = {
    "task": st.sampled_from(codec.TASK_KEYS),
    "example": st.integers(0, 99_999),
    "input": st.text(max_size=200),
    "cell": st.sampled_from(["rnn", "gru", "lstm"]),
    "hidden": st.none() | st.integers(1, 128),
    "seed": st.integers(0, 9_999),
    "weights": st.sampled_from(["trained", "untrained"]),
    "cut": st.booleans(),
    "present": st.booleans(),
    "teacher": st.booleans(),
    "temperature": st.floats(0, 2),
    "lr": st.none() | st.floats(0, 1e9),
    "optimizer": st.sampled_from(["adam", "sgd", "momentum"]),
    "batch": st.none() | st.integers(1, 512),
    "clip": st.none() | st.just(float("inf")) | st.floats(1e-3, 1e3),
    "share": st.floats(0, 1),
    "epochs": st.none() | st.integers(1, 500),
    "pin": st.none() | st.integers(0, 999_999),
    "truncate": st.none() | st.integers(1, 99),
    "pace": st.sampled_from(["1", "10", "100", "full"]),
    "view": st.sampled_from(["one", "live"]),
    "net": st.sampled_from(["fresh", "shipped", "mine"]),
    "update": st.integers(0, 999_999),
    "learn": st.sampled_from(["one", "batch"]),
    "member": st.integers(1, 9_999),
    "weight": st.sampled_from(["W_xh", "W_hh", "b_h", "b_hn", "W_hy", "b_y", "decoder-W_hh"]),
    "row": st.integers(1, 9_999),
    "column": st.integers(1, 9_999),
    "panel": st.sampled_from(["reach", "check", "chunks", "fed", "losses", "weights"]),
    "own": st.sampled_from(["", "all", "4", "4.6.7"]),
    "part": st.sampled_from(["reach", "lags", "adding", "units"]),
    "source": st.sampled_from(["random", "sentiment", "names"]),
    "steps": st.integers(2, 200),
    "factor": st.floats(0, 10),
    "equal": st.booleans(),
    "activation": st.sampled_from(["tanh", "relu"]),
    "precision": st.sampled_from(["float64", "float32"]),
    "matrix": st.sampled_from(["W_hh", "W_xh", "b_h"]),
    "start": st.sampled_from(["orthogonal", "identity"]),
    "length": st.integers(2, 100),
    "year": st.integers(1710, 2009),
    "unit": st.integers(1, 128),
    "at": st.integers(1, 99),
    "word": st.text(max_size=40),
    "lab": st.sampled_from(["mystery", "known"]),
    "case": st.integers(1, 9_999),
    "fault": st.sampled_from(codec.BUGS),
    "variant": st.sampled_from(["plain", "one", "even"]),
    "tools": st.sampled_from(["", "check", "check~count", "check~overfit~permute~count"]),
    "guess": st.sampled_from(["", *codec.BUGS]),
    "examples": st.none() | st.integers(1, 9_999),
    "updates": st.none() | st.integers(1, 9_999),
    "extreme": st.sampled_from(FAILURE_MODES),
    "foretold": st.sampled_from(["", *FORETOLD]),
    "beside": st.sampled_from(["", *FAILURE_MODES]),
    "edits": st.sampled_from(["", "W_hh.3.5_0.25~h0.2_-0.5~loop_0.5", "flag.1_0"]),
}


def as_query(query: dict[str, str]) -> dict[str, list[str]]:
    return {name: [text] for name, text in query.items()}


def test_the_table_holds_every_setting_and_nothing_else() -> None:
    assert set(codec.FIELDS) == {field.name for field in fields(codec.Settings)}
    assert all(set(named) <= set(codec.FIELDS) for named in codec.PAGES.values())


@pytest.mark.parametrize("page", PAGES)
def test_the_defaults_are_a_link_of_their_own(page: str) -> None:
    written = codec.write(page, codec.defaults(page))
    assert written["v"] == codec.VERSION
    assert set(written) <= {"v", *codec.PAGES[page]}
    assert codec.read(page, as_query(written)) == (codec.defaults(page), ())


@given(data=st.data(), page=st.sampled_from(PAGES))
@budget(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(data: st.DataObject, page: str) -> None:
    drawn = {
        name: codec.FIELDS[name].check(data.draw(VALUES[name], label=name))
        for name in codec.PAGES[page]
    }
    chosen = replace(codec.defaults(page), **drawn)
    back, rejected = codec.read(page, as_query(codec.write(page, chosen)))
    assert rejected == ()
    for name, value in drawn.items():
        read = getattr(back, name)
        assert type(read) is type(value)
        if isinstance(value, float):
            assert read == pytest.approx(value, rel=1e-9)
        else:
            assert read == value


@given(
    query=st.dictionaries(
        st.sampled_from([*codec.FIELDS, "v"]) | st.text(max_size=30),
        st.lists(st.text(max_size=60), max_size=3),
        max_size=6,
    ),
    page=st.sampled_from(PAGES),
)
@budget(max_examples=500, deadline=None)
def test_no_query_breaks_reading(query: dict[str, list[str]], page: str) -> None:
    read, rejected = codec.read(page, query)
    assert codec.read(page, as_query(codec.write(page, read)))[1] == ()
    for name in codec.PAGES[page]:
        assert codec.FIELDS[name].check(getattr(read, name)) == getattr(read, name)
    assert len(rejected) <= 2 * len(query)  # a bad value that is given twice is named for both
    assert all(len(sentence) < 400 for sentence in rejected)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seed", "-1"),
        ("seed", "1.5"),
        ("seed", "10000"),
        ("seed", "٣"),
        ("seed", ""),
        ("seed", "1" * 10_000),
        ("hidden", "0"),
        ("hidden", "129"),
        ("lr", "nan"),
        ("lr", "inf"),
        ("lr", "-1e-9"),
        ("lr", "1" + "0" * 10_000),
        ("task", "Sentiment"),
        ("task", "<script>alert(1)</script>"),
        ("teacher", "true"),
    ],
)
def test_a_bad_value_is_named_and_the_default_is_used(name: str, text: str) -> None:
    page = "train" if name in codec.PAGES["train"] else "topologies"
    read, rejected = codec.read(page, {name: [text]})
    assert read == codec.defaults(page)
    assert len(rejected) == 1
    assert rejected[0].startswith(f"{name} = ")
    assert codec.FIELDS[name].accepts in rejected[0]


def test_unknown_settings_and_other_versions_are_named() -> None:
    _, rejected = codec.read("unroll", {"colour": ["red"], "v": ["99"], "lr": ["0.1"]})
    assert len(rejected) == 3
    for name, sentence in zip(("colour", "99", "lr"), rejected, strict=True):
        assert name in sentence


def test_of_repeated_values_the_last_is_read_and_that_is_said() -> None:
    read, rejected = codec.read("unroll", {"seed": ["3", "5"]})
    assert read.seed == 5
    assert rejected == ("This link gives seed 2 times. The page reads the last one, “5”.",)
    assert codec.read("unroll", {"seed": ["5", "5"]})[1] == ()


def test_input_of_a_link_is_made_plain_and_kept_short() -> None:
    read, rejected = codec.read("unroll", {"input": ["not\u202e  bad\n"]})
    assert (read.input, rejected) == ("not bad", ())
    read, rejected = codec.read("unroll", {"input": ["a" * 10_000]})
    assert read == codec.defaults("unroll")
    assert "400 characters" in rejected[0]
