"""The recorded runs of the bug lab are what the lab gives, and the checks tell the faults apart."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from rnn_core.bug_lab import recordings
from rnn_core.bug_lab.experiment import VARIANTS, gradcheck_variants
from rnn_core.bug_lab.faults import FAULTS
from rnn_core.bug_lab.recordings import PROGRAMS, SEEDS, load_records, make_record

cells = pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
GRADIENT_FAULTS = [key for key, fault in FAULTS.items() if fault.kind == "gradient"]


@pytest.mark.parametrize(
    ("cell", "fault", "seed"),
    [("rnn", "", 0), ("rnn", "not summed", 1), ("rnn", "targets shifted", 2), ("gru", "", 1)],
)
def test_a_record_is_what_the_lab_gives(cell: str, fault: str, seed: int) -> None:
    now, stored = make_record(cell, fault, seed), load_records()[cell, fault, seed]
    assert now.failed == stored.failed
    assert (now.counts, now.wanted, now.updates) == (stored.counts, stored.wanted, stored.updates)
    assert now.losses[0] == pytest.approx(stored.losses[0], rel=1e-4)
    assert now.accuracy[-1] == pytest.approx(stored.accuracy[-1], abs=0.15)
    for variant in VARIANTS:
        mine, theirs = now.checks[variant], stored.checks[variant]
        assert [row.name for row in mine.rows] == [row.name for row in theirs.rows]
        for row, other in zip(mine.rows, theirs.rows, strict=True):
            assert row.passed == other.passed
            if row.place == other.place:
                assert row.analytic == pytest.approx(other.analytic, rel=1e-6, abs=1e-12)


def test_every_program_is_recorded_and_finite() -> None:
    records = load_records()
    assert set(records) == {
        (cell, fault, seed)
        for cell in ("rnn", "gru", "lstm")
        for fault in PROGRAMS
        for seed in range(SEEDS)
    }
    for record in records.values():
        assert all(map(math.isfinite, (*record.losses, *record.held_out_losses)))
        assert all(0 <= share <= 1 for share in record.accuracy)
        assert list(record.updates) == sorted(set(record.updates))


def test_each_record_fails_its_instrument_and_a_right_one_none() -> None:
    for (_, fault, _), record in load_records().items():
        if not fault:
            assert record.failed == ()
        elif FAULTS[fault].kind == "model":
            assert record.failed == (FAULTS[fault].instrument,)
            assert record.checks[VARIANTS[0]].passed
        else:
            assert "gradient check" in record.failed
            assert not record.checks[VARIANTS[0]].passed


@cells
def test_the_ways_to_take_the_check_tell_the_gradient_faults_apart(cell: str) -> None:
    def sign(fault: str) -> tuple[object, ...]:
        whole, one, even = gradcheck_variants(cell, fault).values()
        assert whole is not None
        assert one is not None
        assert even is not None
        return tuple(row.passed for row in whole.rows), one.passed, even.passed

    signs = {fault: sign(fault) for fault in GRADIENT_FAULTS}
    assert len(set(signs.values())) == len(GRADIENT_FAULTS)
    assert signs["dh_next dropped"][1:] == (True, False)
    assert signs["dh_next not transposed"][1:] == (True, True)
    assert signs["tanh' missing"][1:] == (False, False)


@cells
def test_one_step_has_no_target_once_targets_are_shifted(cell: str) -> None:
    whole, one, even = gradcheck_variants(cell, "targets shifted").values()
    assert one is None
    assert whole is not None
    assert even is not None
    assert (whole.passed, even.passed) == (True, True)
    assert all(check is not None for check in gradcheck_variants(cell).values())


def test_records_are_read_as_they_were_written(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bugs.json"  # type: ignore[operator]
    monkeypatch.setattr(recordings, "RECORDS", path)
    some = [load_records()["rnn", fault, 0] for fault in PROGRAMS]
    changed = [replace(one, seed=1) for one in some]
    recordings.save_records([*some, *changed])
    load_records.cache_clear()
    try:
        assert dict(load_records()) == {(r.cell, r.fault, r.seed): r for r in (*some, *changed)}
    finally:
        load_records.cache_clear()
