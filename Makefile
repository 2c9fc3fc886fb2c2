# Cartório Digital. Two commands are enough: `make run` and `make test`.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test packages test-packages judges ui contract bench corpus fuzz format deb

BUILD_PACKAGES := libwebkit2gtk-4.1-dev build-essential pkg-config cmake
TEST_PACKAGES := xvfb xauth webkit2gtk-driver gnome-keyring dbus-x11 dbus xdotool imagemagick poppler-utils qpdf \
	libnss3-tools openssl python3-venv libxml2-utils

# Installs what dpkg does not have; elsewhere than on Debian it only says what is needed.
define install
	@missing=$$(for package in $(1); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	if [ -n "$$missing" ]; then \
		command -v apt-get >/dev/null || { echo "Install the equivalents of:" $$missing; exit 1; }; \
		root=; [ $$(id -u) = 0 ] || root=sudo; \
		echo "Installing" $$missing; \
		$$root apt-get update -qq && \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

help:
	@echo "make run       build and open the program on the demonstration office"
	@echo "make test      every test, other programs as judges included"
	@echo "make bench     release build, measured against pdfsig, openssl and cp"
	@echo "make contract  write the TypeScript of the commands from their Rust"
	@echo "make fuzz      each fuzz target for a minute"
	@echo "make corpus    the attack corpus through pdfsig and pyHanko as well; writes docs/verification.md"
	@echo "make deb       the Debian package"

# A screen is needed for the window. Without one the same job is done at the terminal.
run: packages
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(MAKE) --no-print-directory ui && cargo run --bin cartorio-digital; \
	else \
		echo "Sem tela (DISPLAY não definido): o mesmo trabalho será feito no terminal."; \
		cargo run -p cli --bin cartorio -- demo --out demonstracao && \
		echo "O programa cartorio está em target/debug/cartorio."; \
	fi

test: packages test-packages judges
	@tests/run

packages:
	$(call install,$(BUILD_PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

# Other people's programs that judge ours, in the versions that tests/judges/requirements.txt fixes.
judges: .judges/installed
.judges/installed: tests/judges/requirements.txt
	@echo "Installing pyHanko and ministack into .judges"
	@python3 -m venv .judges && .judges/bin/pip install -q --disable-pip-version-check -r $<
	@command -v mvn >/dev/null && tests/judges/etsi_schema.sh .judges/xsd || \
		echo "Without Maven the schema of ETSI TS 119 102-2 is not installed; its test says so."
	@touch $@

ui: ui/node_modules/.installed
	@npm --prefix ui run --silent build
ui/node_modules/.installed: ui/package-lock.json
	@npm --prefix ui ci --silent --no-audit --no-fund
	@touch $@

contract:
	UPDATE_CONTRACT=1 cargo test -q -p api

bench: packages test-packages judges ui
	@tests/bench/run

corpus: test-packages judges
	@tests/corpus/run

# Coverage by the stable compiler's own passes: no nightly, no further tool. FUZZ_SECONDS a target.
FUZZ_SECONDS ?= 60
FUZZ_FLAGS := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing
fuzz:
	@cd fuzz && RUSTFLAGS="$(FUZZ_FLAGS)" cargo build --quiet --release --target $$(rustc -vV | sed -n 's/host: //p')
	@cd fuzz && for target in targets/*.rs; do \
		name=$$(basename $$target .rs); mkdir -p corpus/$$name artifacts/$$name; \
		target/*/release/$$name corpus/$$name ../assets/samples -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=512 \
			-artifact_prefix=artifacts/$$name/ -print_final_stats=1 2>&1 | grep -E 'SUMMARY|ERROR|stat::number|panicked|DONE' || true; \
		[ -z "$$(ls artifacts/$$name)" ] || { echo "$$name: see fuzz/artifacts/$$name"; exit 1; }; \
	done

format:
	cargo fmt --all

deb: packages ui
	CI=true npm --prefix ui run tauri -- build --bundles deb
