// cuBLASLt's stand-in: plain products, summed in double precision.
#include <stdlib.h>
#include <string.h>

#include "standin.h"

struct cublasLtContext {
    int alive;
};
struct lt_cublaslt_layout_opaque {
    int32_t type, batch;
    int64_t rows, columns, leading, batch_stride;
};
struct lt_cublaslt_description_opaque {
    int32_t compute, transposed_a, transposed_b, epilogue, bias_type;
    uint64_t bias;
};
struct lt_cublaslt_preference_opaque {
    uint64_t workspace;
    uint32_t alignment[4];
};

EXPORT size_t cublasLtGetVersion(void) { return 130000; }
EXPORT const char *cublasLtGetStatusString(int status) { return status ? "as the test wanted" : "success"; }
EXPORT int cublasLtCreate(lt_cublaslt_handle *handle) {
    int result = standin()->called("cublasLtCreate");
    if (result) return result;
    *handle = calloc(1, sizeof **handle);
    (*handle)->alive = 1;
    return 0;
}
EXPORT int cublasLtDestroy(lt_cublaslt_handle handle) {
    free(handle);
    return 0;
}
EXPORT int cublasLtMatrixLayoutCreate(
    lt_cublaslt_layout *layout, int32_t type, uint64_t rows, uint64_t columns, int64_t leading) {
    if (leading < (int64_t)rows) standin()->violation("a matrix's columns overlap");
    *layout = malloc(sizeof **layout);
    **layout = (struct lt_cublaslt_layout_opaque){type, 1, (int64_t)rows, (int64_t)columns, leading, 0};
    return 0;
}
EXPORT int cublasLtMatrixLayoutDestroy(lt_cublaslt_layout layout) {
    free(layout);
    return 0;
}
EXPORT int cublasLtMatrixLayoutSetAttribute(lt_cublaslt_layout l, int32_t attribute, const void *value, size_t bytes) {
    if (attribute == LT_CUBLASLT_LAYOUT_BATCH_COUNT && bytes == 4) memcpy(&l->batch, value, 4);
    else if (attribute == LT_CUBLASLT_LAYOUT_STRIDED_BATCH_OFFSET && bytes == 8) memcpy(&l->batch_stride, value, 8);
    else standin()->violation("cublasLtMatrixLayoutSetAttribute: %d of %zu bytes", attribute, bytes);
    return 0;
}
EXPORT int cublasLtMatmulDescCreate(lt_cublaslt_description *description, int32_t compute, int32_t scale) {
    if (scale != LT_CUDA_R_32F) standin()->violation("alpha and beta are float32");
    *description = calloc(1, sizeof **description);
    (*description)->compute = compute;
    (*description)->epilogue = LT_CUBLASLT_EPILOGUE_DEFAULT;
    (*description)->bias_type = -1;
    return 0;
}
EXPORT int cublasLtMatmulDescDestroy(lt_cublaslt_description description) {
    free(description);
    return 0;
}
EXPORT int cublasLtMatmulDescSetAttribute(
    lt_cublaslt_description d, int32_t attribute, const void *value, size_t bytes) {
    void *field = NULL;
    switch (attribute) {
    case LT_CUBLASLT_DESC_TRANSA: field = &d->transposed_a; break;
    case LT_CUBLASLT_DESC_TRANSB: field = &d->transposed_b; break;
    case LT_CUBLASLT_DESC_EPILOGUE: field = &d->epilogue; break;
    case LT_CUBLASLT_DESC_BIAS_DATA_TYPE: field = &d->bias_type; break;
    case LT_CUBLASLT_DESC_BIAS_POINTER: field = &d->bias; break;
    }
    if (!field || bytes != (attribute == LT_CUBLASLT_DESC_BIAS_POINTER ? 8u : 4u))
        standin()->violation("cublasLtMatmulDescSetAttribute: %d of %zu bytes", attribute, bytes);
    else
        memcpy(field, value, bytes);
    return 0;
}
EXPORT int cublasLtMatmulPreferenceCreate(lt_cublaslt_preference *preference) {
    *preference = calloc(1, sizeof **preference);
    return 0;
}
EXPORT int cublasLtMatmulPreferenceDestroy(lt_cublaslt_preference preference) {
    free(preference);
    return 0;
}
EXPORT int cublasLtMatmulPreferenceSetAttribute(
    lt_cublaslt_preference p, int32_t attribute, const void *value, size_t bytes) {
    if (attribute == LT_CUBLASLT_PREFERENCE_MAX_WORKSPACE_BYTES && bytes == 8) memcpy(&p->workspace, value, 8);
    else if (bytes != 4) standin()->violation("cublasLtMatmulPreferenceSetAttribute: %zu bytes", bytes);
    else if (attribute >= LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_A_BYTES)
        memcpy(&p->alignment[attribute - LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_A_BYTES], value, 4);
    return 0;
}

