// The part of the CUDA driver API that Lungtriage uses, as NVIDIA documents it ("CUDA Driver API"). Nothing here links:
// each function is a type, its symbol's name is in CUDARuntime. Scripts/check-cuda-headers holds the file
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
enum {
    LT_CUDA_COMPUTE_MODE_DEFAULT = 0,
    LT_CUDA_COMPUTE_MODE_PROHIBITED = 2,
    LT_CUDA_COMPUTE_MODE_EXCLUSIVE_PROCESS = 3,
};

enum {
    LT_CUDA_STREAM_NON_BLOCKING = 1,
    LT_CUDA_EVENT_DEFAULT = 0,
    LT_CUDA_EVENT_DISABLE_TIMING = 2,
    // CUstreamCaptureMode
    LT_CUDA_CAPTURE_THREAD_LOCAL = 1,
    // CUfunction_attribute
    LT_CUDA_FUNCTION_MAX_DYNAMIC_SHARED_MEMORY = 8,
    // Keys of cuLaunchKernel's `extra`, there pointers
    LT_CUDA_LAUNCH_END = 0,
    LT_CUDA_LAUNCH_BUFFER_POINTER = 1,
    LT_CUDA_LAUNCH_BUFFER_SIZE = 2,
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

typedef lt_cuda_result (*lt_cu_init)(unsigned int flags);
typedef lt_cuda_result (*lt_cu_driver_get_version)(int *version);
typedef lt_cuda_result (*lt_cu_get_error_text)(lt_cuda_result result, const char **text);

typedef lt_cuda_result (*lt_cu_device_get_count)(int *count);
typedef lt_cuda_result (*lt_cu_device_get)(lt_cuda_device *device, int ordinal);
typedef lt_cuda_result (*lt_cu_device_get_name)(char *name, int length, lt_cuda_device device);
typedef lt_cuda_result (*lt_cu_device_total_mem)(size_t *bytes, lt_cuda_device device);
typedef lt_cuda_result (*lt_cu_device_get_attribute)(int *value, int32_t attribute, lt_cuda_device device);
typedef lt_cuda_result (*lt_cu_primary_context_retain)(lt_cuda_context *context, lt_cuda_device device);
typedef lt_cuda_result (*lt_cu_primary_context_release)(lt_cuda_device device);
typedef lt_cuda_result (*lt_cu_context_set_current)(lt_cuda_context context);

typedef lt_cuda_result (*lt_cu_mem_get_info)(size_t *free, size_t *total);
typedef lt_cuda_result (*lt_cu_mem_alloc)(lt_cuda_address *address, size_t bytes);
typedef lt_cuda_result (*lt_cu_mem_free)(lt_cuda_address address);
typedef lt_cuda_result (*lt_cu_mem_host_alloc)(void **address, size_t bytes, unsigned int flags);
typedef lt_cuda_result (*lt_cu_mem_free_host)(void *address);
typedef lt_cuda_result (*lt_cu_copy_to_device)(
    lt_cuda_address destination, const void *source, size_t bytes, lt_cuda_stream stream);
typedef lt_cuda_result (*lt_cu_copy_to_host)(
    void *destination, lt_cuda_address source, size_t bytes, lt_cuda_stream stream);
typedef lt_cuda_result (*lt_cu_memset)(
    lt_cuda_address destination, unsigned char value, size_t bytes, lt_cuda_stream stream);

typedef lt_cuda_result (*lt_cu_stream_create)(lt_cuda_stream *stream, unsigned int flags);
typedef lt_cuda_result (*lt_cu_stream_call)(lt_cuda_stream stream);
typedef lt_cuda_result (*lt_cu_event_create)(lt_cuda_event *event, unsigned int flags);
typedef lt_cuda_result (*lt_cu_event_call)(lt_cuda_event event);
typedef lt_cuda_result (*lt_cu_event_record)(lt_cuda_event event, lt_cuda_stream stream);
typedef lt_cuda_result (*lt_cu_stream_wait_event)(lt_cuda_stream stream, lt_cuda_event event, unsigned int flags);
typedef lt_cuda_result (*lt_cu_event_elapsed_time)(float *milliseconds, lt_cuda_event start, lt_cuda_event end);

typedef lt_cuda_result (*lt_cu_module_load_data)(lt_cuda_module *module, const void *image);
typedef lt_cuda_result (*lt_cu_module_unload)(lt_cuda_module module);
typedef lt_cuda_result (*lt_cu_module_get_function)(
    lt_cuda_function *function, lt_cuda_module module, const char *name);
typedef lt_cuda_result (*lt_cu_function_set_attribute)(lt_cuda_function function, int32_t attribute, int value);
typedef lt_cuda_result (*lt_cu_launch_kernel)(
    lt_cuda_function function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z, unsigned int block_x,
    unsigned int block_y, unsigned int block_z, unsigned int shared_bytes, lt_cuda_stream stream, void **parameters,
    void **extra);

typedef lt_cuda_result (*lt_cu_stream_begin_capture)(lt_cuda_stream stream, int32_t mode);
typedef lt_cuda_result (*lt_cu_stream_end_capture)(lt_cuda_stream stream, lt_cuda_graph *graph);
typedef lt_cuda_result (*lt_cu_graph_instantiate)(
    lt_cuda_graph_executable *executable, lt_cuda_graph graph, unsigned long long flags);
typedef lt_cuda_result (*lt_cu_graph_launch)(lt_cuda_graph_executable executable, lt_cuda_stream stream);
typedef lt_cuda_result (*lt_cu_graph_executable_destroy)(lt_cuda_graph_executable executable);
typedef lt_cuda_result (*lt_cu_graph_destroy)(lt_cuda_graph graph);

#endif
