// Kernels with mistakes, for the tests of the emulator itself.
#define LUNGTRIAGE_CUDA_EMULATOR
#include "../../../Sources/NeuralNetCUDA/Kernels/Sources/views.h"

/// y(i) = the neighbour's x, with and without the barrier between.
LT_INLINE void neighbour(const lt_cast_arguments &a, bool synchronized) {
    LT_SHARED(float, values, 64);
    values[threadIdx.x] = pointer<float>(a.x)[threadIdx.x];
    if (synchronized) __syncthreads();
    pointer<float>(a.y)[threadIdx.x] = values[(threadIdx.x + 1) % blockDim.x];
}
LT_INLINE void with_barrier(const lt_cast_arguments &a) { neighbour(a, true); }
LT_INLINE void without_barrier(const lt_cast_arguments &a) { neighbour(a, false); }
LT_SINGLE_ENTRY(with_barrier, probe_with_barrier, lt_cast_arguments)
LT_SINGLE_ENTRY(without_barrier, probe_without_barrier, lt_cast_arguments)

/// Only the first `count` threads reach the barrier.
LT_INLINE void divergent(const lt_cast_arguments &a) {
    if ((long long)threadIdx.x < a.count) __syncthreads();
}
LT_SINGLE_ENTRY(divergent, probe_divergent, lt_cast_arguments)

/// Reads shared memory that this block has not written.
LT_INLINE void leftover(const lt_cast_arguments &a) {
    LT_SHARED(float, values, 1);
    pointer<float>(a.y)[blockIdx.x] = values[0];
    values[0] = 1;
}
LT_SINGLE_ENTRY(leftover, probe_leftover, lt_cast_arguments)

LT_INLINE void beyond(const lt_cast_arguments &a) {
    LT_SHARED(float, values, 4);
    values[threadIdx.x] = 0;
    __syncthreads();
    pointer<float>(a.y)[0] = values[0];
}
LT_SINGLE_ENTRY(beyond, probe_beyond, lt_cast_arguments)
