# Antin: what can be done here. `make` alone prints this list.
# Go and make are enough for run, build and test; the outside judges of
# `make judges` are used by the tests where they are installed.

GO        ?= go
ARGS      ?=
TESTFLAGS ?=
PKGS      ?= ./...
JUDGES    ?= $(if $(ANTIN_JUDGES_DIR),$(ANTIN_JUDGES_DIR),$(CURDIR)/judges)

# The product is pure Go; so are its tests.
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help
.PHONY: help run build test soak bench lint fmt fix generate judges fuzz race cover ci clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run: ## start the service on embedded defaults (ARGS="--listen :8080")
	$(GO) run ./cmd/antin serve $(ARGS)

build: ## build the program into bin/antin
	$(GO) build -trimpath -o bin/antin ./cmd/antin

test: ## run the tests (PKGS=./signer/... TESTFLAGS="-run Seal -v")
	$(GO) test -timeout 25m $(TESTFLAGS) $(PKGS)

soak: ## issue 20,000 documents on each store under kills, cuts and moved clocks (DOCUMENTS=2000)
	ANTIN_SOAK_DOCUMENTS=$(or $(DOCUMENTS),20000) $(GO) test -timeout 5h -run TestSoak -v ./cmd/antin

bench: ## time each step beside the raw cost of its signatures
	$(GO) run ./cmd/antin bench $(ARGS)

lint: ## gofmt, go vet and the linters of .golangci.yml (after make judges)
	$(GO) vet ./...
	@test -x "$(JUDGES)/bin/golangci-lint" || { echo "no linter yet: make judges" >&2; exit 1; }
	"$(JUDGES)/bin/golangci-lint" run ./...

fmt: ## format the code as the linter wants it
	@test -x "$(JUDGES)/bin/golangci-lint" || { echo "no linter yet: make judges" >&2; exit 1; }
	"$(JUDGES)/bin/golangci-lint" fmt ./...

fix: ## let the linters correct what they can
	@test -x "$(JUDGES)/bin/golangci-lint" || { echo "no linter yet: make judges" >&2; exit 1; }
	"$(JUDGES)/bin/golangci-lint" run --fix ./...

generate: ## write the generated files again
	$(GO) generate ./...

judges: ## install the outside judges of the tests into judges/ (Debian; root for packages)
	.ci/judges

fuzz: ## fuzz every parser for a while (FUZZTIME=60s)
	.ci/fuzz $(FUZZTIME)

race: ## run the tests of the packages with concurrency under the race detector
	.ci/race

cover: ## test coverage, function by function, in coverage.out
	$(GO) test -timeout 25m -coverprofile=coverage.out -coverpkg=./... $(PKGS)
	$(GO) tool cover -func=coverage.out | tail -n 1

ci: ## everything that a change must pass
	.ci/run

clean: ## remove what was built
	rm -rf bin coverage.out
