"""The still picture says what the chain says, and what a visitor typed stays text."""

from xml.etree import ElementTree

import pytest

from rnn_views.chain.still import draw_still, fold, steps_drawn
from rnn_views.theme import LIGHT
from tests.support import sample_readings as samples

SVG = "{http://www.w3.org/2000/svg}"


def texts(still: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(still).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_is_well_formed_and_small(name):
    still = draw_still(samples.SAMPLES[name]())
    ElementTree.fromstring(still)
    assert len(still) < 60_000


def test_shows_every_word_and_the_answer():
    example_run = samples.sentence()
    shown = texts(draw_still(example_run))
    assert [word for word in shown if word in samples.SENTENCE.split()] == samples.SENTENCE.split()
    assert example_run.said[-1] in shown


def test_says_how_much_of_a_long_chain_it_shows():
    shown = texts(draw_still(samples.long_sentence()))
    assert f"the first {steps_drawn(64)} of 100 steps" in shown


def test_typed_markup_stays_text():
    still = draw_still(samples.hostile())
    tags = {node.tag for node in ElementTree.fromstring(still).iter()}
    assert tags == {f"{SVG}{name}" for name in ("svg", "title", "path", "text")}


def test_cut_wires_are_missing():
    example_run = samples.sentence()
    whole, cut = draw_still(example_run), draw_still(example_run, cut=True)
    assert whole.count(LIGHT.w_hh) == 2 * len(samples.SENTENCE.split())
    assert LIGHT.w_hh not in cut


def test_an_encoder_that_is_cut_off_is_not_drawn():
    example_run = samples.caption()
    whole, cut = draw_still(example_run), draw_still(example_run, cut=True)
    assert [still.count(f'stroke="{LIGHT.outline}"') for still in (whole, cut)] == [4, 3]
    assert [still.count(f'stroke="{LIGHT.w_xh}"') for still in (whole, cut)] == [4, 3]
    assert "picture" in texts(cut)


@pytest.mark.parametrize("hidden", range(1, 65))
def test_the_block_holds_every_unit(hidden):
    columns, rows = fold(hidden)
    assert rows <= 16
    assert (columns - 1) * rows < hidden <= columns * rows
