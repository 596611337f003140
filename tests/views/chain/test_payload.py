"""The payload holds the engine's numbers, and nothing else."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

import rnn_core as rc
from rnn_views.chain.payload import payload
from rnn_views.chain.weights import ROWS_KEPT
from tests.support import sample_readings as samples


def unpack(packed):
    return np.frombuffer(base64.b64decode(packed["f32"]), "<f4").reshape(packed["shape"])


@pytest.fixture(scope="module", params=list(samples.SAMPLES))
def pair(request):
    example_run = samples.SAMPLES[request.param]()
    return example_run, payload(example_run, badge="untrained")


def test_is_strict_json(pair):
    _, data = pair
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_states_and_addends_are_the_traces(pair):
    example_run, data = pair
    for segment, trace in zip(data["segments"], example_run.traces, strict=True):
        for name in ("h", "a", "from_x", "from_h"):
            np.testing.assert_allclose(unpack(segment[name]), getattr(trace, name)[:, 0], atol=1e-6)


def test_addends_add_up(pair):
    for segment in pair[1]["segments"]:
        total = unpack(segment["from_x"]) + unpack(segment["from_h"])
        total = total + unpack(segment["weights"]["b_h"])
        np.testing.assert_allclose(total, unpack(segment["a"]), atol=1e-5)


def test_gradients_are_the_engines(pair):
    example_run, data = pair
    for segment, grads in zip(data["segments"], example_run.gradients.segments, strict=True):
        given = segment["gradients"]
        for name in ("dh", "dh_local", "dh_recurrent", "da", "dlogits"):
            np.testing.assert_allclose(unpack(given[name]), getattr(grads, name)[:, 0], atol=1e-6)
        np.testing.assert_allclose(unpack(given["total"]["W_hh"]), grads.total.W_hh, atol=1e-6)
        assert given["norms"]["W_hh"] == pytest.approx(np.linalg.norm(grads.total.W_hh))


def test_slices_sum_to_the_total(pair):
    _, data = pair
    for segment in data["segments"]:
        grads = segment["gradients"]
        states, errors = unpack(segment["h"])[:-1], unpack(grads["da_recurrent"])
        np.testing.assert_allclose(
            states.T @ errors, unpack(grads["total"]["W_hh"]), rtol=1e-4, atol=1e-6
        )


def test_outputs_are_what_the_last_segment_says(pair):
    example_run, data = pair
    assert all(segment["out"] is None for segment in data["segments"][:-1])
    out = data["segments"][-1]["out"]
    logits = example_run.traces[-1].logits[:, 0]
    np.testing.assert_allclose(unpack(out["logits"]), logits, atol=1e-6)
    if example_run.classes:
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(unpack(out["p"]), p, atol=1e-6)
    else:
        assert out["wanted"] == [None, *example_run.targets[1:, 0, 0]]
    says = example_run.network.segments[-1].ports.says
    assert sum(out["says"]) == (len(logits) if says == "each" else 1)
    scored = [loss for loss in out["losses"] if loss is not None]
    assert np.mean(scored) == pytest.approx(example_run.loss)


def test_tokens_bring_the_rows_they_pick():
    example_run = samples.name()
    rows = payload(example_run, badge="")["segments"][0]["rows"]
    assert rows["names"] == ["^", "m", "a", "r", "i"]
    assert rows["picked"] == [0, 1, 2, 3, 4, 2]
    assert rows["of"] == 27


def test_a_wide_input_brings_its_strongest_rows():
    example_run = samples.caption()
    segment = payload(example_run, badge="")["segments"][0]
    rows = segment["rows"]["index"]
    assert len(rows) == ROWS_KEPT
    assert segment["rows"]["of"] == 768
    weights, x = example_run.network.segments[0].params.W_xh, example_run.traces[0].x[0, 0]
    share = np.abs(x) * np.linalg.norm(weights, axis=1)
    assert share[rows].min() >= np.delete(share, rows).max()
    np.testing.assert_allclose(unpack(segment["weights"]["W_xh"]), weights[rows], atol=1e-6)


def test_says_how_inputs_are_drawn():
    kinds = {
        name: [s["input"] for s in payload(make(), badge="")["segments"]]
        for name, make in samples.SAMPLES.items()
        if name != "long"
    }
    assert kinds["digit"] == ["picture"]
    assert kinds["digit-rows"] == ["row"]
    assert kinds["caption"] == ["picture", "token"]
    assert kinds["sentence"] == ["token"]


def test_the_id_follows_the_content():
    example_run = samples.sentence()
    same, other = payload(example_run, badge="a"), payload(samples.sentence(), badge="b")
    assert same["id"] == payload(example_run, badge="a")["id"]
    assert same["id"] != other["id"]


def test_numbers_that_are_not_finite_still_travel():
    example_run = samples.sentence()
    data = payload(replace(example_run, loss=float("inf")), badge="")
    assert data["loss"] is None
    json.dumps(data, allow_nan=False)


def test_refuses_a_batch():
    example_run = samples.name()
    params = example_run.network.segments[0].params
    batch = rc.forward(params, np.zeros((6, 2), int))
    with pytest.raises(ValueError, match="draws one"):
        payload(replace(example_run, traces=(batch,)), badge="")


def test_an_update_brings_the_new_weights():
    example_run = samples.sentence()
    segment = example_run.network.segments[0]
    params = replace(segment.params, W_hh=segment.params.W_hh * 0.9)
    network = replace(example_run.network, segments=(replace(segment, params=params),))
    after = replace(example_run, network=network, loss=0.1)
    update = payload(example_run, badge="", after=after, rate="SGD")["update"]
    np.testing.assert_allclose(unpack(update["segments"][0]["W_hh"]), params.W_hh, atol=1e-6)
    assert (update["loss_before"], update["loss_after"]) == (example_run.loss, 0.1)