/// The algorithm remembers what it was chosen for, so that another use shows.
EXPORT int cublasLtMatmulAlgoGetHeuristic(
    lt_cublaslt_handle handle, lt_cublaslt_description description, lt_cublaslt_layout a, lt_cublaslt_layout b,
    lt_cublaslt_layout c, lt_cublaslt_layout d, lt_cublaslt_preference preference, int requested,
    lt_cublaslt_heuristic *results, int *returned) {
    (void)c;
    int result = standin()->called("cublasLtMatmulAlgoGetHeuristic");
    if (result) return result;
    if (!handle->alive || requested < 1) standin()->violation("cublasLtMatmulAlgoGetHeuristic: handle or count");
    *returned = 0;
    if (standin()->setting("no fused products") && description->epilogue != LT_CUBLASLT_EPILOGUE_DEFAULT)
        return LT_CUBLAS_NOT_SUPPORTED;
    memset(results, 0, sizeof *results);
    results->algorithm.data[0] = 1 + (uint64_t)(a->rows * 31 + b->columns * 7 + d->rows);
    for (int i = 0; i < 4; i++) results->algorithm.data[1 + i] = preference->alignment[i];
    results->workspace_bytes = 1024;
    *returned = 1;
    return 0;
}

typedef struct {
    struct lt_cublaslt_description_opaque description;
    struct lt_cublaslt_layout_opaque a, b, d;
    const void *a_data, *b_data;
    void *d_data;
} product;

static double element(const struct lt_cublaslt_layout_opaque *l, int transposed, const void *base, int64_t row,
                      int64_t column, int64_t batch) {
    int64_t r = transposed ? column : row, c = transposed ? row : column;
    return standin_load(l->type, base, batch * l->batch_stride + c * l->leading + r);
}

static size_t extent(const struct lt_cublaslt_layout_opaque *l) {
    int64_t last = (l->batch - 1) * l->batch_stride + (l->columns - 1) * l->leading + l->rows;
    return (size_t)last * (l->type == LT_CUDA_R_32F ? 4 : 2);
}

static void run_product(void *data) {
    const product *p = data;
    const struct lt_cublaslt_description_opaque *how = &p->description;
    if (!standin()->check_range("A when it runs", (uint64_t)p->a_data, extent(&p->a)) ||
        !standin()->check_range("B when it runs", (uint64_t)p->b_data, extent(&p->b)) ||
        !standin()->check_range("D when it runs", (uint64_t)p->d_data, extent(&p->d)))
        return;
    int64_t inner = how->transposed_a ? p->a.rows : p->a.columns;
    for (int64_t batch = 0; batch < p->d.batch; batch++)
        for (int64_t column = 0; column < p->d.columns; column++)
            for (int64_t row = 0; row < p->d.rows; row++) {
                double sum = how->epilogue & LT_CUBLASLT_EPILOGUE_BIAS ? ((const float *)how->bias)[row] : 0;
                for (int64_t k = 0; k < inner; k++)
                    sum += element(&p->a, how->transposed_a, p->a_data, row, k, batch) *
                           element(&p->b, how->transposed_b, p->b_data, k, column, batch);
                if (how->epilogue & LT_CUBLASLT_EPILOGUE_RELU && sum < 0) sum = 0;
                standin_store(
                    p->d.type, p->d_data, batch * p->d.batch_stride + column * p->d.leading + row, sum);
            }
}

EXPORT int cublasLtMatmul(
    lt_cublaslt_handle handle, lt_cublaslt_description description, const void *alpha, const void *a,
    lt_cublaslt_layout al, const void *b, lt_cublaslt_layout bl, const void *beta, const void *c, lt_cublaslt_layout cl,
    void *d, lt_cublaslt_layout dl, const lt_cublaslt_algorithm *algorithm, void *workspace, size_t bytes,
    lt_cuda_stream stream) {
    (void)cl;
    int result = standin()->called("cublasLtMatmul");
    if (result) return result;
    const standin_driver *driver = standin();
    int64_t m = description->transposed_a ? al->columns : al->rows, k = description->transposed_a ? al->rows : al->columns;
    int64_t n = description->transposed_b ? bl->rows : bl->columns;
    int64_t inner = description->transposed_b ? bl->columns : bl->rows;
    if (m != dl->rows || n != dl->columns || k != inner || al->batch != dl->batch || bl->batch != dl->batch)
        driver->violation("cublasLtMatmul: the shapes do not fit");
    if (*(const float *)alpha != 1 || *(const float *)beta != 0 || c != d || al->type != bl->type)
        driver->violation("cublasLtMatmul: alpha, beta, C or the types");
    if (!handle->alive || algorithm->data[0] != 1 + (uint64_t)(al->rows * 31 + bl->columns * 7 + dl->rows))
        driver->violation("cublasLtMatmul: the algorithm was chosen for another product");
    const void *addresses[] = {a, b, c, d};
    for (int i = 0; i < 4; i++)
        if (algorithm->data[1 + i] && (uint64_t)addresses[i] % algorithm->data[1 + i])
            driver->violation("cublasLtMatmul: operand %d is less aligned than was said", i);
    driver->check_range("A", (uint64_t)a, extent(al));
    driver->check_range("B", (uint64_t)b, extent(bl));
    driver->check_range("D", (uint64_t)d, extent(dl));
    driver->check_range("the workspace", (uint64_t)workspace, bytes);
    if (description->epilogue & LT_CUBLASLT_EPILOGUE_BIAS) {
        driver->check_range("the bias", description->bias, (size_t)dl->rows * 4);
        if (description->bias_type != LT_CUDA_R_32F) driver->violation("cublasLtMatmul: the bias is float32");
    }
    product p = {*description, *al, *bl, *dl, a, b, d};
    driver->enqueue(stream, run_product, &p, sizeof p);
    return 0;
}
