# For people and packagers. "make" builds, "make install" puts everything into its place on a Linux system.
#   make install DESTDIR=/tmp/root PREFIX=/usr        make install BUILD=.build/debug (what "swift build" left)

PREFIX ?= /usr
DESTDIR ?=
CONFIGURATION ?= release
BUILD ?= .build/$(CONFIGURATION)
MAN ?= $(BUILD)/man
COMPLETIONS ?= $(BUILD)/completions
SWIFT_FLAGS ?=

export DESTDIR PREFIX BUILD MAN COMPLETIONS

all: build man completions

# What Package.swift makes for others: its executables and its dynamic libraries, the plugins.
build:
	for product in $$(sed -nE 's/^ *\.(executable|library)\(name: "([^"]+)", (targets.*|type: \.dynamic.*)/\1 \2 \3/p' \
		Package.swift | awk '$$1 == "executable" || $$3 == "type:" { print $$2 }'); do \
		swift build -c $(CONFIGURATION) $(SWIFT_FLAGS) --product $$product || exit; \
	done

# A chest CT goes through the station on a bus of its own.
demo:
	Scripts/demo

test:
	Scripts/test

man:
	Scripts/man-pages $(MAN) $(BUILD)

completions:
	Scripts/completions $(COMPLETIONS) $(BUILD)

# Builds nothing, so that root need not: "make" comes first.
install: man completions
	Scripts/install

uninstall:
	Scripts/uninstall

# Debian packages, in $(BUILD)/packages. Needs debhelper.
deb:
	DEB_OUTPUT=$(abspath $(BUILD))/packages DESTDIR= debian/rules clean binary

.PHONY: all build demo test man completions install uninstall deb
