// cuDNN's stand-in: keeps descriptors as they are set and computes the graphs it knows, summed in double precision.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standin.h"

struct cudnnContext {
    lt_cuda_stream stream;
};

typedef struct {
    int32_t name, type;
    int64_t count;
    uint8_t values[256];
} attribute;
typedef struct descriptor {
    int32_t type;
    int final, used;
    /// A configuration's and an engine's number, and a configuration's graph.
    int engine;
    const struct descriptor *graph;
    attribute attributes[16];
} descriptor;

static char last_error[256];
static int live_descriptors;

static int refuse(int status, const char *why) {
    snprintf(last_error, sizeof last_error, "%s", why);
    return status;
}

EXPORT size_t cudnnGetVersion(void) { return 91000; }
EXPORT const char *cudnnGetErrorString(int status) { return status ? "CUDNN_STATUS_STAND_IN" : "CUDNN_STATUS_SUCCESS"; }
EXPORT void cudnnGetLastErrorString(char *text, size_t bytes) { snprintf(text, bytes, "%s", last_error); }
EXPORT int cudnnCreate(lt_cudnn_handle *handle) {
    int result = standin()->called("cudnnCreate");
    if (result) return result;
    *handle = calloc(1, sizeof **handle);
    return 0;
}
EXPORT int cudnnDestroy(lt_cudnn_handle handle) {
    if (live_descriptors) standin()->violation("cudnnDestroy: %d descriptors are left", live_descriptors);
    free(handle);
    return 0;
}
EXPORT int cudnnSetStream(lt_cudnn_handle handle, lt_cuda_stream stream) {
    handle->stream = stream;
    return 0;
}

EXPORT int cudnnBackendCreateDescriptor(int32_t type, lt_cudnn_descriptor *result) {
    descriptor *d = calloc(1, sizeof *d);
    d->type = type;
    live_descriptors++;
    *result = d;
    return 0;
}
EXPORT int cudnnBackendDestroyDescriptor(lt_cudnn_descriptor given) {
    live_descriptors--;
    free(given);
    return 0;
}

static attribute *find(const descriptor *d, int32_t name) {
    for (int i = 0; i < d->used; i++)
        if (d->attributes[i].name == name) return (attribute *)&d->attributes[i];
    return NULL;
}

static size_t size_of(int32_t type) {
    switch (type) {
    case LT_CUDNN_TYPE_BOOLEAN: return 1;
    case LT_CUDNN_TYPE_HANDLE:
    case LT_CUDNN_TYPE_INT64:
    case LT_CUDNN_TYPE_VOID_PTR:
    case LT_CUDNN_TYPE_DESCRIPTOR: return 8;
    default: return 4;
    }
}

EXPORT int cudnnBackendSetAttribute(
    lt_cudnn_descriptor given, int32_t name, int32_t type, int64_t count, const void *values) {
    descriptor *d = given;
    if (d->final) return refuse(LT_CUDNN_NOT_SUPPORTED, "set after it was final");
    if (d->used == 16 || (size_t)count * size_of(type) > 256) abort();
    attribute *a = &d->attributes[d->used++];
    *a = (attribute){.name = name, .type = type, .count = count};
    memcpy(a->values, values, (size_t)count * size_of(type));
    if (type == LT_CUDNN_TYPE_DESCRIPTOR)
        for (int64_t i = 0; i < count; i++)
            if (!((descriptor **)a->values)[i]->final) standin()->violation("a descriptor holds one that is not final");
    return 0;
}

static descriptor *part(const descriptor *d, int32_t name, int64_t index) {
    attribute *a = find(d, name);
    return a && index < a->count ? ((descriptor **)a->values)[index] : NULL;
}
static int64_t integer(const descriptor *d, int32_t name, int64_t index) {
    attribute *a = find(d, name);
    if (!a || index >= a->count) {
        standin()->violation("a descriptor of type %d lacks attribute %d", d->type, name);
        return 0;
    }
    if (a->type == LT_CUDNN_TYPE_INT64) return ((int64_t *)a->values)[index];
    return a->type == LT_CUDNN_TYPE_BOOLEAN ? a->values[index] : ((int32_t *)a->values)[index];
}

