"""The browser code: lines of at most 100 columns."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
COLUMNS = 100
SCRIPTS = [
    ROOT / "eslint.config.js",
    *(file for room in ("assets", "tests") for file in sorted((ROOT / room).rglob("*.js"))),
]


def test_lines_fit_in_100_columns() -> None:
    assert len(SCRIPTS) > 80
    long = [
        f"{file.relative_to(ROOT).as_posix()}:{number} {len(line)}"
        for file in SCRIPTS
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if len(line) > COLUMNS
    ]
    assert not long, "\n".join(long)
