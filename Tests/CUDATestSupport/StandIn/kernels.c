// Kernels run on the emulator of Tests/CUDAEmulator, which the tests are linked with; they hand its functions over. Other
// programs get it from libcuda_emulator.so in the same folder, if it is there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

#include "driver_state.h"

static standin_emulator emulator;

EXPORT void standin_set_emulator(const standin_emulator *given) { emulator = *given; }

static void find_emulator(void) {
    Dl_info self;
    if (emulator.run || !dladdr((void *)find_emulator, &self)) return;
    char path[4096];
    snprintf(path, sizeof path, "%s", self.dli_fname);
    char *slash = strrchr(path, '/');
    if (!slash) return;
    snprintf(slash, sizeof path - (size_t)(slash - path), "/libcuda_emulator.so");
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    *(void **)&emulator.run = dlsym(library, "cuda_emulator_run");
    *(void **)&emulator.error = dlsym(library, "cuda_emulator_error");
    *(void **)&emulator.argument_bytes = dlsym(library, "cuda_emulator_argument_bytes");
}

int standin_has_kernel(const char *name) {
    pthread_mutex_lock(&standin_lock);
    find_emulator();
    pthread_mutex_unlock(&standin_lock);
    return emulator.run && emulator.argument_bytes(name) > 0;
}

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