/// Whether a graph's tensors x, y and the like are dense, as some engines want them.
static int is_dense(const descriptor *tensor) {
    return integer(tensor, LT_CUDNN_TENSOR_STRIDES, 3) == integer(tensor, LT_CUDNN_TENSOR_DIMENSIONS, 1);
}

static int finalize_graph(const descriptor *d) {
    attribute *operations = find(d, LT_CUDNN_GRAPH_OPERATIONS);
    if (!operations || !find(d, LT_CUDNN_GRAPH_HANDLE)) return refuse(2000, "no operations or handle");
    if (standin()->setting("no fused convolutions") && operations->count > 1)
        return refuse(3001, "this pattern is not supported");
    const descriptor *first = part(d, LT_CUDNN_GRAPH_OPERATIONS, 0);
    int forward = first->type == LT_CUDNN_OPERATION_CONVOLUTION_FORWARD;
    const descriptor *x = part(first, forward ? LT_CUDNN_FORWARD_X : LT_CUDNN_BACKWARD_FILTER_X, 0);
    const descriptor *w = part(first, forward ? LT_CUDNN_FORWARD_W : LT_CUDNN_BACKWARD_FILTER_DW, 0);
    if (standin()->setting("dense convolutions only") && !is_dense(x)) return refuse(3004, "x is not dense");
    if (standin()->setting("no mixed gradients") &&
        integer(x, LT_CUDNN_TENSOR_DATA_TYPE, 0) != integer(w, LT_CUDNN_TENSOR_DATA_TYPE, 0))
        return refuse(3003, "the gradient's type is another");
    return 0;
}

EXPORT int cudnnBackendFinalize(lt_cudnn_descriptor given) {
    int result = standin()->called("cudnnBackendFinalize");
    if (result) return refuse(result, "as the test wanted");
    descriptor *d = given;
    if (d->type == LT_CUDNN_OPERATION_GRAPH) result = finalize_graph(d);
    d->final = !result;
    return result;
}

/// Engines: 0 changes from run to run, 1 uses tensor cores, 2 is plain and slower to come by.
enum { ENGINES = 3 };
static int note_of(int engine) {
    return engine == 0 ? LT_CUDNN_NOTE_NONDETERMINISTIC : engine == 1 ? LT_CUDNN_NOTE_TENSOR_CORE : -1;
}

EXPORT int cudnnBackendGetAttribute(
    lt_cudnn_descriptor given, int32_t name, int32_t type, int64_t requested, int64_t *count, void *values) {
    const descriptor *d = given;
    if (!d->final) return refuse(2004, "read before it was final");
    descriptor **made = values;
    switch (name) {
    case LT_CUDNN_HEURISTIC_RESULTS:
        *count = requested < ENGINES ? requested : ENGINES;
        for (int i = 0; i < *count; i++) {
            made[i]->final = 1;
            made[i]->engine = i;
            made[i]->graph = part(d, LT_CUDNN_HEURISTIC_OPERATION_GRAPH, 0);
        }
        return 0;
    case LT_CUDNN_ENGINE_CONFIG_ENGINE:
        made[0]->final = 1;
        made[0]->engine = d->engine;
        *count = 1;
        return 0;
    case LT_CUDNN_ENGINE_NUMERICAL_NOTE:
        *count = note_of(d->engine) < 0 ? 0 : 1;
        if (*count) *(int32_t *)values = note_of(d->engine);
        return 0;
    case LT_CUDNN_EXECUTION_PLAN_WORKSPACE_SIZE:
        *count = 1;
        *(int64_t *)values = 512;
        return 0;
    }
    (void)type;
    return refuse(2000, "unknown attribute");
}

typedef struct {
    int64_t n, c, h, w, sn, sc, sh, sw;
    int type;
    uint64_t data;
} tensor;
typedef struct {
    int forward, relu, has_bias;
    tensor x, w, y, bias;
} work;

