"""How many small faults in the engine's maths do the tests find? (mutation testing)

    .venv/bin/python scripts/mutation.py [MODULE …] [--most 150] [--seed 0] [--children 1]

Works on a copy of the last commit, in an environment of its own with mutmut: nothing here is
touched. Each mutant is one small change of one function ("+" for "−", a number plus one, an
argument left out); the tests that call the function run in a fork until one fails. Of a module
with more than MOST mutants a random sample is run. docs/mutation.md tells the figures and
explains the survivors.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).parent.parent
MUTMUT = "mutmut==3.8.1"
# What computes. Left out: tasks/ (data and its reading), records without arithmetic.
MODULES = (
    "analysis", "baselines", "batch_update", "bug_lab", "cells", "course", "fast_example",
    "fast_gated", "fast_gru", "fast_lstm", "fast_memory", "fast_network", "fast_readout",
    "fast_slopes", "fast_unroll", "fast_vanilla", "faults", "faulty_backward", "feedforward",
    "flat", "gradient_check", "gradient_distance", "gradient_probe", "gradient_split", "history",
    "inputs", "instruments", "layouts", "learning", "losses", "network", "optim", "params",
    "refusals", "responding", "rival_training", "single_update", "state_jacobians", "state_path",
    "step_settings", "stepping", "stream_training", "teacher_forcing", "topology", "trace",
    "trainer", "training_run", "training_step", "unroll", "untied",
)  # fmt: skip
# Tests that start a fresh Python would not see a mutant in it; PyTorch is not installed here.
NOT_RUN = ("test_examples.py", "test_docs.py", "test_pytorch.py")
SETTINGS = """[mutmut]
source_paths=rnn_core/
only_mutate=
    {modules}
also_copy=
    assets
    docs
    examples
    scripts
    README.md
pytest_add_cli_args_test_selection=
    {tests}
pytest_add_cli_args=
    -p
    no:cacheprovider
    --hypothesis-seed=0
    --deselect=tests/core/test_identities.py::test_the_engine_needs_numpy_alone
