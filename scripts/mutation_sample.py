"""A quick lower bound of the mutation score: a random sample over all mutants, few tests each.

    cd FOLDER/tree/mutants && ../../env/bin/python …/scripts/mutation_sample.py 150 [--seed 0]

FOLDER is what scripts/mutation.py --folder has made, its mutants included. Where that script runs
every test that calls a mutant's function, this one runs the files of tests that name the most of
what the module offers, and the one of the same name first, with few random examples. So a survivor
here may still be found by the other tests, never the other way round. The order is random too: a
run that is stopped is a smaller sample. Each result is a line: the mutant, and what became of it.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import random
import re
import resource
import signal
import sys
import time
from pathlib import Path

import hypothesis
import pytest

FILES, EXAMPLES = 3, 8
BUDGET, SECONDS = 6.0, 40  # processor time: no test begins after the first; the second is endless
# Where what a module offers has no name of its own in the tests.
CHOSEN = {
    "cells": ["test_recorded", "test_gradients", "test_bug_lab"],
    "faulty_backward": ["test_bug_lab"],
    "inputs": ["test_bad_input", "test_hostile_input"],
    "refusals": ["test_bad_input", "test_hostile_input", "test_losses"],
    "trace": ["test_identities", "test_recorded", "test_bad_input", "test_gradients"],
    "training_run": ["tasks/test_history", "tasks/test_trainer"],
    "unroll": ["test_identities", "test_recorded", "test_gradients", "test_bad_input"],
}
NOT_RUN = {"test_examples.py", "test_docs.py", "test_pytorch.py", "test_shipped.py"}


class Hurry:
    """A plugin: tests in a random order for some seconds; random examples are few, always the same.

    A mutant that no test has failed for by then counts as survived.
    """

    def __init__(self) -> None:
        self.start, self.late = time.process_time(), False

    def pytest_collection(self) -> None:
        """Load the profile once conftest has loaded its own."""
        hypothesis.settings.register_profile(
            "few", max_examples=EXAMPLES, deadline=None, derandomize=True, database=None
        )
        hypothesis.settings.load_profile("few")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Shuffle, so that the seconds go to tests of every kind."""
        random.Random(0).shuffle(items)

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Let no other test begin once the time is up."""
        if time.process_time() - self.start > BUDGET:
            item.session.shouldstop, self.late = "the time is up", True


def tests_of(module: str) -> list[str]:
    """Return the files of tests to run for a module."""
    if module in CHOSEN:
        return [f"tests/core/{name}.py" for name in CHOSEN[module]]
    source = ast.parse(Path("../rnn_core", f"{module}.py").read_text())
    offered = {n.name for n in source.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    named = {module, *(name for name in offered if not name.startswith("_"))}
    if module.startswith("fast_") or module in ("flat", "step_settings"):
        named |= {"TrainingStep", "NetworkStep"}
    scores = {}
    for path in [*Path("tests/core").glob("test_*.py"), *Path("tests/core/tasks").glob("test_*")]:
        if path.name not in NOT_RUN:
            words = set(re.findall(r"\w+", path.read_text()))
            score = len(named & words) + 100 * (path.name == f"test_{module}.py")
            scores[str(path)] = score + 50 * (path.name == "test_fast_path.py") * ("fast" in module)
    best = sorted((name for name in scores if scores[name]), key=lambda n: (-scores[n], n))
    return best[:FILES] or ["tests/core/test_identities.py"]


def outcome(mutant: str) -> str:
    """Run a mutant's tests in a fork; say "found", "found by time" or "survived"."""
    module = mutant.split(".")[1]
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.environ["MUTANT_UNDER_TEST"] = mutant
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        words = ["-x", "-q", "-p", "no:cacheprovider", *tests_of(module)]
        hurry = Hurry()
        code = pytest.main(words, plugins=[hurry])
        # A file that cannot be collected any more is an interruption too, and has found the fault.
        stopped = code == pytest.ExitCode.INTERRUPTED
        failed = code == pytest.ExitCode.TESTS_FAILED or (stopped and not hurry.late)
        os._exit(1 if failed else 0 if code == pytest.ExitCode.OK or hurry.late else 2)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        slow = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        return "found by time" if slow else "found"
    return ("survived", "found", "could not be run")[os.WEXITSTATUS(status)]


def main() -> None:
    """Run a sample and print a line for each mutant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.path.insert(0, str(Path.cwd()))
    os.environ["MUTANT_UNDER_TEST"] = ""
    for shared in ("numpy.testing", "hypothesis.strategies", "rnn_core"):
        importlib.import_module(shared)  # once, before the forks
    mutants = sorted(
        name
        for path in Path("rnn_core").glob("*.meta")
        for name in json.loads(path.read_text())["exit_code_by_key"]
    )
    random.Random(options.seed).shuffle(mutants)
    print(f"{len(mutants)} mutants", flush=True)
    for mutant in mutants[: options.count]:
        print(f"{mutant} {outcome(mutant)}", flush=True)


if __name__ == "__main__":
    main()
