# Thin names over scripts/ and the Swift package manager.

.DEFAULT_GOAL := help
.PHONY: help setup demo test thorough lint size clean

RELEASE := .build/release
DEMO := .build/demo

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the system packages that are missing (only these: no Swift toolchain)
	@scripts/setup.sh

demo: setup ## collect a year of flight events privately from simulated devices, and estimate
	swift build -c release --product dither-agent
	swift build -c release --product dither-collector
	swift build -c release --product dither
	@mkdir -p $(DEMO)
	gzip -dc clients/examples/flights/flights.csv.gz > $(DEMO)/flights.csv
	$(RELEASE)/dither demo --registry clients/examples/flights/metrics.yaml --events $(DEMO)/flights.csv \
		--collector $(RELEASE)/dither-collector

test: setup ## build and run every test
	swift build --build-tests
	swift test

thorough: setup ## the published figures by full simulation, in a release build: some minutes
	DITHER_THOROUGH=1 swift test -c release -Xswiftc -enable-testing --scratch-path .build-thorough \
		--filter 'PublishedFiguresTests|RapporCoverageTests'

lint: setup ## formatting, dependency arrows, source rules, links, fixtures, imports (scripts/lint.sh --fast: no build)
	@scripts/lint.sh

size: setup ## build the agent self-contained; check its size and that it is free of Foundation
	@scripts/check_agent_size.sh

clean: ## remove everything that was built
	rm -rf .build .build-*
