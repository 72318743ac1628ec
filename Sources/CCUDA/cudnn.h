// The part of cuDNN 9's graph API ("backend API") that Lungtriage uses, as NVIDIA documents it. Names of symbols and the
// check against NVIDIA's headers are where driver.h says.
#ifndef LUNGTRIAGE_CUDNN_H
#define LUNGTRIAGE_CUDNN_H

#include <stddef.h>
#include <stdint.h>

#include "driver.h"

/// Thousands are the category.
typedef int32_t lt_cudnn_status;
enum {
    LT_CUDNN_SUCCESS = 0,
    LT_CUDNN_NOT_SUPPORTED = 3000,
    LT_CUDNN_HOST_ALLOCATION_FAILED = 4003,
    LT_CUDNN_DEVICE_ALLOCATION_FAILED = 4004,
};

// cudnnDataType_t
enum { LT_CUDNN_FLOAT = 0, LT_CUDNN_HALF = 2, LT_CUDNN_BFLOAT16 = 9 };

// cudnnConvolutionMode_t
enum { LT_CUDNN_CROSS_CORRELATION = 1 };

// cudnnPointwiseMode_t
enum { LT_CUDNN_POINTWISE_ADD = 0, LT_CUDNN_POINTWISE_RELU_FWD = 100 };

// cudnnBackendHeurMode_t
enum { LT_CUDNN_HEURISTIC_FALLBACK = 2, LT_CUDNN_HEURISTIC_A = 3 };

// cudnnBackendNumericalNote_t
enum {
    LT_CUDNN_NOTE_TENSOR_CORE = 0,
    LT_CUDNN_NOTE_DOWN_CONVERT_INPUTS = 1,
    LT_CUDNN_NOTE_REDUCED_PRECISION_REDUCTION = 2,
    LT_CUDNN_NOTE_FFT = 3,
    LT_CUDNN_NOTE_NONDETERMINISTIC = 4,
    LT_CUDNN_NOTE_WINOGRAD = 5,
    LT_CUDNN_NOTE_WINOGRAD_TILE_4X4 = 6,
    LT_CUDNN_NOTE_WINOGRAD_TILE_6X6 = 7,
    LT_CUDNN_NOTE_WINOGRAD_TILE_13X13 = 8,
    LT_CUDNN_NOTE_COUNT = 10,
};

// cudnnBackendAttributeType_t
enum {
    LT_CUDNN_TYPE_HANDLE = 0,
    LT_CUDNN_TYPE_DATA_TYPE = 1,
    LT_CUDNN_TYPE_BOOLEAN = 2,
    LT_CUDNN_TYPE_INT64 = 3,
    LT_CUDNN_TYPE_FLOAT = 4,
    LT_CUDNN_TYPE_VOID_PTR = 6,
    LT_CUDNN_TYPE_CONVOLUTION_MODE = 7,
    LT_CUDNN_TYPE_HEURISTIC_MODE = 8,
    LT_CUDNN_TYPE_NUMERICAL_NOTE = 11,
    LT_CUDNN_TYPE_POINTWISE_MODE = 14,
    LT_CUDNN_TYPE_DESCRIPTOR = 15,
};

// cudnnBackendDescriptorType_t
enum {
    LT_CUDNN_POINTWISE = 0,
    LT_CUDNN_CONVOLUTION = 1,
    LT_CUDNN_ENGINE = 2,
    LT_CUDNN_ENGINE_CONFIG = 3,
    LT_CUDNN_ENGINE_HEURISTIC = 4,
    LT_CUDNN_EXECUTION_PLAN = 5,
    LT_CUDNN_OPERATION_CONVOLUTION_FORWARD = 10,
    LT_CUDNN_OPERATION_CONVOLUTION_BACKWARD_FILTER = 11,
    LT_CUDNN_OPERATION_CONVOLUTION_BACKWARD_DATA = 12,
    LT_CUDNN_OPERATION_POINTWISE = 13,
    LT_CUDNN_OPERATION_GRAPH = 15,
    LT_CUDNN_VARIANT_PACK = 16,
    LT_CUDNN_TENSOR = 17,
};

