# Thin names over scripts/ and the Swift package manager.

.DEFAULT_GOAL := help
.PHONY: help setup demo screenshots pages headlines accuracy poisoning regtest test thorough torture lint size costs release install uninstall abi examples package check-packages install-library fuzz abi-torture collector-races bench bench-peers bench-record bench-ingest scale openapi clean

RELEASE := .build/release
RELEASE_BUILD := DITHER_WITHOUT_EXAMPLE=1 swift build -c release
DEMO := .build/demo
HEADLINES := .build/headlines

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the system packages that are missing (only these: no Swift toolchain)
	@scripts/setup.sh

demo: setup ## collect a year of flight events privately from simulated devices, and estimate
	$(RELEASE_BUILD) --product dither-agent
	$(RELEASE_BUILD) --product dither-collector
	$(RELEASE_BUILD) --product dither
	@mkdir -p $(DEMO)
	gzip -dc clients/examples/flights/flights.csv.gz > $(DEMO)/flights.csv
	$(RELEASE)/dither demo --registry clients/examples/flights/metrics.yaml --events $(DEMO)/flights.csv \
		--collector $(RELEASE)/dither-collector --report $(DEMO)/report.html

screenshots: setup ## pictures of the demo's report, light, dark and narrow, into .build/screenshots (after make demo)
	@scripts/browser/screenshots.py $(DEMO)/report.html .build/screenshots

pages: setup ## make the generated pages anew: those for users beside the examples' registries, and the tables of docs/choosing.md
	swift build --product dither
	@scripts/check_pages.py --write

headlines: setup ## run the published experiments again and write docs/headlines.md: some minutes
	$(RELEASE_BUILD) --product dither
	@mkdir -p $(HEADLINES)
	gzip -dc clients/examples/flights/flights.csv.gz > $(HEADLINES)/flights.csv
	@# 4 is a page with a row that is not reproduced: it says so itself.
	$(RELEASE)/dither study --events $(HEADLINES)/flights.csv --markdown > $(HEADLINES)/headlines.md || [ $$? -eq 4 ]
	cp $(HEADLINES)/headlines.md docs/headlines.md

accuracy: setup ## measure every mechanism's error and coverage and write docs/accuracy.md: some minutes
	$(RELEASE_BUILD) --product dither
	@mkdir -p $(HEADLINES)
	$(RELEASE)/dither study --accuracy > $(HEADLINES)/accuracy.md || [ $$? -eq 4 ]
	cp $(HEADLINES)/accuracy.md docs/accuracy.md

poisoning: setup ## let false devices report and write docs/poisoning-runs.md: half an hour
	$(RELEASE_BUILD) --product dither
	@mkdir -p $(HEADLINES)
	$(RELEASE)/dither study --poisoning > $(HEADLINES)/poisoning-runs.md
	cp $(HEADLINES)/poisoning-runs.md docs/poisoning-runs.md

regtest: setup ## run the RAPPOR decoder's test families and rewrite their section of docs/rappor.md: a quarter of an hour
	$(RELEASE_BUILD) --product dither
	$(RELEASE)/dither rappor regtest --heavy --seeds 80 --baselines --update docs/rappor.md

test: setup ## build and run every test
	@scripts/test.sh

thorough: setup ## the published figures by full simulation, in a release build: some minutes
	DITHER_THOROUGH=1 swift test -c release -Xswiftc -enable-testing --scratch-path .build-thorough \
		--filter 'PublishedFiguresTests|RapporCoverageTests|LargeGeometryTests|HadamardSketchEstimateTests'

torture: setup ## kill, fork, deceive, starve and search agent and collector, the long forms: half an hour
	swift build --build-tests
	$(RELEASE_BUILD) --product dither-collector
	DITHER_THOROUGH=1 swift test --skip-build --no-parallel --filter 'TelemetryAgentTests.(Kill|KillPoint|ClockTorture|UnsafeState|Canary|ConsentMatrix|OptOut|Prefork|Presence|DatabaseLock)Tests'
	DITHER_COLLECTOR=$(CURDIR)/$(RELEASE)/dither-collector DITHER_THOROUGH=1 swift test --skip-build --no-parallel --filter CollectorTortureTests

lint: setup ## formatting, dependency arrows, source rules, links, fixtures, imports (scripts/lint.sh --fast: no build)
	@scripts/lint.sh

size: setup ## build the agent self-contained; check its size and that it is free of Foundation
	@scripts/check_agent_size.sh

costs: setup ## count instructions and allocations of the main operations, against Tests/cost-host/limits.json
	@scripts/check_costs.py

release: setup ## build what is installed: programs and the C library, self-contained
	@scripts/build_release.sh

install: ## install what `make release` built (PREFIX=/usr/local, DESTDIR=; see docs/install.md)
	@scripts/install.sh install

install-library: ## install no more than the C library and its header
	@scripts/install.sh install library

uninstall: ## remove it again, by the same variables
	@scripts/install.sh uninstall

abi: setup ## build the C library; check its symbols, layout, size and needs
	@scripts/check_abi.sh

examples: setup ## compile and run every example against the library and a real collector
	@Tests/examples/run.sh

openapi: setup ## hold a running collector to docs/openapi.yaml with schemathesis (PyPI)
	swift build
	@scripts/check_openapi.sh

package: setup ## build the Debian packages (needs dpkg-dev)
	@scripts/build_packages.sh

fuzz: setup ## fuzz everything that takes bytes from outside, SECONDS= (10) each, under AddressSanitizer
	@scripts/fuzz.sh --seconds $(or $(SECONDS),10)

abi-torture: setup ## a million random calls of the C interface under each of two sanitizers
	@scripts/check_abi_sequences.sh

collector-races: setup ## the collector's tests under ThreadSanitizer and AddressSanitizer: an hour
	@scripts/check_collector_races.sh

bench: setup ## measure against limits and peers (ROWS=1,3a ROUNDS=9); writes docs/performance.md: a quarter of an hour
	$(RELEASE_BUILD) --product upload-host
	$(RELEASE_BUILD) --package-path Benchmarks
	@Benchmarks/.build/release/Benchmarks --json docs/performance.json --page docs/performance.md \
		--rounds $(or $(ROUNDS),9) $(if $(ROWS),--rows $(ROWS))

bench-peers: setup ## install what `make bench` compares with, pinned, from PyPI into .build/bench-peers
	@scripts/install_peers.sh

bench-record: setup ## what recording costs a host in C: latency and memory, against the limits
	@Benchmarks/record-latency/run.sh

bench-ingest: setup ## what a collector takes, beside a bare disk, SQLite, nginx and FastAPI; writes docs/performance-ingest.md
	@scripts/build_static.sh dither-collector ingest-host
	@FASTAPI_PYTHON=$$(scripts/fastapi_environment.sh) Benchmarks/ingest/run.py --markdown docs/performance-ingest.md

scale: setup ## what `dither estimate` costs for 10^4 to 10^8 reports; writes docs/scale.md: some minutes, 2 GB of disk
	$(RELEASE_BUILD) --product dither-collector
	$(RELEASE_BUILD) --product dither
	@Benchmarks/scale/run.py --markdown docs/scale.md

check-packages: package ## as root: judge them by lintian if there is one; install, use, remove and purge them
	@scripts/test_packages.sh

clean: ## remove everything that was built
	rm -rf .build .build-*
