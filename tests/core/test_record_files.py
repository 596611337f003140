"""Are stored records read as they were written, and written again to the same bytes?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rnn_core.bug_lab import recordings as bugs
from rnn_core.failure_modes import recordings as failure_modes
from rnn_core.record import ReadOnly
from rnn_core.record_files import from_json, read_records, to_json, write_records
from rnn_core.tasks.generated import recordings as generated
from rnn_core.training.snapshots import Divergence


@dataclass(frozen=True)
class Everything:
    """A field of each type that a stored record has."""

    name: str
    passed: bool
    loss: float
    rate: float | None
    width: int | None
    losses: tuple[float, ...]
    curves: tuple[tuple[float, ...], ...]
    counts: tuple[tuple[str, int], ...]
    broke: Divergence | None
    others: Mapping[str, Divergence]
    probes: dict[str, float]


FULL = Everything(
    name="größer",
    passed=True,
    loss=0.5,
    rate=1e-3,
    width=8,
    losses=(1.0, 0.25),
    curves=((1.0,), (2.0, 3.0)),
    counts=(("W_hh", 9),),
    broke=Divergence(3, "decoder", "h", 2),
    others=ReadOnly({"one": Divergence(1, "encoder", "h", 1)}),
    probes={"longer": 0.75},
)
EMPTY = Everything("", False, 0.0, None, None, (), (), (), None, ReadOnly({}), {})


def test_every_kind_of_field_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    write_records(path, [FULL, EMPTY])
    assert path.read_text(encoding="utf-8").count("\n") == 4  # one record to a line
    full, empty = read_records(path, Everything)
    assert full == FULL
    assert empty == EMPTY
    assert isinstance(full.others, ReadOnly)


def test_nan_is_null_where_only_a_float_can_stand() -> None:
    plain = to_json({"losses": (math.nan, 1.0), "rate": None})
    assert plain == {"losses": [None, 1.0], "rate": None}
    read = from_json(
        {**to_json(FULL), "loss": None, "losses": [None, 1.0], "rate": None}, Everything
    )
    assert math.isnan(read.loss)
    assert math.isnan(read.losses[0])
    assert read.losses[1] == 1.0
    assert read.rate is None


def test_a_stored_record_without_a_field_is_no_record() -> None:
    plain = to_json(FULL)
    with pytest.raises(TypeError, match="probes"):
        from_json({name: value for name, value in plain.items() if name != "probes"}, Everything)
    with pytest.raises(KeyError, match="other"):
        from_json({**plain, "other": 1}, Everything)


@pytest.mark.parametrize(
    ("module", "save"),
    [
        (bugs, lambda records: bugs.save_records(list(records.values()))),
        (failure_modes, lambda records: failure_modes.save_records(list(records.values()))),
        (generated, generated.save_records),
    ],
    ids=["bugs", "failure modes", "generated"],
)
def test_stored_files_are_written_again_byte_for_byte(
    module: Any, save: Callable[[Any], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, stored = module.load_records(), module.RECORDS.read_bytes()
    monkeypatch.setattr(module, "RECORDS", tmp_path / "records.json")
    try:
        save(records)
        assert (tmp_path / "records.json").read_bytes() == stored
        module.load_records.cache_clear()
        assert repr(module.load_records()) == repr(records)
    finally:
        module.load_records.cache_clear()
