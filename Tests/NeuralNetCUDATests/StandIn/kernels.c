// Kernels run on the emulator of Tests/CUDAEmulator, which the tests are linked with; they hand its functions over.
#include <string.h>

#include "driver_state.h"

static standin_emulator emulator;

EXPORT void standin_set_emulator(const standin_emulator *given) { emulator = *given; }

int standin_has_kernel(const char *name) { return emulator.run && emulator.argument_bytes(name) > 0; }

void standin_run_kernel(const char *name, const unsigned grid[3], const unsigned block[3], size_t shared_bytes,
                        const void *arguments, size_t bytes) {
    if (bytes != emulator.argument_bytes(name)) {
        standin_violation("%s takes %zu bytes of arguments, not %zu", name, emulator.argument_bytes(name), bytes);
        return;
    }
    if (emulator.run(name, grid[0], grid[1], grid[2], block[0], block[1], block[2], shared_bytes, arguments))
        standin_violation("%s: %s", name, emulator.error());
}