timeout_multiplier=8.0
timeout_constant=4.0
"""
KILLED, SURVIVED, NO_TESTS = {1, 3}, {0}, {33}


@dataclass(frozen=True)
class Score:
    """Of one module: how many mutants there are, how many were run, how many were found."""

    module: str
    mutants: int
    run: int
    killed: int
    timed_out: int
    survivors: tuple[str, ...]

    @property
    def found(self) -> int:
        """Killed by a failing test, or by never ending."""
        return self.killed + self.timed_out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="names in rnn_core; all that compute by default")
    parser.add_argument("--most", type=int, default=150, help="mutants run per module")
    parser.add_argument("--seed", type=int, default=0, help="of the samples")
    parser.add_argument("--children", type=int, default=1, help="mutants run at a time")
    parser.add_argument("--folder", type=Path, help="where to work; kept, and reused when given")
    parser.add_argument("--commit", default="HEAD")
    options = parser.parse_args()
    modules = options.modules or [m for m in MODULES if (ROOT / f"rnn_core/{m}.py").exists()]
    folder = options.folder or Path(tempfile.mkdtemp(prefix="mutation-"))
    python = environment(folder / "env")
    tree = folder / "tree"
    commit = copy(tree, options.commit)
    for module in modules:
        path = tree / "rnn_core" / f"{module}.py"
        path.write_text(open_properties(path.read_text()))
    tests = [
        *(f"tests/core/{p.name}" for p in sorted((tree / "tests/core").glob("test_*.py"))
          if p.name not in NOT_RUN),
        "tests/core/tasks/test_trainer.py",
    ]  # fmt: skip
    paths = "\n    ".join(f"rnn_core/{module}.py" for module in modules)
    settings = SETTINGS.format(modules=paths, tests="\n    ".join(tests))
    (tree / "setup.cfg").write_text(settings)
    runner = ROOT / "scripts" / "mutation_operators.py"
    words = [options.children, options.seed, options.most]
    with (folder / "log").open("w") as log:
        subprocess.run(
            [python, runner, *map(str, words)], cwd=tree, stdout=log, stderr=log, check=True
        )
    scores = [score_of(tree, module) for module in modules]
    print(f"commit {commit}, seed {options.seed}, at most {options.most} mutants per module\n")
    print(table(scores))
    for score in scores:
        for name in score.survivors:
            print(f"\n{difference(python, tree, name)}")


def environment(folder: Path) -> Path:
    """Return the Python of an environment with mutmut and the versions the tests run with here."""
    python = folder / "bin" / "python"
    if not python.exists():
        frozen = subprocess.run(
            [sys.executable, "-m", "pip", "freeze"], capture_output=True, text=True, check=True
        )
        tools = [
            line
            for line in frozen.stdout.splitlines()
            if line.lower().startswith(("numpy==", "pytest==", "hypothesis=="))
        ]
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", MUTMUT, *tools]
        subprocess.run(install, check=True)
    return python


def copy(tree: Path, commit: str) -> str:
    """Put a commit into a folder of its own; return its short name."""
    if not tree.exists():
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, tree], check=True)
    name = git(ROOT, "rev-parse", commit)
    git(tree, "fetch", "--quiet")
    git(tree, "checkout", "--quiet", "--force", name)
    git(tree, "clean", "-fdxq")
    return name[:9]


def git(folder: Path, *words: str) -> str:
    """Run git and return what it says."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def open_properties(source: str) -> str:
    """Write properties as methods, because mutmut leaves decorated functions alone.

    >>> print(open_properties("class A:\\n    @property\\n    def b(self):\\n        return 1\\n"))
    class A:
        def _b(self):
            return 1
    <BLANKLINE>
        b = property(_b)
    <BLANKLINE>
    """
    lines = source.splitlines()
    methods = [
        (node, node.decorator_list[0].id)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and len(node.decorator_list) == 1
        and isinstance(node.decorator_list[0], ast.Name)
        and node.decorator_list[0].id in ("property", "cached_property")
    ]
    for node, kind in sorted(methods, key=lambda found: -found[0].lineno):
        assert node.end_lineno is not None
        indent = " " * node.col_offset
        lines[node.end_lineno : node.end_lineno] = [
            "",
            f"{indent}{node.name} = {kind}(_{node.name})",
        ]
        head = lines[node.lineno - 1]
        lines[node.lineno - 1] = head.replace(f"def {node.name}(", f"def _{node.name}(")
        del lines[node.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def score_of(tree: Path, module: str) -> Score:
    """Read what mutmut has kept about one module."""
    kept = json.loads((tree / "mutants/rnn_core" / f"{module}.py.meta").read_text())
    codes: dict[str, int | None] = kept["exit_code_by_key"]
    run = {name: code for name, code in codes.items() if code is not None}
    alive = SURVIVED | NO_TESTS
    return Score(
        module=module,
        mutants=len(codes),
        run=len(run),
        killed=sum(code in KILLED for code in run.values()),
        timed_out=sum(code not in KILLED | alive for code in run.values()),
        survivors=tuple(sorted(name for name, code in run.items() if code in alive)),
    )


def interval(found: int, run: int) -> tuple[float, float]:
    """Return the 95 % interval of a share that was sampled (Wilson 1927).

    >>> [round(end, 3) for end in interval(90, 100)]
    [0.826, 0.945]
    """
    z, share = 1.96, found / run
    middle = share + z * z / (2 * run)
    width = z * sqrt(share * (1 - share) / run + z * z / (4 * run * run))
    scale = 1 + z * z / run
    return (middle - width) / scale, (middle + width) / scale


def overall(scores: list[Score]) -> tuple[float, float]:
    """Return the share found of all mutants, each module by its size, and ± 95 %."""
    total = sum(score.mutants for score in scores)
    share = variance = 0.0
    for score in (score for score in scores if score.run):
        p, weight = score.found / score.run, score.mutants / total
        share += weight * p
        left_out = 1 - score.run / score.mutants
        variance += weight**2 * p * (1 - p) / score.run * left_out
    return share, 1.96 * sqrt(variance)


def table(scores: list[Score]) -> str:
    """Return the figures as a Markdown table."""
    rows = ["| module | mutants | run | found | of these timed out | score | 95 % |"]
    rows.append("|---|---|---|---|---|---|---|")
    for score in sorted(scores, key=lambda score: score.module):
        if not score.run:
            continue
        low, high = interval(score.found, score.run)
        sure = "all run" if score.run == score.mutants else f"{low:.1%} to {high:.1%}"
        rows.append(
            f"| {score.module} | {score.mutants} | {score.run} | {score.found} | "
            f"{score.timed_out} | {score.found / score.run:.1%} | {sure} |"
        )
    share, margin = overall(scores)
    counts = [sum(getattr(s, n) for s in scores) for n in ("mutants", "run", "found", "timed_out")]
    rows.append(f"| **all** | {' | '.join(map(str, counts))} | **{share:.1%}** | ± {margin:.1%} |")
    return "\n".join(rows)


def difference(python: Path, tree: Path, name: str) -> str:
    """Return what a mutant changes."""
    show = [str(python), "-m", "mutmut", "show", name]
    return subprocess.run(show, cwd=tree, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
