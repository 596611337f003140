"""List every statement a visitor can read that has to be true, with what bears it: docs/claims.md.

A statement is a sentence with a figure, a comparison, a cause or a word such as "every" or "never".
It is found in the prose, in the strings of pages, views, tasks and the picture, in the README and
in the papers of docs/ that people write (DOCS); the others are made by scripts from records.
What bears it is in tests/claims/register.json: a test, or why it needs none. A house test fails
where a statement has no entry, where an entry has no statement, and where it names no real test.

Run ``python scripts/report/claims.py`` after a text has changed: it names statements without
an entry, drops entries without a statement (``--drop``), and writes docs/claims.md.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
REGISTER: Final = ROOT / "tests" / "claims" / "register.json"
PAGE: Final = ROOT / "docs" / "claims.md"
WORDS: Final = 4
"""A sentence of fewer words is a label; one of them may be a figure or a symbol."""
NO_TEST: Final = ("definition", "instruction", "label", "error message", "code", "source")
"""Marks of statements that no test can bear; each is followed by a reason."""
SIGNS: Final = re.compile(
    r"""\d|[×%√≈]|\b(
    more|less|fewer|most|mostly|least|better|worse|best|worst|larger|largest|smaller|smallest|longer
    |longest|shorter|higher|highest|lower|lowest|nearest|faster|slower|easier|harder|than|same|alike
    |as\ well\ as|as\ good\ as|as\ much\ as|as\ many|about|nearly|almost|hardly|exactly|enough|only
    |alone|never|always|every|each|all|none|nothing|no|seldom|often|because|since|so|therefore|hence
    |why|cause|causes|depends|any|helps|prevents|one|two|three|four|five|six|seven|eight|half|tenth|hundredth
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What makes a sentence a statement that has to be borne out."""
STRONG: Final = re.compile(
    r"""\d\s?%|\d\.\d|[×√≈]|\b(
    more\ than|less\ than|fewer|most|mostly|better|worse|best|worst|larger|largest|smaller|smallest
    |longer|shorter|higher|lower|nearest|faster|slower|easier|harder|same|alike|as\ well\ as
    |as\ good\ as|as\ much\ as|as\ many|about\ as|nearly|almost|hardly|exactly|never|always|seldom
    |often|because|since|therefore|hence|so|depends|any|helps|prevents|every|only|alone
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""The narrower list for strings in code, most of which are labels, questions and instructions."""


DOCS: Final = ("composition", "engine", "payload", "rosetta", "serving")
"""Papers of docs/ whose statements are listed."""
CODE_FILES: Final = (
    "pages/*.py",
    "rnn_views/**/*.py",
    "rnn_core/tasks/**/*.py",
    "rnn_core/baselines/*.py",
    "scripts/baselines/*.py",
)
CODE: Final = re.compile(r"\dpx\b|<svg|<path|^M\d")
"""What only drawings and style sheets hold."""


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, on one line each, without Markdown's emphasis.

    >>> list(split_sentences("**One.** The other: it is *longer*. Is it?"))
    ['One.', 'The other: it is longer.', 'Is it?']
    """
    plain = re.sub(r"(?<!\w)\*+|\*+(?!\w)", "", " ".join(text.split()))
    for part in re.split(r"(?<=[.?!])[”)]?\s+(?=[^a-z])", plain):
        if part.strip():
            yield part.strip()


def is_claim(sentence: str, signs: re.Pattern[str] = SIGNS) -> bool:
    """Return whether a sentence has to be borne out; a question and a style sheet have not.

    >>> is_claim("The RNN does better than the other."), is_claim("Look at the last column.")
    (True, False)
    """
    asks = sentence.rstrip("”*)").endswith("?") or bool(CODE.search(sentence))
    words = re.findall(r"[^\W\d_]{2,}", sentence)
    return not asks and len(words) >= WORDS - 1 and bool(signs.search(sentence))


def read_prose(path: Path) -> Iterator[str]:
    """Yield the sentences of a file of assets/text, without its headings and first line."""
    body = path.read_text(encoding="utf-8").split("\n## ", 1)[-1]
    for section in re.split(r"^## .*$", "## " + body, flags=re.MULTILINE):
        yield from split_sentences(section)


def read_python(path: Path) -> Iterator[str]:
    """Yield the sentences of a module's strings; fields of f-strings read as {}.

    Docstrings, and what is raised as an error, are left out.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts, skipped = set[int](), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts |= {id(value) for value in node.values}
        elif isinstance(node, ast.Raise):
            skipped |= {id(child) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in parts | skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from split_sentences(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from split_sentences("".join(_part(value) for value in node.values))


def _part(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "{}"


def read_script(path: Path) -> Iterator[str]:
    """Yield the sentences of a JavaScript module's strings; ${…} reads as {}."""
    text = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for found in re.finditer(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', text):
        literal = found[1] if found[1] is not None else re.sub(r"\$\{[^{}]*\}", "{}", found[2])
        yield from split_sentences(literal)


def read_readme(path: Path) -> Iterator[str]:
    """Yield a paper's sentences outside its code and headings, and the rows of its tables."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"<img[^>]*alt=\"([^\"]*)\"[^>]*>", r"\1", text)
    text = re.sub(r"<[^>]+>|^#+ .*$|^\|[-|]+\|$", "", text, flags=re.MULTILINE)
    for block in re.split(r"\n\s*\n|\n(?=[-|])", text):
        yield from [block.strip()] if block.startswith("|") else split_sentences(block.lstrip("- "))


def find_claims() -> dict[str, list[str]]:
    """Return the statements of each file that has any, in their order."""
    sources: list[tuple[Path, Iterator[str], re.Pattern[str]]] = []
    sources += [(p, read_prose(p), SIGNS) for p in sorted((ROOT / "assets" / "text").glob("*.md"))]
    for pattern in CODE_FILES:
        sources += [(path, read_python(path), STRONG) for path in sorted(ROOT.glob(pattern))]
    scripts = sorted((ROOT / "assets" / "chain").rglob("*.js"))
    sources += [(path, read_script(path), STRONG) for path in scripts if "code_" not in path.name]
    papers = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in DOCS)]
    sources += [(path, read_readme(path), STRONG) for path in papers]
    found: dict[str, list[str]] = {}
    for path, sentences, signs in sources:
        claims = list(dict.fromkeys(one for one in sentences if is_claim(one, signs)))
        if claims:
            found[path.relative_to(ROOT).as_posix()] = claims
    return found


def load_register() -> dict[str, dict[str, str]]:
    """Return what bears each statement, by file and statement."""
    held: dict[str, dict[str, str]] = json.loads(REGISTER.read_text(encoding="utf-8"))
    return held


def find_only_in(
    one: Mapping[str, Collection[str]], other: Mapping[str, Collection[str]]
) -> list[tuple[str, str]]:
    """Return the statements of the one that the other has not, with their file.

    >>> find_only_in({"a.py": ["x", "y"]}, {"a.py": {"y": "definition: why"}})
    [('a.py', 'x')]
    """
    return [
        (file, claim)
        for file, claims in one.items()
        for claim in claims
        if claim not in other.get(file, ())
    ]


def check_mark(mark: str) -> str:
    """Return what is wrong with a mark; "" where it names real tests or says why it needs none.

    >>> check_mark("tests/architecture/test_claims.py::test_nowhere")
    'tests/architecture/test_claims.py has no test_nowhere'
    >>> check_mark("definition: what an unrolled chain is")
    ''
    """
    kind, _, reason = mark.partition(": ")
    if kind in NO_TEST:
        return "" if len(reason.split()) > 1 else f"{kind} needs a reason"
    for place in mark.split(", "):
        file, _, test = place.partition("::")
        if not (ROOT / file).is_file():
            return f"there is no {file}"
        if test and f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8"):
            return f"{file} has no {test}"
        if not test:
            return f"{place} names no test"
    return ""


def write_page(found: Mapping[str, list[str]], register: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of docs/claims.md."""
    lines = [
        "# Statements, and what bears them",
        "",
        "Made by `python scripts/report/claims.py` from the texts and from "
        "tests/claims/register.json. Fields that are filled in from a measurement read as {}.",
    ]
    for file, claims in found.items():
        lines += ["", f"## {file}", "", "| statement | borne by |", "|---|---|"]
        for claim in claims:
            mark = register.get(file, {}).get(claim, "nothing")
            lines.append(f"| {_cell(claim)} | {_cell(mark)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def main() -> int:
    """Name what has no entry, and write docs/claims.md."""
    parser = argparse.ArgumentParser(description="List statements and what bears them.")
    parser.add_argument("--drop", action="store_true", help="drop entries without a statement")
    arguments = parser.parse_args()
    found, register = find_claims(), load_register()
    left = find_only_in(register, found)
    for file, claim in left:
        print(f"gone from {file}: {claim}")
        if arguments.drop:
            del register[file][claim]
    missing = find_only_in(found, register)
    for file, claim in missing:
        print(f"nothing bears, in {file}: {claim}")
    if arguments.drop:
        kept = {file: entries for file, entries in register.items() if entries}
        text = json.dumps(kept, ensure_ascii=False, indent=1)
        REGISTER.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(write_page(found, register), encoding="utf-8")
    return 1 if missing or (left and not arguments.drop) else 0


if __name__ == "__main__":
    sys.exit(main())
