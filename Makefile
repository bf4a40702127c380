# The commands of notifeed. Every target does its own set-up (scripts/setup), which is quick after the first time.
.DEFAULT_GOAL := help
.PHONY: help dev serve test test-binary soak soak-client fuzz mutants bench profile check package binary token app operator-token hub erase heal recover deploy clean
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

# Passed on by `make dev PORT=…` and the like.
export PORT STATE INSPECT MINUTES USERS SEED KEEP FULL ROUNDS ONLY CONTENDERS OF SAMPLE JOBS ENV JURISDICTION ORIGIN PUSH_CONTACT PERCENT DRY_RUN
node := node_modules/.bin/node

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

dev: export NOTIFEED_PROFILE ?= dev-wasm
dev: ## serve on http://127.0.0.1:8787 (PORT=), rebuild on change; state stays in .wrangler/state (STATE=); INSPECT=9229 lets a debugger in
	@scripts/setup build && scripts/build && exec $(node) scripts/serve.mjs --watch

serve: ## the same without watching, and with the release build
	@scripts/setup build && scripts/build && exec $(node) scripts/serve.mjs

test: ## every test: native, wasm in a browser, black-box on workerd, the npm package in apps, the console in a browser
	@scripts/setup test && scripts/test

test-binary: export NOTIFEED_PROFILE ?= dev-wasm
test-binary: ## the black-box tests on the program of make binary, and its own
	@scripts/setup build && scripts/test selfhost binary

soak: ## devices at random for 5 minutes (MINUTES=), of 2 users at a time (USERS=), with crashes; 20 kills over 2 000 pushes; then faults of each kind and 20 kills of make binary's program, and the table of what came of them; at last whatever www/openapi.json allows (FULL=1: longer), and a client in Python made from it; SEED= repeats a round
	@scripts/setup build && scripts/build worker && $(node) --test tests/soak/soak.mjs tests/soak/pushes.mjs && \
	  scripts/binary dev target/binary/notifeed && $(node) --test tests/soak/table.mjs && \
	  scripts/setup schemathesis python-client && exec $(node) --test tests/soak/openapi.mjs tests/soak/described.mjs

soak-client: ## people and tabs at random, for 5 minutes (MINUTES=) over doubles of browser and service, then as long in Chromium on the service; SEED= begins with a round
	@scripts/setup test && $(node) tests/client/soak.ts && scripts/build && exec $(node) --test tests/browser/soak.mjs

fuzz: ## coverage-guided fuzzing of the contract, for 2 minutes (MINUTES=)
	@scripts/setup fuzz && scripts/fuzz

mutants: ## tests the tests: changes a sample of the contract and the Hub, and lists what no native test notices (SAMPLE=0/25)
	@scripts/setup mutants && scripts/mutants

bench: ## side by side with others: WHAT=validate (the browser package), WHAT=service, both by default (bench/README.md)
	@scripts/setup build bench && scripts/bench $(WHAT)

profile: ## where a request's time goes: OF=post, page, count, change or connect; a flame graph in target/bench
	@scripts/setup build bench && scripts/build profiled && exec $(node) bench/service/profile.mjs

check: ## formatting, lints, types, the deployment's dry run and its size
	@scripts/setup check && scripts/check

package: ## the npm tarball, into dist/
	@scripts/setup build && scripts/build browser && $(node) scripts/package.mjs

binary: ## one program for a machine of one's own, into dist/ (docs/self-hosting.md)
	@scripts/setup build && scripts/binary launcher dist/notifeed && ls -lh dist/notifeed

token: ## a development token: as=megan@contoso.com (a user's) or app=contoso-server (an app's)
	@scripts/setup node && as='$(as)' app='$(app)' $(node) scripts/token.mjs

app: export add := $(add)
app: export show := $(show)
app: export block := $(block)
app: export unblock := $(unblock)
app: export issuer := $(issuer)
app: export hosts := $(hosts)
app: export LOCAL := $(LOCAL)
app: ## the apps that may use a deployment: add=ID issuer=ISS hosts=a,b, or show=, block=, unblock= (LOCAL=1: the state of make serve)
	@scripts/setup node && PATH="$$PWD/node_modules/.bin:$$PATH" $(node) scripts/app.mjs

operator-token hub erase heal recover: export user := $(user)
operator-token hub erase heal recover: export issuer := $(issuer)
operator-token hub erase heal recover: export tenant := $(tenant)
operator-token hub erase heal recover: export hosts := $(hosts)
operator-token hub erase heal recover: export scope := $(scope)
operator-token hub erase heal recover: export URL := $(URL)
recover: export at := $(at)
operator-token: ## an operator's token: scope=read for make hub, scope=erase for make erase (docs/operations.md)
	@scripts/setup node && exec $(node) scripts/operator.mjs token

hub: ## how a person's feeds are, without their contents: user=SUBJECT issuer=ISS URL=, TOKEN in the environment
	@scripts/setup node && exec $(node) scripts/operator.mjs feeds

erase: ## erases a person on Cloudflare: user=SUBJECT issuer=ISS URL=, TOKEN in the environment
	@scripts/setup node && exec $(node) scripts/operator.mjs erase

heal: ## has a person's feeds be healed from KV, on Cloudflare: user=SUBJECT issuer=ISS URL=, TOKEN of scope erase
	@scripts/setup node && exec $(node) scripts/operator.mjs heal

recover: ## has a person's feeds go back to an earlier moment, on Cloudflare, and be healed: as heal, with at=TIME
	@scripts/setup node && exec $(node) scripts/operator.mjs recover

deploy: export ISSUERS := $(value ISSUERS)
deploy: ## to Cloudflare, from an empty account on (docs/deploy.md): ENV=, ISSUERS=, JURISDICTION=, PERCENT=, DRY_RUN=1
	@scripts/setup build && scripts/build worker browser && exec $(node) scripts/deploy.mjs

clean: ## remove what was built here (not the tools, not the state)
	@rm -rf target worker/build www/notifeed browser/glue dist