static const int cuda_types[] = {[LT_CUDNN_FLOAT] = LT_CUDA_R_32F, [LT_CUDNN_HALF] = LT_CUDA_R_16F,
                                 [LT_CUDNN_BFLOAT16] = LT_CUDA_R_16BF};

static int64_t at(const tensor *t, int64_t n, int64_t c, int64_t h, int64_t w) {
    return n * t->sn + c * t->sc + h * t->sh + w * t->sw;
}
static double value(const tensor *t, int64_t n, int64_t c, int64_t h, int64_t w) {
    return standin_load(t->type, (const void *)t->data, at(t, n, c, h, w));
}
static size_t extent(const tensor *t) {
    return (size_t)(at(t, t->n - 1, t->c - 1, t->h - 1, t->w - 1) + 1) * (t->type == LT_CUDA_R_32F ? 4 : 2);
}

static tensor read_tensor(const descriptor *d, const descriptor *pack) {
    tensor t = {0};
    int64_t *fields[] = {&t.n, &t.c, &t.h, &t.w, &t.sn, &t.sc, &t.sh, &t.sw};
    for (int i = 0; i < 4; i++) {
        *fields[i] = integer(d, LT_CUDNN_TENSOR_DIMENSIONS, i);
        *fields[4 + i] = integer(d, LT_CUDNN_TENSOR_STRIDES, i);
    }
    t.type = cuda_types[integer(d, LT_CUDNN_TENSOR_DATA_TYPE, 0)];
    if (integer(d, LT_CUDNN_TENSOR_IS_VIRTUAL, 0)) return t;
    attribute *names = find(pack, LT_CUDNN_VARIANT_PACK_UNIQUE_IDS);
    attribute *data = find(pack, LT_CUDNN_VARIANT_PACK_DATA_POINTERS);
    int64_t name = integer(d, LT_CUDNN_TENSOR_UNIQUE_ID, 0);
    for (int64_t i = 0; i < names->count; i++)
        if (((int64_t *)names->values)[i] == name) t.data = ((uint64_t *)data->values)[i];
    if (!t.data) standin()->violation("tensor %lld has no address", (long long)name);
    else if (t.data % (uint64_t)integer(d, LT_CUDNN_TENSOR_BYTE_ALIGNMENT, 0))
        standin()->violation("tensor %lld is less aligned than was said", (long long)name);
    standin()->check_range("a convolution's tensor", t.data, extent(&t));
    return t;
}

static void run_forward(const work *k) {
    for (int64_t n = 0; n < k->y.n; n++)
        for (int64_t h = 0; h < k->y.h; h++)
            for (int64_t w = 0; w < k->y.w; w++)
                for (int64_t o = 0; o < k->y.c; o++) {
                    double sum = k->has_bias ? value(&k->bias, 0, o, 0, 0) : 0;
                    for (int r = 0; r < 3; r++)
                        for (int s = 0; s < 3; s++) {
                            int64_t i = h + r - 1, j = w + s - 1;
                            if (i < 0 || j < 0 || i >= k->x.h || j >= k->x.w) continue;
                            for (int64_t c = 0; c < k->x.c; c++)
                                sum += value(&k->x, n, c, i, j) * value(&k->w, o, c, r, s);
                        }
                    if (k->relu && sum < 0) sum = 0;
                    standin_store(k->y.type, (void *)k->y.data, at(&k->y, n, o, h, w), sum);
                }
}

static void run_gradient(const work *k) {
    for (int64_t o = 0; o < k->w.n; o++)
        for (int64_t c = 0; c < k->w.c; c++)
            for (int r = 0; r < 3; r++)
                for (int s = 0; s < 3; s++) {
                    double sum = 0;
                    for (int64_t n = 0; n < k->y.n; n++)
                        for (int64_t h = 0; h < k->y.h; h++)
                            for (int64_t w = 0; w < k->y.w; w++) {
                                int64_t i = h + r - 1, j = w + s - 1;
                                if (i < 0 || j < 0 || i >= k->x.h || j >= k->x.w) continue;
                                sum += value(&k->x, n, c, i, j) * value(&k->y, n, o, h, w);
                            }
                    standin_store(k->w.type, (void *)k->w.data, at(&k->w, o, c, r, s), sum);
                }
}

