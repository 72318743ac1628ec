#define _GNU_SOURCE
#include "lungtriage_confinement.h"

#include <dlfcn.h>
#include <link.h>
#include <stddef.h>

typedef struct visitor {
    void (*visit)(const char *path, void *context);
    void *context;
} visitor;

static int visit_one(struct dl_phdr_info *library, size_t size, void *opaque) {
    const visitor *visitor = opaque;
    (void)size;
    /* The program itself has no name, the kernel's page of calls no path. */
    if (library->dlpi_name && library->dlpi_name[0] == '/') visitor->visit(library->dlpi_name, visitor->context);
    return 0;
}

void lungtriage_each_library(void (*visit)(const char *path, void *context), void *context) {
    visitor visitor = {visit, context};
    dl_iterate_phdr(visit_one, &visitor);
}

const char *lungtriage_library_at(uintptr_t address) {
    Dl_info information;
    if (address == 0 || dladdr((const void *)address, &information) == 0) return NULL;
    return information.dli_fname;
}
