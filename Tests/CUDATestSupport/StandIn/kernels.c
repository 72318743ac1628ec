// Kernels run on the emulator of Tests/CUDAEmulator, which the tests are linked with; they hand its functions over. In another
// process it is the library beside this one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "driver_state.h"

static standin_emulator emulator;

EXPORT void standin_set_emulator(const standin_emulator *given) { emulator = *given; }

__attribute__((constructor)) static void find_emulator(void) {
    Dl_info self;
    char path[4096];
    if (!dladdr((void *)standin_set_emulator, &self) || !strrchr(self.dli_fname, '/')) return;
    snprintf(path, sizeof path, "%.*s/libcudaemulator.so", (int)(strrchr(self.dli_fname, '/') - self.dli_fname),
             self.dli_fname);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    *(void **)&emulator.run = dlsym(library, "cuda_emulator_run");
    *(void **)&emulator.error = dlsym(library, "cuda_emulator_error");
    *(void **)&emulator.argument_bytes = dlsym(library, "cuda_emulator_argument_bytes");
}

int standin_has_kernel(const char *name) { return emulator.run && emulator.argument_bytes(name) > 0; }

void standin_run_kernel(const char *name, const unsigned grid[3], const unsigned block[3], size_t shared_bytes,
                        const void *arguments, size_t bytes) {
    if (bytes != emulator.argument_bytes(name)) {
        standin_violation("%s takes %zu bytes of arguments, not %zu", name, emulator.argument_bytes(name), bytes);
        return;
    }
    standin_count("kernels that ran");
    if (emulator.run(name, grid[0], grid[1], grid[2], block[0], block[1], block[2], shared_bytes, arguments))
        standin_violation("%s: %s", name, emulator.error());
}
