# LMSKit. `make help` lists what there is to do; every recipe is one script that can also be run by itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run stop reset build test lint format docs access-matrix api-spec embedding minimal fuzz soak stuffing uploads bench ci clean

# What a run of the platform reads. `DATABASE_URL` unset means: a private PostgreSQL under LMS_DATA_DIR.
LMS_HTTP_PORT ?= 8080
LMS_DATA_DIR ?= .lms
export LMS_HTTP_PORT LMS_DATA_DIR
ifdef DATABASE_URL
export DATABASE_URL
endif

help: ## This list
	@echo 'LMSKit, a multi-tenant learning platform. Usage: make TARGET [LMS_HTTP_PORT=8080] [LMS_DATA_DIR=.lms] [DATABASE_URL=postgres://…]'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the missing Debian packages (root or sudo)
	@scripts/setup

run: setup ## Build release, start the embedded PostgreSQL, migrate, provision tenants/, serve; Ctrl-C stops
	@exec scripts/run

stop: ## End what `make run` started; the data stays
	@scripts/stop

reset: ## Stop, and delete all data under LMS_DATA_DIR
	@scripts/reset

build: ## Debug build, with the check that targets import only what they declare
	@scripts/build

test: ## Everything: set-up, lint, build, embedding programs, all tests on their own PostgreSQL
	@scripts/test

lint: ## swift-format and the source checks of CONTRIBUTING.md
	@scripts/lint

format: ## Rewrite the Swift files with swift-format
	swift format -i --parallel --recursive Sources Tests Package.swift

docs: ## Reference of the public modules, warnings are errors, into .build/docs
	@scripts/docs

access-matrix: ## Write Tests/HostTests/Access/access-matrix.txt anew: which status each route answers each actor
	LMS_WRITE_ACCESS_MATRIX=1 scripts/test --filter AccessMatrixTests

api-spec: ## Write docs/api-spec.yaml, the OpenAPI 3.0 description, anew from the route table
	scripts/build --product lms
	.build/debug/lms openapi --3.0 --yaml >docs/api-spec.yaml.new && mv docs/api-spec.yaml.new docs/api-spec.yaml

embedding: ## Build and run the programs of Tests/Embedding
	@scripts/embedding

minimal: ## Build the host without optional features and check what it links
	@scripts/minimal

fuzz: ## Coverage-guided fuzzing of the HTTP parser for LMS_FUZZ_SECONDS (600)
	@scripts/fuzz

soak: ## Kill the host and PostgreSQL under load and check every acknowledged write
	@scripts/setup bench
	@Tests/crash/run

stuffing: ## Try 10,000 wrong sign-ins on a real server, and the owner's among them
	@Tests/stuffing/run

uploads: ## Upload 2 GiB with interruptions, and measure the host's memory
	@Tests/uploads/run

bench: ## nginx, pgbench and the host side by side; writes docs/benchmarks.md
	@scripts/setup bench
	@bench/run

ci: test docs minimal ## What a change must pass before it is merged

clean: ## Remove build products (data under LMS_DATA_DIR stays)
	rm -rf .build
