// What the kernels expect of their compiler: NVRTC without any header of the toolkit, or the tests' host emulator.
#ifndef LUNGTRIAGE_PLATFORM_H
#define LUNGTRIAGE_PLATFORM_H

#ifdef LUNGTRIAGE_CUDA_EMULATOR
#include "device_language.h"
#else
#define LT_SHARED(type, name, count) __shared__ type name[count]
#define LT_REGISTER(name, arguments)
#endif

#define LT_INLINE static __device__ __forceinline__
#define LT_MEMBER __device__ __forceinline__

/// Entry points of a device function template, one per element type: relu_float32, relu_float16, relu_bfloat16.
#define LT_ENTRIES(function, arguments)                \
    LT_ENTRY(function, float32, float, arguments)      \
    LT_ENTRY(function, float16, float16, arguments)    \
    LT_ENTRY(function, bfloat16, bfloat16, arguments)

#define LT_ENTRY(function, element, type, arguments)                                                        \
    extern "C" __global__ void function##_##element(const arguments a) { function<type>(a); }               \
    LT_REGISTER(function##_##element, arguments)

/// The entry point of a device function that has no element type.
#define LT_SINGLE_ENTRY(function, name, arguments)                                        \
    extern "C" __global__ void name(const arguments a) { function(a); }                   \
    LT_REGISTER(name, arguments)

#endif
