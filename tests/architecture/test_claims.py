"""Every statement a visitor can read has an entry that says what bears it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.report.claims import (
    PAGE,
    SIGNS,
    STRONG,
    check_mark,
    find_claims,
    find_only_in,
    is_claim,
    load_register,
    read_python,
    read_readme,
    read_script,
    split_sentences,
    write_page,
)

HINT = "give it an entry in tests/claims/register.json, then run python scripts/report/claims.py"


def test_every_statement_has_an_entry() -> None:
    missing = find_only_in(find_claims(), load_register())
    assert not missing, f"{HINT}:\n" + "\n".join(f"{file}: {claim}" for file, claim in missing)


def test_no_entry_outlives_its_statement() -> None:
    left = find_only_in(load_register(), find_claims())
    told = "\n".join(f"{file}: {claim}" for file, claim in left)
    assert not left, f"run python scripts/report/claims.py --drop:\n{told}"


def test_every_mark_names_a_test_that_exists_or_a_reason() -> None:
    marks = {mark for entries in load_register().values() for mark in entries.values()}
    wrong = {mark: check_mark(mark) for mark in marks if check_mark(mark)}
    assert not wrong


def test_the_page_is_fresh() -> None:
    fresh = write_page(find_claims(), load_register())
    assert PAGE.read_text(encoding="utf-8") == fresh, "run python scripts/report/claims.py"


def test_prose_is_covered_and_mostly_borne_by_tests() -> None:
    found, register = find_claims(), load_register()
    prose = [
        (file, claim) for file in found if file.startswith("assets/text") for claim in found[file]
    ]
    assert len(prose) > 100
    tested = [one for one in prose if register[one[0]][one[1]].startswith("tests/")]
    assert len(tested) > 0.6 * len(prose)
    figures = [one for one in prose if "%" in one[1] or "." in one[1].rstrip(".")]
    untested = [one for one in figures if not register[one[0]][one[1]].startswith("tests/")]
    assert not [claim for _, claim in untested if any(sign in claim for sign in ("%", "0.", "1."))]


@pytest.mark.parametrize(
    "sentence",
    [
        "A window of five words gets 80 % of them.",
        "The GRU does better than the vanilla cell.",
        "It fades because the slopes are small.",
        "The state never holds the whole past.",
        "Logistic regression is about as good here.",
        "Each time it is halved again on the way back.",
    ],
)
def test_a_new_statement_is_found(sentence: str) -> None:
    assert is_claim(sentence, SIGNS)


def test_statements_in_code_are_found(tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(
        '"""The docstring is better than none."""\n'
        "def show(x):\n"
        '    say(f"It is {x:.1f} times as large "\n        "as before, so it explodes.")\n'
        '    raise ValueError("a hidden size is larger than 0")\n'
    )
    claims = [one for one in read_python(module) if is_claim(one, STRONG)]
    assert claims == ["It is {} times as large as before, so it explodes."]
    script = tmp_path / "part.js"
    script.write_text(
        "// better than none here\nconst a = `used at every ${n} steps, so it adds up`\n"
    )
    claims = [one for one in read_script(script) if is_claim(one, STRONG)]
    assert claims == ["used at every {} steps, so it adds up"]
    readme = tmp_path / "README.md"
    readme.write_text(
        "# Better than all\n\n```sh\nmake faster than all\n```\n\nIt is better than all of them.\n"
    )
    assert [one for one in read_readme(readme) if is_claim(one, STRONG)] == [
        "It is better than all of them."
    ]


def test_questions_and_labels_are_no_statements() -> None:
    assert not is_claim("Which of the three is better?")
    assert not is_claim("Learning rate too low")
    assert list(split_sentences("It is so. Is it?")) == ["It is so.", "Is it?"]


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "definition: short",
        "tests/architecture/test_claims.py",
        "tests/none.py::test_x",
        "it is true",
    ],
)
def test_a_mark_that_bears_nothing_is_refused(mark: str) -> None:
    assert check_mark(mark)
