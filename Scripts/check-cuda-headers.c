// Compiled by check-cuda-headers; an error is a disagreement between Sources/CCUDA and NVIDIA's headers.
#include <cublasLt.h>
#include <cuda.h>
#include <cudnn.h>
#include <nvrtc.h>

#include "../Sources/CCUDA/cublaslt.h"
#include "../Sources/CCUDA/cudnn.h"
#include "../Sources/CCUDA/driver.h"
#include "../Sources/CCUDA/nvrtc.h"

#define SAME(ours, theirs) _Static_assert((long long)(ours) == (long long)(theirs), #ours)
#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours)

SAME(LT_CUDA_SUCCESS, CUDA_SUCCESS);
SAME(LT_CUDA_INVALID_VALUE, CUDA_ERROR_INVALID_VALUE);
SAME(LT_CUDA_OUT_OF_MEMORY, CUDA_ERROR_OUT_OF_MEMORY);
SAME(LT_CUDA_NOT_INITIALIZED, CUDA_ERROR_NOT_INITIALIZED);
SAME(LT_CUDA_DEINITIALIZED, CUDA_ERROR_DEINITIALIZED);
SAME(LT_CUDA_STUB_LIBRARY, CUDA_ERROR_STUB_LIBRARY);
SAME(LT_CUDA_DEVICE_UNAVAILABLE, CUDA_ERROR_DEVICE_UNAVAILABLE);
SAME(LT_CUDA_NO_DEVICE, CUDA_ERROR_NO_DEVICE);
SAME(LT_CUDA_INVALID_DEVICE, CUDA_ERROR_INVALID_DEVICE);
SAME(LT_CUDA_INVALID_IMAGE, CUDA_ERROR_INVALID_IMAGE);
SAME(LT_CUDA_INVALID_CONTEXT, CUDA_ERROR_INVALID_CONTEXT);
SAME(LT_CUDA_NO_BINARY_FOR_GPU, CUDA_ERROR_NO_BINARY_FOR_GPU);
SAME(LT_CUDA_ECC_UNCORRECTABLE, CUDA_ERROR_ECC_UNCORRECTABLE);
SAME(LT_CUDA_INVALID_HANDLE, CUDA_ERROR_INVALID_HANDLE);
SAME(LT_CUDA_NOT_FOUND, CUDA_ERROR_NOT_FOUND);
SAME(LT_CUDA_NOT_READY, CUDA_ERROR_NOT_READY);
SAME(LT_CUDA_ILLEGAL_ADDRESS, CUDA_ERROR_ILLEGAL_ADDRESS);
SAME(LT_CUDA_LAUNCH_OUT_OF_RESOURCES, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
SAME(LT_CUDA_LAUNCH_FAILED, CUDA_ERROR_LAUNCH_FAILED);
SAME(LT_CUDA_SYSTEM_NOT_READY, CUDA_ERROR_SYSTEM_NOT_READY);
SAME(LT_CUDA_SYSTEM_DRIVER_MISMATCH, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
SAME(LT_CUDA_STREAM_CAPTURE_UNSUPPORTED, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
SAME(LT_CUDA_STREAM_CAPTURE_INVALIDATED, CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
SAME(LT_CUDA_UNKNOWN, CUDA_ERROR_UNKNOWN);
SAME(LT_CUDA_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
SAME(LT_CUDA_ATTRIBUTE_MULTIPROCESSOR_COUNT, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
SAME(LT_CUDA_ATTRIBUTE_COMPUTE_MODE, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE);
SAME(LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME(LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
SAME(LT_CUDA_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
SAME(LT_CUDA_COMPUTE_MODE_DEFAULT, CU_COMPUTEMODE_DEFAULT);
SAME(LT_CUDA_COMPUTE_MODE_PROHIBITED, CU_COMPUTEMODE_PROHIBITED);
SAME(LT_CUDA_COMPUTE_MODE_EXCLUSIVE_PROCESS, CU_COMPUTEMODE_EXCLUSIVE_PROCESS);
SAME(LT_CUDA_STREAM_NON_BLOCKING, CU_STREAM_NON_BLOCKING);
SAME(LT_CUDA_EVENT_DEFAULT, CU_EVENT_DEFAULT);
SAME(LT_CUDA_EVENT_DISABLE_TIMING, CU_EVENT_DISABLE_TIMING);
SAME(LT_CUDA_CAPTURE_THREAD_LOCAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
SAME(LT_CUDA_FUNCTION_MAX_DYNAMIC_SHARED_MEMORY, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
SAME(LT_CUDA_LAUNCH_END, CU_LAUNCH_PARAM_END_AS_INT);
SAME(LT_CUDA_LAUNCH_BUFFER_POINTER, CU_LAUNCH_PARAM_BUFFER_POINTER_AS_INT);
SAME(LT_CUDA_LAUNCH_BUFFER_SIZE, CU_LAUNCH_PARAM_BUFFER_SIZE_AS_INT);
SAME(LT_NVRTC_SUCCESS, NVRTC_SUCCESS);
SAME(LT_NVRTC_COMPILATION_FAILED, NVRTC_ERROR_COMPILATION);
SAME(LT_CUBLAS_SUCCESS, CUBLAS_STATUS_SUCCESS);
SAME(LT_CUBLAS_ALLOC_FAILED, CUBLAS_STATUS_ALLOC_FAILED);
SAME(LT_CUBLAS_NOT_SUPPORTED, CUBLAS_STATUS_NOT_SUPPORTED);
SAME(LT_CUDA_R_32F, CUDA_R_32F);
SAME(LT_CUDA_R_16F, CUDA_R_16F);
SAME(LT_CUDA_R_16BF, CUDA_R_16BF);
SAME(LT_CUBLAS_COMPUTE_32F, CUBLAS_COMPUTE_32F);
SAME(LT_CUBLAS_COMPUTE_32F_PEDANTIC, CUBLAS_COMPUTE_32F_PEDANTIC);
SAME(LT_CUBLAS_COMPUTE_32F_FAST_TF32, CUBLAS_COMPUTE_32F_FAST_TF32);
SAME(LT_CUBLAS_NOT_TRANSPOSED, CUBLAS_OP_N);
SAME(LT_CUBLAS_TRANSPOSED, CUBLAS_OP_T);
SAME(LT_CUBLASLT_DESC_TRANSA, CUBLASLT_MATMUL_DESC_TRANSA);
SAME(LT_CUBLASLT_DESC_TRANSB, CUBLASLT_MATMUL_DESC_TRANSB);
SAME(LT_CUBLASLT_DESC_EPILOGUE, CUBLASLT_MATMUL_DESC_EPILOGUE);
SAME(LT_CUBLASLT_DESC_BIAS_POINTER, CUBLASLT_MATMUL_DESC_BIAS_POINTER);
SAME(LT_CUBLASLT_DESC_BIAS_DATA_TYPE, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE);
SAME(LT_CUBLASLT_LAYOUT_BATCH_COUNT, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT);
SAME(LT_CUBLASLT_LAYOUT_STRIDED_BATCH_OFFSET, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET);
SAME(LT_CUBLASLT_EPILOGUE_DEFAULT, CUBLASLT_EPILOGUE_DEFAULT);
SAME(LT_CUBLASLT_EPILOGUE_RELU, CUBLASLT_EPILOGUE_RELU);
SAME(LT_CUBLASLT_EPILOGUE_BIAS, CUBLASLT_EPILOGUE_BIAS);
SAME(LT_CUBLASLT_EPILOGUE_RELU_BIAS, CUBLASLT_EPILOGUE_RELU_BIAS);
SAME(LT_CUBLASLT_PREFERENCE_MAX_WORKSPACE_BYTES, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
SAME(LT_CUBLASLT_PREFERENCE_REDUCTION_SCHEME_MASK, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
SAME(LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES);
SAME(LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_B_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES);
SAME(LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES);
SAME(LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_D_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES);
SAME(LT_CUBLASLT_REDUCTION_NONE, CUBLASLT_REDUCTION_SCHEME_NONE);
SAME(LT_CUBLASLT_REDUCTION_INPLACE, CUBLASLT_REDUCTION_SCHEME_INPLACE);
SAME(LT_CUBLASLT_REDUCTION_COMPUTE_TYPE, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
SAME(LT_CUBLASLT_REDUCTION_OUTPUT_TYPE, CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE);
SAME(LT_CUDNN_SUCCESS, CUDNN_STATUS_SUCCESS);
SAME(LT_CUDNN_NOT_SUPPORTED, CUDNN_STATUS_NOT_SUPPORTED);
SAME(LT_CUDNN_HOST_ALLOCATION_FAILED, CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED);
SAME(LT_CUDNN_DEVICE_ALLOCATION_FAILED, CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED);
SAME(LT_CUDNN_FLOAT, CUDNN_DATA_FLOAT);
SAME(LT_CUDNN_HALF, CUDNN_DATA_HALF);
SAME(LT_CUDNN_BFLOAT16, CUDNN_DATA_BFLOAT16);
SAME(LT_CUDNN_CROSS_CORRELATION, CUDNN_CROSS_CORRELATION);
SAME(LT_CUDNN_POINTWISE_ADD, CUDNN_POINTWISE_ADD);
SAME(LT_CUDNN_POINTWISE_RELU_FWD, CUDNN_POINTWISE_RELU_FWD);
SAME(LT_CUDNN_HEURISTIC_FALLBACK, CUDNN_HEUR_MODE_FALLBACK);
SAME(LT_CUDNN_HEURISTIC_A, CUDNN_HEUR_MODE_A);
SAME(LT_CUDNN_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
SAME(LT_CUDNN_NOTE_DOWN_CONVERT_INPUTS, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS);
SAME(LT_CUDNN_NOTE_REDUCED_PRECISION_REDUCTION, CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION);
SAME(LT_CUDNN_NOTE_FFT, CUDNN_NUMERICAL_NOTE_FFT);
SAME(LT_CUDNN_NOTE_NONDETERMINISTIC, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
SAME(LT_CUDNN_NOTE_WINOGRAD, CUDNN_NUMERICAL_NOTE_WINOGRAD);
SAME(LT_CUDNN_NOTE_WINOGRAD_TILE_4X4, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4);
SAME(LT_CUDNN_NOTE_WINOGRAD_TILE_6X6, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6);
SAME(LT_CUDNN_NOTE_WINOGRAD_TILE_13X13, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13);
SAME(LT_CUDNN_NOTE_COUNT, CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
SAME(LT_CUDNN_TYPE_HANDLE, CUDNN_TYPE_HANDLE);
SAME(LT_CUDNN_TYPE_DATA_TYPE, CUDNN_TYPE_DATA_TYPE);
SAME(LT_CUDNN_TYPE_BOOLEAN, CUDNN_TYPE_BOOLEAN);
SAME(LT_CUDNN_TYPE_INT64, CUDNN_TYPE_INT64);
SAME(LT_CUDNN_TYPE_FLOAT, CUDNN_TYPE_FLOAT);
SAME(LT_CUDNN_TYPE_VOID_PTR, CUDNN_TYPE_VOID_PTR);
SAME(LT_CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_TYPE_CONVOLUTION_MODE);
SAME(LT_CUDNN_TYPE_HEURISTIC_MODE, CUDNN_TYPE_HEUR_MODE);
SAME(LT_CUDNN_TYPE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE);
SAME(LT_CUDNN_TYPE_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE);
SAME(LT_CUDNN_TYPE_DESCRIPTOR, CUDNN_TYPE_BACKEND_DESCRIPTOR);
SAME(LT_CUDNN_POINTWISE, CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
SAME(LT_CUDNN_CONVOLUTION, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
SAME(LT_CUDNN_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
SAME(LT_CUDNN_ENGINE_CONFIG, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
SAME(LT_CUDNN_ENGINE_HEURISTIC, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
SAME(LT_CUDNN_EXECUTION_PLAN, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
SAME(LT_CUDNN_OPERATION_CONVOLUTION_FORWARD, CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR);
SAME(LT_CUDNN_OPERATION_CONVOLUTION_BACKWARD_FILTER, CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR);
SAME(LT_CUDNN_OPERATION_CONVOLUTION_BACKWARD_DATA, CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR);
SAME(LT_CUDNN_OPERATION_POINTWISE, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
SAME(LT_CUDNN_OPERATION_GRAPH, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
SAME(LT_CUDNN_VARIANT_PACK, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
SAME(LT_CUDNN_TENSOR, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
SAME(LT_CUDNN_POINTWISE_MODE, CUDNN_ATTR_POINTWISE_MODE);
SAME(LT_CUDNN_POINTWISE_MATH_PRECISION, CUDNN_ATTR_POINTWISE_MATH_PREC);
SAME(LT_CUDNN_CONVOLUTION_COMPUTE_TYPE, CUDNN_ATTR_CONVOLUTION_COMP_TYPE);
SAME(LT_CUDNN_CONVOLUTION_MODE, CUDNN_ATTR_CONVOLUTION_CONV_MODE);
SAME(LT_CUDNN_CONVOLUTION_DILATIONS, CUDNN_ATTR_CONVOLUTION_DILATIONS);
SAME(LT_CUDNN_CONVOLUTION_STRIDES, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES);
SAME(LT_CUDNN_CONVOLUTION_POST_PADDINGS, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS);
SAME(LT_CUDNN_CONVOLUTION_PRE_PADDINGS, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
SAME(LT_CUDNN_CONVOLUTION_SPATIAL_DIMENSIONS, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS);
SAME(LT_CUDNN_HEURISTIC_MODE, CUDNN_ATTR_ENGINEHEUR_MODE);
SAME(LT_CUDNN_HEURISTIC_OPERATION_GRAPH, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
SAME(LT_CUDNN_HEURISTIC_RESULTS, CUDNN_ATTR_ENGINEHEUR_RESULTS);
SAME(LT_CUDNN_ENGINE_CONFIG_ENGINE, CUDNN_ATTR_ENGINECFG_ENGINE);
SAME(LT_CUDNN_EXECUTION_PLAN_HANDLE, CUDNN_ATTR_EXECUTION_PLAN_HANDLE);
SAME(LT_CUDNN_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
SAME(LT_CUDNN_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
SAME(LT_CUDNN_FORWARD_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA);
SAME(LT_CUDNN_FORWARD_BETA, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA);
SAME(LT_CUDNN_FORWARD_CONVOLUTION, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC);
SAME(LT_CUDNN_FORWARD_W, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W);
SAME(LT_CUDNN_FORWARD_X, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X);
SAME(LT_CUDNN_FORWARD_Y, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y);
SAME(LT_CUDNN_BACKWARD_FILTER_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA);
SAME(LT_CUDNN_BACKWARD_FILTER_BETA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA);
SAME(LT_CUDNN_BACKWARD_FILTER_CONVOLUTION, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC);
SAME(LT_CUDNN_BACKWARD_FILTER_DW, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW);
SAME(LT_CUDNN_BACKWARD_FILTER_X, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X);
SAME(LT_CUDNN_BACKWARD_FILTER_DY, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY);
SAME(LT_CUDNN_OPERATION_POINTWISE_DESCRIPTION, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
SAME(LT_CUDNN_OPERATION_POINTWISE_X, CUDNN_ATTR_OPERATION_POINTWISE_XDESC);
SAME(LT_CUDNN_OPERATION_POINTWISE_B, CUDNN_ATTR_OPERATION_POINTWISE_BDESC);
SAME(LT_CUDNN_OPERATION_POINTWISE_Y, CUDNN_ATTR_OPERATION_POINTWISE_YDESC);
SAME(LT_CUDNN_GRAPH_HANDLE, CUDNN_ATTR_OPERATIONGRAPH_HANDLE);
SAME(LT_CUDNN_GRAPH_OPERATIONS, CUDNN_ATTR_OPERATIONGRAPH_OPS);
SAME(LT_CUDNN_TENSOR_BYTE_ALIGNMENT, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT);
SAME(LT_CUDNN_TENSOR_DATA_TYPE, CUDNN_ATTR_TENSOR_DATA_TYPE);
SAME(LT_CUDNN_TENSOR_DIMENSIONS, CUDNN_ATTR_TENSOR_DIMENSIONS);
SAME(LT_CUDNN_TENSOR_STRIDES, CUDNN_ATTR_TENSOR_STRIDES);
SAME(LT_CUDNN_TENSOR_UNIQUE_ID, CUDNN_ATTR_TENSOR_UNIQUE_ID);
SAME(LT_CUDNN_TENSOR_IS_VIRTUAL, CUDNN_ATTR_TENSOR_IS_VIRTUAL);
SAME(LT_CUDNN_VARIANT_PACK_UNIQUE_IDS, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
SAME(LT_CUDNN_VARIANT_PACK_DATA_POINTERS, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
SAME(LT_CUDNN_VARIANT_PACK_WORKSPACE, CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
SAME(LT_CUDNN_ENGINE_NUMERICAL_NOTE, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE);

SAME_SIZE(lt_cuda_result, CUresult);
SAME_SIZE(lt_cuda_device, CUdevice);
SAME_SIZE(lt_cuda_address, CUdeviceptr);
SAME_SIZE(lt_nvrtc_result, nvrtcResult);
SAME_SIZE(lt_cublas_status, cublasStatus_t);
SAME_SIZE(lt_cudnn_status, cudnnStatus_t);
SAME_SIZE(lt_cudnn_descriptor, cudnnBackendDescriptor_t);
SAME_SIZE(lt_cublaslt_heuristic, cublasLtMatmulHeuristicResult_t);
SAME(offsetof(lt_cublaslt_heuristic, workspace_bytes), offsetof(cublasLtMatmulHeuristicResult_t, workspaceSize));
SAME(offsetof(lt_cublaslt_heuristic, status), offsetof(cublasLtMatmulHeuristicResult_t, state));

// Each function is called with our types and made a pointer of ours: a wrong number, width or kind of parameter does not
// compile. Enumerations and handles, which the headers give types of their own, are cast.
#define CHECK(pointer, parameters, call) \
    static int32_t check_##pointer parameters { return (int32_t)(call); } \
    static const pointer pointer##_checked = check_##pointer;
#define CHECK_NAMED(name, pointer, parameters, call) \
    static int32_t check_##name parameters { return (int32_t)(call); } \
    static const pointer name##_checked = check_##name;

CHECK(lt_cu_init, (unsigned int flags), cuInit(flags))
CHECK(lt_cu_driver_get_version, (int *version), cuDriverGetVersion(version))
CHECK_NAMED(name, lt_cu_get_error_text, (lt_cuda_result r, const char **t), cuGetErrorName((CUresult)r, t))
CHECK_NAMED(text, lt_cu_get_error_text, (lt_cuda_result r, const char **t), cuGetErrorString((CUresult)r, t))
CHECK(lt_cu_device_get_count, (int *count), cuDeviceGetCount(count))
CHECK(lt_cu_device_get, (lt_cuda_device *device, int ordinal), cuDeviceGet(device, ordinal))
CHECK(lt_cu_device_get_name, (char *name, int length, lt_cuda_device d), cuDeviceGetName(name, length, d))
CHECK(lt_cu_device_total_mem, (size_t *bytes, lt_cuda_device d), cuDeviceTotalMem(bytes, d))
CHECK(lt_cu_device_get_attribute, (int *value, int32_t a, lt_cuda_device d),
      cuDeviceGetAttribute(value, (CUdevice_attribute)a, d))
CHECK(lt_cu_primary_context_retain, (lt_cuda_context *c, lt_cuda_device d), cuDevicePrimaryCtxRetain(c, d))
CHECK(lt_cu_primary_context_release, (lt_cuda_device d), cuDevicePrimaryCtxRelease(d))
CHECK(lt_cu_context_set_current, (lt_cuda_context c), cuCtxSetCurrent(c))
CHECK(lt_cu_mem_get_info, (size_t *free, size_t *total), cuMemGetInfo(free, total))
CHECK(lt_cu_mem_alloc, (lt_cuda_address *address, size_t bytes), cuMemAlloc(address, bytes))
CHECK(lt_cu_mem_free, (lt_cuda_address address), cuMemFree(address))
CHECK(lt_cu_mem_host_alloc, (void **address, size_t bytes, unsigned int f), cuMemHostAlloc(address, bytes, f))
CHECK(lt_cu_mem_free_host, (void *address), cuMemFreeHost(address))
CHECK(lt_cu_copy_to_device, (lt_cuda_address to, const void *from, size_t bytes, lt_cuda_stream s),
      cuMemcpyHtoDAsync(to, from, bytes, s))
CHECK(lt_cu_copy_to_host, (void *to, lt_cuda_address from, size_t bytes, lt_cuda_stream s),
      cuMemcpyDtoHAsync(to, from, bytes, s))
CHECK(lt_cu_memset, (lt_cuda_address to, unsigned char value, size_t bytes, lt_cuda_stream s),
      cuMemsetD8Async(to, value, bytes, s))
CHECK(lt_cu_stream_create, (lt_cuda_stream *s, unsigned int flags), cuStreamCreate(s, flags))
CHECK_NAMED(stream_destroy, lt_cu_stream_call, (lt_cuda_stream s), cuStreamDestroy(s))
CHECK_NAMED(stream_synchronize, lt_cu_stream_call, (lt_cuda_stream s), cuStreamSynchronize(s))
CHECK(lt_cu_event_create, (lt_cuda_event *e, unsigned int flags), cuEventCreate(e, flags))
CHECK_NAMED(event_destroy, lt_cu_event_call, (lt_cuda_event e), cuEventDestroy(e))
CHECK_NAMED(event_synchronize, lt_cu_event_call, (lt_cuda_event e), cuEventSynchronize(e))
CHECK(lt_cu_event_record, (lt_cuda_event e, lt_cuda_stream s), cuEventRecord(e, s))
CHECK(lt_cu_stream_wait_event, (lt_cuda_stream s, lt_cuda_event e, unsigned int flags), cuStreamWaitEvent(s, e, flags))
CHECK(lt_cu_event_elapsed_time, (float *ms, lt_cuda_event a, lt_cuda_event b), cuEventElapsedTime(ms, a, b))
CHECK(lt_cu_module_load_data, (lt_cuda_module *m, const void *image), cuModuleLoadData(m, image))
CHECK(lt_cu_module_unload, (lt_cuda_module m), cuModuleUnload(m))
CHECK(lt_cu_module_get_function, (lt_cuda_function *f, lt_cuda_module m, const char *name),
      cuModuleGetFunction(f, m, name))
CHECK(lt_cu_function_set_attribute, (lt_cuda_function f, int32_t a, int value),
      cuFuncSetAttribute(f, (CUfunction_attribute)a, value))
CHECK(lt_cu_launch_kernel,
      (lt_cuda_function f, unsigned int gx, unsigned int gy, unsigned int gz, unsigned int bx, unsigned int by,
       unsigned int bz, unsigned int shared, lt_cuda_stream s, void **parameters, void **extra),
      cuLaunchKernel(f, gx, gy, gz, bx, by, bz, shared, s, parameters, extra))
CHECK(lt_cu_stream_begin_capture, (lt_cuda_stream s, int32_t mode),
      cuStreamBeginCapture(s, (CUstreamCaptureMode)mode))
CHECK(lt_cu_stream_end_capture, (lt_cuda_stream s, lt_cuda_graph *g), cuStreamEndCapture(s, g))
CHECK(lt_cu_graph_instantiate, (lt_cuda_graph_executable *e, lt_cuda_graph g, unsigned long long flags),
      cuGraphInstantiateWithFlags(e, g, flags))
CHECK(lt_cu_graph_launch, (lt_cuda_graph_executable e, lt_cuda_stream s), cuGraphLaunch(e, s))
CHECK(lt_cu_graph_executable_destroy, (lt_cuda_graph_executable e), cuGraphExecDestroy(e))
CHECK(lt_cu_graph_destroy, (lt_cuda_graph g), cuGraphDestroy(g))

CHECK(lt_nvrtc_version, (int *major, int *minor), nvrtcVersion(major, minor))
CHECK(lt_nvrtc_create_program,
      (lt_nvrtc_program *p, const char *source, const char *name, int count, const char *const *headers,
       const char *const *names),
      nvrtcCreateProgram(p, source, name, count, headers, names))
CHECK(lt_nvrtc_destroy_program, (lt_nvrtc_program *p), nvrtcDestroyProgram(p))
CHECK(lt_nvrtc_compile_program, (lt_nvrtc_program p, int count, const char *const *options),
      nvrtcCompileProgram(p, count, options))
CHECK_NAMED(cubin_size, lt_nvrtc_get_size, (lt_nvrtc_program p, size_t *bytes), nvrtcGetCUBINSize(p, bytes))
CHECK_NAMED(log_size, lt_nvrtc_get_size, (lt_nvrtc_program p, size_t *bytes), nvrtcGetProgramLogSize(p, bytes))
CHECK_NAMED(cubin, lt_nvrtc_get_bytes, (lt_nvrtc_program p, char *bytes), nvrtcGetCUBIN(p, bytes))
CHECK_NAMED(log, lt_nvrtc_get_bytes, (lt_nvrtc_program p, char *bytes), nvrtcGetProgramLog(p, bytes))

CHECK(lt_cublaslt_create, (lt_cublaslt_handle *h), cublasLtCreate(h))
CHECK(lt_cublaslt_destroy, (lt_cublaslt_handle h), cublasLtDestroy(h))
CHECK(lt_cublaslt_layout_create,
      (lt_cublaslt_layout *l, int32_t type, uint64_t rows, uint64_t columns, int64_t leading),
      cublasLtMatrixLayoutCreate((cublasLtMatrixLayout_t *)l, (cudaDataType)type, rows, columns, leading))
CHECK(lt_cublaslt_layout_destroy, (lt_cublaslt_layout l), cublasLtMatrixLayoutDestroy((cublasLtMatrixLayout_t)l))
CHECK(lt_cublaslt_layout_set_attribute, (lt_cublaslt_layout l, int32_t attribute, const void *value, size_t bytes),
      cublasLtMatrixLayoutSetAttribute(
          (cublasLtMatrixLayout_t)l, (cublasLtMatrixLayoutAttribute_t)attribute, value, bytes))
CHECK(lt_cublaslt_description_create, (lt_cublaslt_description *d, int32_t compute, int32_t scale),
      cublasLtMatmulDescCreate((cublasLtMatmulDesc_t *)d, (cublasComputeType_t)compute, (cudaDataType)scale))
CHECK(lt_cublaslt_description_destroy, (lt_cublaslt_description d),
      cublasLtMatmulDescDestroy((cublasLtMatmulDesc_t)d))
CHECK(lt_cublaslt_description_set_attribute,
      (lt_cublaslt_description d, int32_t attribute, const void *value, size_t bytes),
      cublasLtMatmulDescSetAttribute(
          (cublasLtMatmulDesc_t)d, (cublasLtMatmulDescAttributes_t)attribute, value, bytes))
CHECK(lt_cublaslt_preference_create, (lt_cublaslt_preference *p),
      cublasLtMatmulPreferenceCreate((cublasLtMatmulPreference_t *)p))
CHECK(lt_cublaslt_preference_destroy, (lt_cublaslt_preference p),
      cublasLtMatmulPreferenceDestroy((cublasLtMatmulPreference_t)p))
CHECK(lt_cublaslt_preference_set_attribute,
      (lt_cublaslt_preference p, int32_t attribute, const void *value, size_t bytes),
      cublasLtMatmulPreferenceSetAttribute(
          (cublasLtMatmulPreference_t)p, (cublasLtMatmulPreferenceAttributes_t)attribute, value, bytes))
CHECK(lt_cublaslt_get_heuristic,
      (lt_cublaslt_handle h, lt_cublaslt_description d, lt_cublaslt_layout a, lt_cublaslt_layout b,
       lt_cublaslt_layout c, lt_cublaslt_layout y, lt_cublaslt_preference p, int requested,
       lt_cublaslt_heuristic *results, int *returned),
      cublasLtMatmulAlgoGetHeuristic(
          h, (cublasLtMatmulDesc_t)d, (cublasLtMatrixLayout_t)a, (cublasLtMatrixLayout_t)b, (cublasLtMatrixLayout_t)c,
          (cublasLtMatrixLayout_t)y, (cublasLtMatmulPreference_t)p, requested,
          (cublasLtMatmulHeuristicResult_t *)results, returned))
CHECK(lt_cublaslt_multiply,
      (lt_cublaslt_handle h, lt_cublaslt_description d, const void *alpha, const void *a, lt_cublaslt_layout al,
       const void *b, lt_cublaslt_layout bl, const void *beta, const void *c, lt_cublaslt_layout cl, void *y,
       lt_cublaslt_layout yl, const lt_cublaslt_algorithm *algorithm, void *workspace, size_t bytes, lt_cuda_stream s),
      cublasLtMatmul(
          h, (cublasLtMatmulDesc_t)d, alpha, a, (cublasLtMatrixLayout_t)al, b, (cublasLtMatrixLayout_t)bl, beta, c,
          (cublasLtMatrixLayout_t)cl, y, (cublasLtMatrixLayout_t)yl, (const cublasLtMatmulAlgo_t *)algorithm, workspace,
          bytes, s))

CHECK(lt_cudnn_create, (lt_cudnn_handle *h), cudnnCreate(h))
CHECK(lt_cudnn_destroy, (lt_cudnn_handle h), cudnnDestroy(h))
CHECK(lt_cudnn_set_stream, (lt_cudnn_handle h, lt_cuda_stream s), cudnnSetStream(h, s))
CHECK(lt_cudnn_descriptor_create, (int32_t type, lt_cudnn_descriptor *d),
      cudnnBackendCreateDescriptor((cudnnBackendDescriptorType_t)type, d))
CHECK_NAMED(finalize, lt_cudnn_descriptor_call, (lt_cudnn_descriptor d), cudnnBackendFinalize(d))
CHECK_NAMED(descriptor_destroy, lt_cudnn_descriptor_call, (lt_cudnn_descriptor d), cudnnBackendDestroyDescriptor(d))
CHECK(lt_cudnn_set_attribute,
      (lt_cudnn_descriptor d, int32_t attribute, int32_t type, int64_t count, const void *values),
      cudnnBackendSetAttribute(
          d, (cudnnBackendAttributeName_t)attribute, (cudnnBackendAttributeType_t)type, count, values))
CHECK(lt_cudnn_get_attribute,
      (lt_cudnn_descriptor d, int32_t attribute, int32_t type, int64_t requested, int64_t *count, void *values),
      cudnnBackendGetAttribute(
          d, (cudnnBackendAttributeName_t)attribute, (cudnnBackendAttributeType_t)type, requested, count, values))
CHECK(lt_cudnn_execute, (lt_cudnn_handle h, lt_cudnn_descriptor plan, lt_cudnn_descriptor pack),
      cudnnBackendExecute(h, plan, pack))

// These return no status.
static size_t cublas_version(void) { return cublasLtGetVersion(); }
static const lt_cublaslt_get_version cublas_version_checked = cublas_version;
static const char *cublas_text(lt_cublas_status s) { return cublasLtGetStatusString((cublasStatus_t)s); }
static const lt_cublaslt_get_status_string cublas_text_checked = cublas_text;
static const char *nvrtc_text(lt_nvrtc_result r) { return nvrtcGetErrorString((nvrtcResult)r); }
static const lt_nvrtc_get_error_string nvrtc_text_checked = nvrtc_text;
static size_t cudnn_version(void) { return cudnnGetVersion(); }
static const lt_cudnn_get_version cudnn_version_checked = cudnn_version;
static const char *cudnn_text(lt_cudnn_status s) { return cudnnGetErrorString((cudnnStatus_t)s); }
static const lt_cudnn_get_error_string cudnn_text_checked = cudnn_text;
static void cudnn_last_text(char *message, size_t bytes) { cudnnGetLastErrorString(message, bytes); }
static const lt_cudnn_get_last_error_string cudnn_last_text_checked = cudnn_last_text;
