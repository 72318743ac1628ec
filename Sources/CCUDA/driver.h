// The part of the CUDA driver API that Lungtriage uses, as NVIDIA documents it ("CUDA Driver API"). Nothing here links:
// each function is a type, its symbol's name is in NeuralNetCUDA/Libraries. Scripts/check-cuda-headers holds the file
// against NVIDIA's own headers.
#ifndef LUNGTRIAGE_CUDA_DRIVER_H
#define LUNGTRIAGE_CUDA_DRIVER_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t lt_cuda_result;
enum {
    LT_CUDA_SUCCESS = 0,
    LT_CUDA_INVALID_VALUE = 1,
    LT_CUDA_OUT_OF_MEMORY = 2,
    LT_CUDA_NOT_INITIALIZED = 3,
    LT_CUDA_DEINITIALIZED = 4,
    LT_CUDA_STUB_LIBRARY = 34,
    LT_CUDA_DEVICE_UNAVAILABLE = 46,
    LT_CUDA_NO_DEVICE = 100,
    LT_CUDA_INVALID_DEVICE = 101,
    LT_CUDA_INVALID_IMAGE = 200,
    LT_CUDA_INVALID_CONTEXT = 201,
    LT_CUDA_NO_BINARY_FOR_GPU = 209,
    LT_CUDA_ECC_UNCORRECTABLE = 214,
    LT_CUDA_INVALID_HANDLE = 400,
    LT_CUDA_NOT_FOUND = 500,
    LT_CUDA_NOT_READY = 600,
    LT_CUDA_ILLEGAL_ADDRESS = 700,
    LT_CUDA_LAUNCH_OUT_OF_RESOURCES = 701,
    LT_CUDA_LAUNCH_FAILED = 719,
    LT_CUDA_SYSTEM_NOT_READY = 802,
    LT_CUDA_SYSTEM_DRIVER_MISMATCH = 803,
    LT_CUDA_STREAM_CAPTURE_UNSUPPORTED = 900,
    LT_CUDA_STREAM_CAPTURE_INVALIDATED = 901,
    LT_CUDA_UNKNOWN = 999,
};

// CUdevice_attribute
enum {
    LT_CUDA_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK = 8,
    LT_CUDA_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16,
    LT_CUDA_ATTRIBUTE_COMPUTE_MODE = 20,
    LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
    LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
    LT_CUDA_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97,
};

// CUcomputemode
enum { LT_CUDA_COMPUTE_MODE_DEFAULT = 0, LT_CUDA_COMPUTE_MODE_PROHIBITED = 2, LT_CUDA_COMPUTE_MODE_EXCLUSIVE_PROCESS = 3 };

enum {
    LT_CUDA_STREAM_NON_BLOCKING = 1,
    LT_CUDA_EVENT_DEFAULT = 0,
    LT_CUDA_EVENT_DISABLE_TIMING = 2,
    // CUstreamCaptureMode
    LT_CUDA_CAPTURE_THREAD_LOCAL = 1,
    // CUfunction_attribute
    LT_CUDA_FUNCTION_MAX_DYNAMIC_SHARED_MEMORY = 8,
};

typedef int32_t lt_cuda_device;
/// An address in device memory.
typedef unsigned long long lt_cuda_address;
typedef struct CUctx_st *lt_cuda_context;
typedef struct CUmod_st *lt_cuda_module;
typedef struct CUfunc_st *lt_cuda_function;
typedef struct CUstream_st *lt_cuda_stream;
typedef struct CUevent_st *lt_cuda_event;
typedef struct CUgraph_st *lt_cuda_graph;
typedef struct CUgraphExec_st *lt_cuda_graph_executable;

#endif
