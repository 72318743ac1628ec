# For people and packagers. "make" builds, "make install" puts everything into its place on a Linux system.
#   make install DESTDIR=/tmp/root PREFIX=/usr        make install BUILD=.build/debug (what "swift build" left)

PREFIX ?= /usr
DESTDIR ?=
CONFIGURATION ?= release
BUILD ?= .build/$(CONFIGURATION)
MAN ?= $(BUILD)/man
COMPLETIONS ?= $(BUILD)/completions
SWIFT_FLAGS ?=

products = lungtriaged lungtriage-worker lungtriage lungtriage-lab UNetLung UNetMultiClass SegNetBinary

export DESTDIR PREFIX BUILD MAN COMPLETIONS

all: build man completions

build:
	for product in $(products); do \
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

.PHONY: all build demo test man completions install uninstall
