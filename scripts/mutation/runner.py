"""Runs mutants, each in a fork of one process that has loaded everything: see __main__.py.

First, once for a state of the code, all tests run with the lines they pass through noted, so that
each mutant meets only tests that can notice it. Random tests draw few cases here, always the same
ones: a fault they find is found, one that survives might still fall to the many cases of the CI.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from hypothesis import Phase, settings

from scripts.mutation.__main__ import (
    BY_TIME,
    FOUND,
    KEPT,
    NOT_RUN,
    ROOT,
    SAME,
    SURVIVED,
    maths,
    read,
)
from scripts.mutation.mutants import Mutant, forget_caches, mutants_of, put_in, spread

CASES = 12  # of each random test
ENTRIES, LINES = 40, 400  # how often a function is watched in one test, and for how many lines
WATCHED, SLOW = 0.4, 1.5  # processor time: for so long lines are noted; slower tests are not used
BUDGET, SECONDS = 8.0, 30  # processor time: no test begins after the first; the second is endless
# They start a fresh Python, which would not see a mutant; need what is not installed here; or look
# at data and not at maths.
LEFT_OUT = (
    *("test_examples.py", "test_docs.py", "test_pytorch_live.py", "test_data.py", "test_encode.py"),
    *(
        "test_handwriting.py",
        "test_prediction.py",
        "test_sentiment_grammar.py",
        "test_pretrained.py",
    ),
    *("test_stream_windows.py", "test_sunspots.py"),
)
PLAIN = "test_the_engine_needs_numpy_alone"
ENGINE = str(ROOT / "rnn_core") + os.sep


@dataclass
class Coverage:
    """Which tests pass through which lines, and how long each takes."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, set[tuple[str, int]]] = field(default_factory=dict)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that pass through a mutant's lines, the quickest first."""
        wanted = {(mutant.path.name, line) for line in mutant.lines}
        met = [test for test, lines in self.lines.items() if lines & wanted]
        return sorted(met, key=lambda test: (self.seconds[test], test))


