# Everything one does with Unrolled. `make help` lists it.
# The work is in scripts/; each target sets up the virtual environment it needs.

.DEFAULT_GOAL := help
.PHONY: help run test models results bench mutation lint screenshots gallery
OURS := .venv/bin/python

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run:  ## start the app (PORT=8600 picks the port, HOST=0.0.0.0 lets others in)
	@scripts/setup.sh runtime
	@$(OURS) scripts/serve.py

test:  ## run every test, browser included (ARGS="tests/core -x" picks some)
	@scripts/setup.sh dev
	@$(OURS) scripts/find_browser.py --install
	@$(OURS) -m pytest $(or $(ARGS),-n auto --maxprocesses 4)

models:  ## train the pretrained networks again, from their seeds
	@scripts/setup.sh runtime
	@PYTHONPATH=. $(OURS) scripts/build/models.py $(ARGS)
	@PYTHONPATH=. $(OURS) scripts/build/feedforward.py $(ARGS)
	@PYTHONPATH=. $(OURS) scripts/build/generated.py $(ARGS)
	@PYTHONPATH=. $(OURS) scripts/build/bug_lab.py $(ARGS)
	@PYTHONPATH=. $(OURS) scripts/build/failure_modes.py $(ARGS)

results:  ## train every task, cell and rival from scratch, and write docs/results.md
	@scripts/setup.sh dev
	@PYTHONPATH=. $(OURS) scripts/report/measure.py $(ARGS)

bench:  ## run the benchmarks (ARGS="engine load" picks some)
	@scripts/setup.sh dev
	@scripts/bench.sh $(ARGS)

mutation:  ## put small faults into the engine and count what the tests find (ARGS="300" runs 300)
	@scripts/setup.sh dev
	@nice $(OURS) -m scripts.mutation $(ARGS)

lint:  ## check style, format and types
	@scripts/setup.sh dev
	@scripts/lint.sh

screenshots:  ## take the pictures of the README again
	@scripts/setup.sh dev
	@$(OURS) scripts/find_browser.py --install
	@$(OURS) -m scripts.report.screenshots $(ARGS)

gallery:  ## take the pictures of docs/gallery.md again
	@scripts/setup.sh dev
	@$(OURS) scripts/find_browser.py --install
	@$(OURS) -m scripts.report.gallery
