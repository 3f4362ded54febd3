# `make demo` to hear it, `make test` to trust it. See CONTRIBUTING.md for the rest.

CARGO ?= cargo
DEMO := target/demo
UNDERSONG := target/release/undersong

.PHONY: demo test losses soak latency live hour kills worlds servers fuzz sessions bench music setup build install clean

# A two-minute session: its picture, its rendering, then played on this machine.
demo: build
	@mkdir -p $(DEMO)
	@$(UNDERSONG) plan sessions/demo.yaml --svg $(DEMO)/demo.svg > /dev/null
	@$(UNDERSONG) render sessions/demo.yaml -o $(DEMO)/demo.wav
	@echo
	@$(UNDERSONG) preview sessions/demo.yaml
	@echo
	@echo "The session's picture:   $(DEMO)/demo.svg   (open it in a browser)"
	@echo "The session as a file:   $(DEMO)/demo.wav"
	@echo "Where to go next:        copy sessions/solo.yaml, name your own music in it, and run"
	@echo "                         $(UNDERSONG) check your-session.yaml"

# Everything that must hold before a change lands: format, lints, unit, whole-session and doc tests, doc links.
test: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) test
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --document-private-items

# The sound device lost and back 50 times, judged by what it was given. Two minutes and a half.
losses: setup
	UNDERSONG_LOSSES=50 $(CARGO) test --test devices lost_and_back -- --nocapture

# Hours of sessions that are steered by chance, in real time: memory, handles and threads must not grow.
HOURS ?= 2
soak: setup
	HOURS=$(HOURS) $(CARGO) bench --bench soak

# 10,000 commands, and how long each took to be heard; a quarter of an hour.
latency: setup
	$(CARGO) bench --bench latency

# What it costs to play, beside mpd at the same time on the same files. MINUTES=10, MUSIC=folder takes yours.
live: setup
	$(CARGO) bench --bench live

# A session in real time on a busy machine, steered by chance, judged by every frame that the sound card was given.
# MINUTES=60
hour: setup
	$(CARGO) bench --bench hour

# The daemon killed at so many random moments.
KILLS ?= 200
kills: setup
	UNDERSONG_KILLS=$(KILLS) $(CARGO) test --test daemon killed_at_any_moment -- --nocapture

# Sessions of three hours in a world where everything goes wrong, on a clock that is turned; from SEED on.
SESSIONS ?= 1000
worlds: setup
	HOURS=3 SESSIONS=$(SESSIONS) $(CARGO) test --profile long --test worlds -- --nocapture whatever

# The same on sound servers that are killed, stopped and started again; says what to install where they are missing. As root,
# for the servers' priority. SYSTEMS="jack pipewire" where their headers are there: libjack-jackd2-dev; libpipewire-0.3-dev and
# libclang-dev.
SYSTEMS ?=
servers: setup
	$(CARGO) test --test servers --features "$(SYSTEMS)" -- --ignored --nocapture --test-threads 1

# Random sessions from files to samples, judged there; from SEED on, each in a moment.
sessions: SESSIONS = 100000
sessions: SEED = 1
sessions: setup
	SESSIONS=$(SESSIONS) SEED=$(SEED) $(CARGO) test --profile long --test sessions -- --nocapture random

# Bytes by chance and by what they cover, at what reads them: TARGET is script, playlist, decode or revise.
TARGET ?= script
MINUTES ?= 60
fuzz: setup
	@sh fuzz/run $(TARGET) $(MINUTES)

# Ratios to a plain loop, beside other mixers', and to a bare decode, in the same run. MUSIC=folder adds your own files.
bench: setup
	$(CARGO) run --release --locked --manifest-path benches/peers/Cargo.toml --target-dir target/peers
	$(CARGO) bench --bench stages
	$(CARGO) bench --bench blocks
	$(CARGO) bench --bench session

# Composes the bundled pieces, chimes and the bed again.
music: setup
	$(CARGO) run --release --example composer

build: setup
	@$(CARGO) build --release

install: setup
	$(CARGO) install --locked --path .

# What the build needs beside Rust, make and a C compiler: ALSA's headers, and pkg-config to find them.
setup:
	@sh .ci/setup

clean:
	$(CARGO) clean