class Runner:
    """A pytest plugin that takes the place of the loop over the tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.fixtures: dict[str, set[tuple[str, int]]] = {}
        self.seen: set[tuple[str, int]] = set()
        self.start = 0.0
        self.entries: Counter[CodeType] = Counter()
        self.killers: dict[str, Counter[str]] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Note what a shared fixture passes through: it counts for every test that uses it."""
        outer, self.seen = self.seen, set()
        yield
        if fixturedef.scope != "function":
            self.fixtures.setdefault(fixturedef.argname, set()).update(self.seen)
        outer |= self.seen
        self.seen = outer

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants instead of the tests."""
        items = {item.nodeid: item for item in session.items if PLAIN not in item.nodeid}
        for item in items.values():
            few_cases(item)
        coverage = self.cover(session, items)
        out = KEPT / f"seed-{self.options.seed}.jsonl"
        every = [mutant for path in maths() for mutant in mutants_of(path)]
        known = {result["fingerprint"]: result for result in read(out)}
        chosen = self.choose(spread(every, self.options.seed), known)
        print(
            f"{len(every)} mutants, {len(coverage.lines)} tests; {len(chosen)} to run", flush=True
        )
        with out.open("a") as file:
            for mutant in chosen:
                result = self.judge(session, items, coverage, mutant)
                file.write(json.dumps(result) + "\n")
                file.flush()
                print(
                    f"{result['mutant']}: {result['outcome']} {result['seconds']:.1f}", flush=True
                )
        return True

    def choose(self, order: list[Mutant], known: dict[str, Any]) -> list[Mutant]:
        """Return the mutants to run now."""
        if self.options.survivors:
            again = {key for key, result in known.items() if result["outcome"] == SURVIVED}
            return [mutant for mutant in order if mutant.fingerprint() in again]
        if self.options.only:
            return [mutant for mutant in order if mutant.name.startswith(self.options.only)]
        first = order[: self.options.count]
        return [mutant for mutant in first if mutant.fingerprint() not in known]

    def cover(self, session: pytest.Session, items: dict[str, pytest.Item]) -> Coverage:
        """Return which lines each test passes through; only what has changed runs again."""
        engine = digest(ROOT.glob("rnn_core/**/*.py"))
        kept = KEPT / f"lines-{engine}.json"
        by_file: dict[str, dict[str, pytest.Item]] = {}
        for name, item in items.items():
            by_file.setdefault(name.split("::")[0], {})[name] = item
        noted: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
        for file, held in by_file.items():
            state = digest([ROOT / file, ROOT / "tests/core/conftest.py"])
            if noted.get(file, {}).get("state") != state:
                tests = in_fork(partial(self._cover, session, held))
                noted[file] = {"state": state, "tests": tests}
                kept.write_text(json.dumps(noted))
        coverage = Coverage()
        for file in by_file:
            for test, note in noted[file]["tests"].items():
                coverage.seconds[test] = note["seconds"]
                coverage.lines[test] = {(name, line) for name, line in note["lines"]}
        return coverage

    def _cover(self, session: pytest.Session, items: dict[str, pytest.Item]) -> dict[str, Any]:
        """Run the tests of one file and note what they pass through."""
        noted = {}
        signal.signal(signal.SIGVTALRM, too_slow)
        for name, item in items.items():
            forget_caches()
            self.seen.clear()
            self.entries.clear()
            failed, self.start = session.testsfailed, time.process_time()
            signal.setitimer(signal.ITIMER_VIRTUAL, SLOW)
            sys.settrace(self._enter)
            run(item)
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            lines = self.seen.union(
                *(self.fixtures.get(used, ()) for used in getattr(item, "fixturenames", ()))
            )
            seconds = time.process_time() - self.start
            if session.testsfailed > failed:
                print(
                    f"left out, fails or is slow without a mutant: {name} {seconds:.1f}", flush=True
                )
            elif lines:
                noted[name] = {"seconds": seconds, "lines": sorted(lines)}
        return noted

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(ENGINE) or self.entries[frame.f_code] > ENTRIES:
            return None
        if time.process_time() - self.start > WATCHED:
            sys.settrace(None)
        self.entries[frame.f_code] += 1
        short, left = name[len(ENGINE) :], LINES

        def line(frame: FrameType, event: str, _: object) -> Any:
            nonlocal left
            left -= 1
            self.seen.add((short, frame.f_lineno))
            if left < 0:
                frame.f_trace_lines = False
            return line

        return line(frame, event, None)

    def judge(
        self,
        session: pytest.Session,
        items: dict[str, pytest.Item],
        coverage: Coverage,
        mutant: Mutant,
    ) -> dict[str, Any]:
        """Run a mutant's tests in a fork and say what became of it."""
        tests = coverage.tests_of(mutant)
        before = self.killers.setdefault(f"{mutant.module}.{mutant.function}", Counter())
        tests.sort(key=lambda test: -before[test])  # stable: what found its neighbours first
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            outcome, by = attempt(session, [items[test] for test in tests], mutant)
            os.write(writer, json.dumps([outcome, by, time.process_time()]).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        _, status, used = os.wait4(child, 0)
        if said:
            outcome, by = json.loads(said)[:2]
        else:  # it was ended from outside: out of time, or it crashed NumPy itself
            ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            outcome, by = (BY_TIME if ended in (signal.SIGXCPU, signal.SIGKILL) else FOUND), ""
        if outcome == FOUND:
            before[by] += 1
        return {
            "mutant": mutant.name,
            "fingerprint": mutant.fingerprint(),
            "outcome": outcome,
            "by": by,
            "tests": len(tests),
            "seconds": round(used.ru_utime + used.ru_stime, 2),
            "change": mutant.difference(),
        }


def attempt(session: pytest.Session, items: list[pytest.Item], mutant: Mutant) -> tuple[str, str]:
    """In a fork: put the mutant in, run tests until one fails; say what, and which test."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        if not put_in(mutant):
            return SAME, ""
    except (SyntaxError, ValueError):
        return NOT_RUN, ""
    start, failed = time.process_time(), session.testsfailed
    for item in items:
        run(item)
        if session.testsfailed > failed:
            return FOUND, item.nodeid
        if time.process_time() - start > BUDGET:
            break
    return SURVIVED, ""


def digest(paths: Iterable[Path]) -> str:
    """Return a short name of what some files hold."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()[:16]


def in_fork(work: Callable[[], Any]) -> Any:
    """Do something in a fork, so that nothing stays of it here but what it returns."""
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            file.write(json.dumps(work()).encode())
            file.flush()
            os._exit(0)
        os.waitpid(child, 0)
        file.seek(0)
        return json.loads(file.read())


def too_slow(_: int, __: FrameType | None) -> None:
    """End a test that takes too long to be run for every mutant."""
    raise TimeoutError


def run(item: pytest.Item) -> None:
    """Run one test, its fixtures set up and torn down."""
    item.session.shouldfail = item.session.shouldstop = False
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def few_cases(item: pytest.Item) -> None:
    """Let a random test draw few cases, always the same, and not look for the smallest."""
    test: Any = getattr(item, "obj", None)
    test = getattr(test, "__func__", test)
    if getattr(test, "is_hypothesis_test", False):
        before = getattr(test, "_hypothesis_internal_use_settings", None) or settings()
        test._hypothesis_internal_use_settings = settings(
            before,
            max_examples=min(CASES, before.max_examples),
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
        )


def main() -> None:
    """Load everything, then run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--survivors", action="store_true")
    options = parser.parse_args()
    left_out = [f"--ignore-glob=*{name}" for name in LEFT_OUT]
    words = ["rnn_core", "tests/core", "-q", "-s", "-p", "no:cacheprovider", *left_out]
    sys.exit(pytest.main(words, plugins=[Runner(options)]))


if __name__ == "__main__":
    main()