static void run_work(void *data) {
    const work *k = data;
    const tensor *all[] = {&k->x, &k->w, &k->y};
    for (int i = 0; i < 3; i++)
        if (!standin()->check_range("a tensor when it is used", all[i]->data, extent(all[i]))) return;
    k->forward ? run_forward(k) : run_gradient(k);
}

static void check_geometry(const descriptor *d) {
    int32_t ones[] = {LT_CUDNN_CONVOLUTION_DILATIONS, LT_CUDNN_CONVOLUTION_STRIDES, LT_CUDNN_CONVOLUTION_PRE_PADDINGS,
                      LT_CUDNN_CONVOLUTION_POST_PADDINGS};
    for (int i = 0; i < 8; i++)
        if (integer(d, ones[i / 2], i % 2) != 1) standin()->violation("the convolution's geometry is another");
    if (integer(d, LT_CUDNN_CONVOLUTION_COMPUTE_TYPE, 0) != LT_CUDNN_FLOAT) standin()->violation("sums are float32");
}

EXPORT int cudnnBackendExecute(lt_cudnn_handle handle, lt_cudnn_descriptor given, lt_cudnn_descriptor pack) {
    int result = standin()->called("cudnnBackendExecute");
    if (result) return refuse(result, "as the test wanted");
    const descriptor *plan = given, *configuration = part(plan, LT_CUDNN_EXECUTION_PLAN_ENGINE_CONFIG, 0);
    static const char *const names[] = {"engine 0", "engine 1", "engine 2"};
    standin()->count(names[configuration->engine]);
    attribute *workspace = find(pack, LT_CUDNN_VARIANT_PACK_WORKSPACE);
    standin()->check_range("the workspace", *(uint64_t *)workspace->values, 512);
    const descriptor *graph = configuration->graph;
    const descriptor *first = part(graph, LT_CUDNN_GRAPH_OPERATIONS, 0);
    work k = {.forward = first->type == LT_CUDNN_OPERATION_CONVOLUTION_FORWARD};
    if (k.forward) {
        check_geometry(part(first, LT_CUDNN_FORWARD_CONVOLUTION, 0));
        k.x = read_tensor(part(first, LT_CUDNN_FORWARD_X, 0), pack);
        k.w = read_tensor(part(first, LT_CUDNN_FORWARD_W, 0), pack);
        const descriptor *y = part(first, LT_CUDNN_FORWARD_Y, 0);
        attribute *operations = find(graph, LT_CUDNN_GRAPH_OPERATIONS);
        for (int64_t i = 1; i < operations->count; i++) {
            const descriptor *next = part(graph, LT_CUDNN_GRAPH_OPERATIONS, i);
            if (part(next, LT_CUDNN_OPERATION_POINTWISE_X, 0) != y) standin()->violation("the graph is not a chain");
            const descriptor *function = part(next, LT_CUDNN_OPERATION_POINTWISE_DESCRIPTION, 0);
            if (integer(function, LT_CUDNN_POINTWISE_MODE, 0) == LT_CUDNN_POINTWISE_ADD) {
                k.has_bias = 1;
                k.bias = read_tensor(part(next, LT_CUDNN_OPERATION_POINTWISE_B, 0), pack);
            } else {
                k.relu = 1;
            }
            y = part(next, LT_CUDNN_OPERATION_POINTWISE_Y, 0);
        }
        k.y = read_tensor(y, pack);
    } else {
        check_geometry(part(first, LT_CUDNN_BACKWARD_FILTER_CONVOLUTION, 0));
        k.x = read_tensor(part(first, LT_CUDNN_BACKWARD_FILTER_X, 0), pack);
        k.w = read_tensor(part(first, LT_CUDNN_BACKWARD_FILTER_DW, 0), pack);
        k.y = read_tensor(part(first, LT_CUDNN_BACKWARD_FILTER_DY, 0), pack);
    }
    standin()->enqueue(handle->stream, run_work, &k, sizeof k);
    return 0;
}
