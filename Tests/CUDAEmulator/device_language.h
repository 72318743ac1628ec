// CUDA's C++ for the host, as far as the kernels use it.
#ifndef LUNGTRIAGE_DEVICE_LANGUAGE_H
#define LUNGTRIAGE_DEVICE_LANGUAGE_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#pragma clang fp contract(off)

#define __global__ __attribute__((visibility("hidden")))
#define __device__
#define __forceinline__ inline

struct uint3 {
    unsigned x, y, z;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};

extern thread_local uint3 threadIdx, blockIdx, blockDim, gridDim;

inline float __uint_as_float(unsigned bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
inline unsigned __float_as_uint(float x) {
    unsigned bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

void __syncthreads();

namespace cuda_emulator {

/// Makes a kernel known by its name.
struct Registration {
    Registration(const char *name, void (*run)(const void *), size_t argument_bytes);
};

/// Changes with every block that runs.
extern thread_local unsigned long long block_number;

[[noreturn]] void fail_index(const char *name, size_t index, size_t count);

/// An array in shared memory. Its old values are gone when a block begins: all bits are set, which no result survives.
template <typename T, size_t count>
class SharedArray {
public:
    explicit SharedArray(const char *name) : name(name) {}
    SharedArray &in_this_block() {
        if (used_by != block_number) memset(static_cast<void *>(values), 0xFF, sizeof values);
        used_by = block_number;
        return *this;
    }
    T &operator[](size_t index) {
        if (index >= count) fail_index(name, index, count);
        return values[index];
    }

private:
    const char *name;
    unsigned long long used_by = 0;
    T values[count];
};

}  // namespace cuda_emulator

#define LT_SHARED(type, name, count)                                                   \
    static thread_local cuda_emulator::SharedArray<type, count> name##_storage(#name); \
    auto &name = name##_storage.in_this_block()

#define LT_REGISTER(name, arguments)                                                                \
    static const cuda_emulator::Registration name##_registration(                                   \
        #name, [](const void *a) { name(*static_cast<const arguments *>(a)); }, sizeof(arguments));

#endif
