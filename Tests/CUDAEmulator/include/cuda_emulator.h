#ifndef LUNGTRIAGE_CUDA_EMULATOR_H
#define LUNGTRIAGE_CUDA_EMULATOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The kernels of Sources/NeuralNetCUDA/Kernels/Sources, compiled for the host from the very same files: a grid runs block
/// by block on the calling thread. It shows wrong arithmetic, indices and barriers; not speed, and not what a GPU's
/// compiler makes of the source.

/// Runs a kernel over a grid: 0, or another number where the launch or the kernel broke a rule, which
/// `cuda_emulator_error` then names: a name that is unknown, more than 1024 threads, a barrier that some threads of a block
/// never reach, an index beyond an array in shared memory.
int cuda_emulator_run(const char *name, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                      unsigned block_y, unsigned block_z, size_t shared_bytes, const void *arguments);

/// What the calling thread's last failed run broke.
const char *cuda_emulator_error(void);

/// Bytes of a kernel's arguments; 0 for a name that is unknown.
size_t cuda_emulator_argument_bytes(const char *name);

/// Names of all kernels: 0 ..< count, sorted.
int cuda_emulator_kernel_count(void);
const char *cuda_emulator_kernel_name(int index);

/// The order of a block's threads between barriers on the calling thread: 0 ascending, else a permutation that depends on
/// this seed. A result that depends on it lacks a barrier.
void cuda_emulator_set_order(uint64_t seed);

#ifdef __cplusplus
}
#endif

#endif