// cudnnBackendAttributeName_t
enum {
    LT_CUDNN_POINTWISE_MODE = 0,
    LT_CUDNN_POINTWISE_MATH_PRECISION = 1,
    LT_CUDNN_CONVOLUTION_COMPUTE_TYPE = 100,
    LT_CUDNN_CONVOLUTION_MODE = 101,
    LT_CUDNN_CONVOLUTION_DILATIONS = 102,
    LT_CUDNN_CONVOLUTION_STRIDES = 103,
    LT_CUDNN_CONVOLUTION_POST_PADDINGS = 104,
    LT_CUDNN_CONVOLUTION_PRE_PADDINGS = 105,
    LT_CUDNN_CONVOLUTION_SPATIAL_DIMENSIONS = 106,
    LT_CUDNN_HEURISTIC_MODE = 200,
    LT_CUDNN_HEURISTIC_OPERATION_GRAPH = 201,
    LT_CUDNN_HEURISTIC_RESULTS = 202,
    LT_CUDNN_ENGINE_CONFIG_ENGINE = 300,
    LT_CUDNN_EXECUTION_PLAN_HANDLE = 400,
    LT_CUDNN_EXECUTION_PLAN_ENGINE_CONFIG = 401,
    LT_CUDNN_EXECUTION_PLAN_WORKSPACE_SIZE = 402,
    LT_CUDNN_FORWARD_ALPHA = 700,
    LT_CUDNN_FORWARD_BETA = 701,
    LT_CUDNN_FORWARD_CONVOLUTION = 702,
    LT_CUDNN_FORWARD_W = 703,
    LT_CUDNN_FORWARD_X = 704,
    LT_CUDNN_FORWARD_Y = 705,
    LT_CUDNN_BACKWARD_FILTER_ALPHA = 712,
    LT_CUDNN_BACKWARD_FILTER_BETA = 713,
    LT_CUDNN_BACKWARD_FILTER_CONVOLUTION = 714,
    LT_CUDNN_BACKWARD_FILTER_DW = 715,
    LT_CUDNN_BACKWARD_FILTER_X = 716,
    LT_CUDNN_BACKWARD_FILTER_DY = 717,
    LT_CUDNN_OPERATION_POINTWISE_DESCRIPTION = 750,
    LT_CUDNN_OPERATION_POINTWISE_X = 751,
    LT_CUDNN_OPERATION_POINTWISE_B = 752,
    LT_CUDNN_OPERATION_POINTWISE_Y = 753,
    LT_CUDNN_GRAPH_HANDLE = 800,
    LT_CUDNN_GRAPH_OPERATIONS = 801,
    LT_CUDNN_TENSOR_BYTE_ALIGNMENT = 900,
    LT_CUDNN_TENSOR_DATA_TYPE = 901,
    LT_CUDNN_TENSOR_DIMENSIONS = 902,
    LT_CUDNN_TENSOR_STRIDES = 903,
    LT_CUDNN_TENSOR_UNIQUE_ID = 906,
    LT_CUDNN_TENSOR_IS_VIRTUAL = 907,
    LT_CUDNN_VARIANT_PACK_UNIQUE_IDS = 1000,
    LT_CUDNN_VARIANT_PACK_DATA_POINTERS = 1001,
    LT_CUDNN_VARIANT_PACK_WORKSPACE = 1003,
    LT_CUDNN_ENGINE_NUMERICAL_NOTE = 1303,
};

typedef struct cudnnContext *lt_cudnn_handle;
typedef void *lt_cudnn_descriptor;

typedef size_t (*lt_cudnn_get_version)(void);
typedef const char *(*lt_cudnn_get_error_string)(lt_cudnn_status status);
typedef void (*lt_cudnn_get_last_error_string)(char *message, size_t bytes);
typedef lt_cudnn_status (*lt_cudnn_create)(lt_cudnn_handle *handle);
typedef lt_cudnn_status (*lt_cudnn_destroy)(lt_cudnn_handle handle);
typedef lt_cudnn_status (*lt_cudnn_set_stream)(lt_cudnn_handle handle, lt_cuda_stream stream);
typedef lt_cudnn_status (*lt_cudnn_descriptor_create)(int32_t type, lt_cudnn_descriptor *descriptor);
typedef lt_cudnn_status (*lt_cudnn_descriptor_call)(lt_cudnn_descriptor descriptor);
typedef lt_cudnn_status (*lt_cudnn_set_attribute)(
    lt_cudnn_descriptor descriptor, int32_t attribute, int32_t type, int64_t count, const void *values);
typedef lt_cudnn_status (*lt_cudnn_get_attribute)(
    lt_cudnn_descriptor descriptor, int32_t attribute, int32_t type, int64_t requested, int64_t *count, void *values);
typedef lt_cudnn_status (*lt_cudnn_execute)(
    lt_cudnn_handle handle, lt_cudnn_descriptor plan, lt_cudnn_descriptor variant_pack);

#endif
