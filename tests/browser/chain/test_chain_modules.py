"""The picture's pure modules, called in the browser: sums, layout, colours, stops."""

import pytest

from rnn_views.chain.still import fold
from rnn_views.theme import DARK, LIGHT, diverging
from tests.support.chain_screen import Show, numbers
from tests.support.seeds import draws


def call(page, module: str, expression: str, argument=None):
    """Evaluate an expression of `m`, the module, and `x`, the argument."""
    load = f"const m = await import('/assets/chain/{module}.js')"
    return page.evaluate(f"async x => {{ {load}; return {expression} }}", argument)


def test_addends_as_shown_add_up_as_shown(show: Show) -> None:
    draw = draws("sums")
    sums = []
    for _ in range(400):
        size = 10 ** draw.uniform(-12, 9)
        addends = [draw.uniform(-size, size) for _ in range(draw.randint(1, 15))]
        sums.append([addends, sum(addends)])
    shown = call(show(), "lib/format", "x.map(([a, t]) => m.addUp(a, t))", sums)
    for (addends, total), sum_shown in zip(sums, shown, strict=True):
        parts = [numbers(text)[0] for text in sum_shown["addends"]]
        rest = numbers(sum_shown["rest"])[0] if sum_shown["rest"] else 0
        scale = max(abs(value) for value in [*addends, total])
        whole = numbers(sum_shown["total"])[0]
        assert sum(parts) + rest == pytest.approx(whole, abs=scale * 1e-9)
        assert whole == pytest.approx(total, abs=scale * 0.006)
        assert all(
            p == pytest.approx(a, abs=scale * 0.006) for p, a in zip(parts, addends, strict=True)
        )


def test_norms_keep_two_digits_at_least(show: Show) -> None:
    sizes = [0.00743, 0.0101, 0.231, 1.86, 12.34, 0.00099, 4321.0, -0.0052]
    for size, text in zip(sizes, call(show(), "lib/format", "x.map(m.brief)", sizes), strict=True):
        assert numbers(text)[0] == pytest.approx(size, rel=0.05)
        assert len(text) <= 8


def test_numbers_that_are_not_finite_are_named(show: Show) -> None:
    shown = call(
        show(),
        "lib/format",
        "[m.fixed(NaN), m.signed(Infinity), m.brief(-Infinity), m.fixed(-1e-9)]",
    )
    assert shown == ["not a number", "overflow", "−overflow", "0.00"]


def test_blocks_fold_as_in_the_still(show: Show) -> None:
    sizes = list(range(1, 65))
    folded = call(show(), "lib/geometry", "x.map(h => m.foldBlock(h))", sizes)
    assert [(block["columns"], block["rows"]) for block in folded] == [fold(h) for h in sizes]
    smallest = call(show(), "lib/geometry", "m.cellSize(m.foldBlock(64), true)")
    assert smallest["width"] >= 14
    assert smallest["height"] >= 10


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_colours_are_mixed_as_in_python(show: Show, theme: str, palette) -> None:
    values = [-2.0, -1.0, -0.37, 0.0, 0.004, 0.5, 1.0]
    for gradient in (False, True):
        expression = f"x.map(v => m.diverging(v, 1, m.PALETTES.{theme}, {str(gradient).lower()}))"
        shown = call(show(), "lib/colour", expression, values)
        assert shown == [diverging(v, 1, palette, gradient=gradient) for v in values]


def test_text_on_cells_can_be_read(show: Show) -> None:
    worst = call(
        show(),
        "lib/colour",
        """Math.min(...Object.values(m.PALETTES).flatMap(p =>
            x.flatMap(v => [false, true].map(g => m.diverging(v, 1, p, g)))
                .map(fill => m.contrast(fill, m.ink(fill)))))""",
        [step / 50 for step in range(-50, 51)],
    )
    assert worst >= 4.5


def test_the_journey_is_one_training_step(show: Show) -> None:
    model = "{T: 3, columns: [1, 2, 3].map(k => ({k})), phases: x}"
    phases = ["forward", "loss", "backward", "update"]
    stops = call(show(), "model/view_state", f"m.journey({model})", phases)
    assert [(stop["phase"][0], stop["t"]) for stop in stops] == [
        *[("f", 1), ("f", 2), ("f", 3), ("l", 3)],
        *[("b", 3), ("b", 2), ("b", 1), ("u", 1)],
    ]
