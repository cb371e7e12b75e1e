# What users and developers type; meson and ninja do the work.
LIBRARY ?= $(HOME)/tintype
LISTEN ?= 127.0.0.1:2342
TINTYPE = build/src/cli/tintype
DEMO = /usr/share/backgrounds

all: build/build.ninja
	ninja -C build

build/build.ninja:
	./setup

# Starts the album; PHOTOS=DIR imports that folder first.
run: all
	@if [ -n "$(PHOTOS)" ]; then $(TINTYPE) import --library "$(LIBRARY)" "$(PHOTOS)" || [ $$? = 1 ]; fi
	$(TINTYPE) serve --library "$(LIBRARY)" --listen "$(LISTEN)"

# The same with real photos from Debian's wallpapers, in a library of its own.
demo: all
	@[ -d $(DEMO)/mate ] || apt-get install -y --no-install-recommends mate-backgrounds || sudo apt-get install -y --no-install-recommends mate-backgrounds
	$(MAKE) run LIBRARY="$(LIBRARY)-demo" PHOTOS="$(DEMO)"

test:
	./setup --test
	tests/run

# The tests that make sense under ASan and UBSan, built with clang.
test-sanitized:
	./setup --test --no-build
	[ -f build-asan/build.ninja ] || CC=clang meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false -Dtests=true -Dweb=disabled
	ninja -C build-asan
	tests/run --build build-asan --sanitized

# libFuzzer over each target for SECONDS_EACH; what it finds new goes to build-fuzz/corpus/, crashes to build-fuzz/.
SECONDS_EACH ?= 60
fuzz:
	./setup --test --no-build
	[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Db_sanitize=address,undefined -Db_lundef=false -Dtests=true -Dweb=disabled -Dfuzz=true
	set -e; for folder in tests/fuzz/corpus/*; do \
		name=$${folder##*/}; \
		ninja -C build-fuzz tests/fuzz/fuzz-$$name; \
		mkdir -p build-fuzz/corpus/$$name; \
		build-fuzz/tests/fuzz/fuzz-$$name -max_total_time=$(SECONDS_EACH) -max_len=4096 -artifact_prefix=build-fuzz/$$name- build-fuzz/corpus/$$name $$folder; \
	done

install: all
	meson install -C build

clean:
	rm -rf build build-asan build-fuzz

.PHONY: all run demo test test-sanitized fuzz install clean
