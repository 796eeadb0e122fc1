# The only tool needed to begin with is Python 3.11 or later; everything else is brought into .venv and .waymark.
PYTHON ?= python3
T ?= tests
WAYMARK = .venv/bin/waymark
SOURCES = libs/*/src services/*/src simulator/src deploy/src
SHELL_FILES = .ci/run deploy/bootstrap.sh

.DEFAULT_GOAL = help
.PHONY: help demo up down status logs reset test lint bench docs docs-tour prove test-cluster test-openid

.venv/stamp: requirements.lock deploy/bootstrap.lock $(wildcard pyproject.toml libs/*/pyproject.toml services/*/pyproject.toml simulator/pyproject.toml deploy/pyproject.toml)
	@deploy/bootstrap.sh $(PYTHON)

##@ Look at it
help: ## show this page
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: .venv/stamp ## set up, start everything and bring in the example referrals; Ctrl-C stops it
	@$(WAYMARK) demo

##@ Run it
up: .venv/stamp ## start the platform and the services; Ctrl-C stops them
	@$(WAYMARK) up

down: .venv/stamp ## stop what runs, from another terminal
	@$(WAYMARK) down

status: .venv/stamp ## show what runs and where
	@$(WAYMARK) status

logs: .venv/stamp ## follow every log
	@$(WAYMARK) logs --follow

reset: .venv/stamp ## delete all data of the demo; asks first
	@$(WAYMARK) reset

##@ Work on it
test: .venv/stamp ## run the tests; a part of them with T=path
ifeq ($(T),tests)
	@.venv/bin/pytest -m "not alone" -n 2 --dist loadscope --no-loadscope-reorder; parallel=$$?; \
		.venv/bin/pytest -m alone $$(grep -rl --include=test_*.py mark.alone tests) && exit $$parallel
else
	@.venv/bin/pytest $(T)
endif

lint: .venv/stamp ## check style, types, layers, templates and shell files
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy $(SOURCES) tests $(wildcard bench)
	@.venv/bin/lint-imports
	@.venv/bin/djlint --lint --quiet services/gateway/src/gateway/web/templates
	@.venv/bin/shellcheck $(SHELL_FILES)

bench: .venv/stamp ## measure it beside its peers and write docs/benchmarks.json
	@.venv/bin/python -m bench $(B)

docs: .venv/stamp ## write the generated pages anew and, where the demo is up, the pictures of docs/tour
	@$(WAYMARK) docs
	@if $(WAYMARK) status >/dev/null; then $(MAKE) --no-print-directory docs-tour; \
		else echo "The pictures of docs/tour are taken in the demo: make demo, then make docs from another terminal."; fi

docs-tour: .venv/stamp ## only the pictures of docs/tour: take the tour in the demo that is up, in a browser
	@WAYMARK_TOUR=docs/tour .venv/bin/pytest tests/gateway/test_tour.py

##@ Doubt it
prove: .venv/stamp ## remove each mechanism in turn: its test must fail; P=word for some
	@.venv/bin/python -m tests.prove.run $(P)

test-cluster: .venv/stamp ## kill the leader of three brokers under load
	@.venv/bin/pytest tests/cluster/three_brokers.py

test-openid: .venv/stamp ## sign in with a real Keycloak, which is fetched once (164 MB)
	@.venv/bin/pytest tests/keycloak/sign_in.py
