// The part of cuBLASLt that Lungtriage uses, as NVIDIA documents it ("cuBLAS", "Using the cuBLASLt API"). Names of symbols
// and the check against NVIDIA's headers are where driver.h says.
#ifndef LUNGTRIAGE_CUBLASLT_H
#define LUNGTRIAGE_CUBLASLT_H

#include <stddef.h>
#include <stdint.h>

#include "driver.h"

typedef int32_t lt_cublas_status;
enum { LT_CUBLAS_SUCCESS = 0, LT_CUBLAS_ALLOC_FAILED = 3, LT_CUBLAS_NOT_SUPPORTED = 15 };

// cudaDataType_t
enum { LT_CUDA_R_32F = 0, LT_CUDA_R_16F = 2, LT_CUDA_R_16BF = 14 };

// cublasComputeType_t
enum { LT_CUBLAS_COMPUTE_32F = 68, LT_CUBLAS_COMPUTE_32F_PEDANTIC = 69, LT_CUBLAS_COMPUTE_32F_FAST_TF32 = 77 };

// cublasOperation_t
enum { LT_CUBLAS_NOT_TRANSPOSED = 0, LT_CUBLAS_TRANSPOSED = 1 };

// cublasLtMatmulDescAttributes_t
enum {
    LT_CUBLASLT_DESC_TRANSA = 3,
    LT_CUBLASLT_DESC_TRANSB = 4,
    LT_CUBLASLT_DESC_EPILOGUE = 7,
    LT_CUBLASLT_DESC_BIAS_POINTER = 8,
    LT_CUBLASLT_DESC_BIAS_DATA_TYPE = 26,
};

// cublasLtMatrixLayoutAttribute_t
enum { LT_CUBLASLT_LAYOUT_BATCH_COUNT = 5, LT_CUBLASLT_LAYOUT_STRIDED_BATCH_OFFSET = 6 };

// cublasLtEpilogue_t
enum {
    LT_CUBLASLT_EPILOGUE_DEFAULT = 1,
    LT_CUBLASLT_EPILOGUE_RELU = 2,
    LT_CUBLASLT_EPILOGUE_BIAS = 4,
    LT_CUBLASLT_EPILOGUE_RELU_BIAS = 6,
};

// cublasLtMatmulPreferenceAttributes_t
enum {
    LT_CUBLASLT_PREFERENCE_MAX_WORKSPACE_BYTES = 1,
    LT_CUBLASLT_PREFERENCE_REDUCTION_SCHEME_MASK = 3,
    LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_A_BYTES = 5,
    LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_B_BYTES = 6,
    LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_C_BYTES = 7,
    LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_D_BYTES = 8,
};

// cublasLtReductionScheme_t
enum {
    LT_CUBLASLT_REDUCTION_NONE = 0,
    LT_CUBLASLT_REDUCTION_INPLACE = 1,
    LT_CUBLASLT_REDUCTION_COMPUTE_TYPE = 2,
    LT_CUBLASLT_REDUCTION_OUTPUT_TYPE = 4,
};

typedef struct cublasLtContext *lt_cublaslt_handle;
typedef struct lt_cublaslt_layout_opaque *lt_cublaslt_layout;
typedef struct lt_cublaslt_description_opaque *lt_cublaslt_description;
typedef struct lt_cublaslt_preference_opaque *lt_cublaslt_preference;

/// cublasLtMatmulAlgo_t
typedef struct {
    uint64_t data[8];
} lt_cublaslt_algorithm;

/// cublasLtMatmulHeuristicResult_t
typedef struct {
    lt_cublaslt_algorithm algorithm;
    size_t workspace_bytes;
    lt_cublas_status status;
    float waves_count;
    int reserved[4];
} lt_cublaslt_heuristic;

typedef size_t (*lt_cublaslt_get_version)(void);
typedef const char *(*lt_cublaslt_get_status_string)(lt_cublas_status status);
typedef lt_cublas_status (*lt_cublaslt_create)(lt_cublaslt_handle *handle);
typedef lt_cublas_status (*lt_cublaslt_destroy)(lt_cublaslt_handle handle);

typedef lt_cublas_status (*lt_cublaslt_layout_create)(
    lt_cublaslt_layout *layout, int32_t type, uint64_t rows, uint64_t columns, int64_t leading_dimension);
typedef lt_cublas_status (*lt_cublaslt_layout_destroy)(lt_cublaslt_layout layout);
typedef lt_cublas_status (*lt_cublaslt_layout_set_attribute)(
    lt_cublaslt_layout layout, int32_t attribute, const void *value, size_t bytes);
typedef lt_cublas_status (*lt_cublaslt_description_create)(
    lt_cublaslt_description *description, int32_t compute_type, int32_t scale_type);
typedef lt_cublas_status (*lt_cublaslt_description_destroy)(lt_cublaslt_description description);
typedef lt_cublas_status (*lt_cublaslt_description_set_attribute)(
    lt_cublaslt_description description, int32_t attribute, const void *value, size_t bytes);
typedef lt_cublas_status (*lt_cublaslt_preference_create)(lt_cublaslt_preference *preference);
typedef lt_cublas_status (*lt_cublaslt_preference_destroy)(lt_cublaslt_preference preference);
typedef lt_cublas_status (*lt_cublaslt_preference_set_attribute)(
    lt_cublaslt_preference preference, int32_t attribute, const void *value, size_t bytes);

typedef lt_cublas_status (*lt_cublaslt_get_heuristic)(
    lt_cublaslt_handle handle, lt_cublaslt_description description, lt_cublaslt_layout a, lt_cublaslt_layout b,
    lt_cublaslt_layout c, lt_cublaslt_layout d, lt_cublaslt_preference preference, int requested,
    lt_cublaslt_heuristic *results, int *returned);
typedef lt_cublas_status (*lt_cublaslt_multiply)(
    lt_cublaslt_handle handle, lt_cublaslt_description description, const void *alpha, const void *a,
    lt_cublaslt_layout a_layout, const void *b, lt_cublaslt_layout b_layout, const void *beta, const void *c,
    lt_cublaslt_layout c_layout, void *d, lt_cublaslt_layout d_layout, const lt_cublaslt_algorithm *algorithm,
    void *workspace, size_t workspace_bytes, lt_cuda_stream stream);

#endif
