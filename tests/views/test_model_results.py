"""Are the stored results of the models read as they were written?"""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn_views.comparison import results


def test_stored_results_are_written_again_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, stored = results.load_model_results(), results.RESULTS.read_bytes()
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results.json")
    results.save_model_results({key: list(held) for key, held in found.items()})
    assert (tmp_path / "results.json").read_bytes() == stored
    assert results.load_model_results.__wrapped__() == found
