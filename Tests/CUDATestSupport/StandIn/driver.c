// The driver's devices, streams, events, modules and graphs.
#include <stdio.h>
#include <string.h>

#include "driver_state.h"

EXPORT int cuInit(unsigned int flags) {
    (void)flags;
    FUNCTION_RESULT("cuInit");
    return 0;
}

EXPORT int cuDriverGetVersion(int *version) {
    FUNCTION_RESULT("cuDriverGetVersion");
    int set = standin_setting("driver version");
    *version = set ? set : 13000;
    return 0;
}

EXPORT int cuGetErrorName(int result, const char **text) {
    *text = result == LT_CUDA_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_STAND_IN";
    return 0;
}
EXPORT int cuGetErrorString(int result, const char **text) {
    *text = result == LT_CUDA_OUT_OF_MEMORY ? "out of memory" : "as the test wanted";
    return 0;
}

EXPORT int cuDeviceGetCount(int *count) {
    FUNCTION_RESULT("cuDeviceGetCount");
    *count = standin_setting("no device") ? 0 : 1;
    return 0;
}
EXPORT int cuDeviceGet(lt_cuda_device *device, int ordinal) {
    FUNCTION_RESULT("cuDeviceGet");
    *device = ordinal;
    return ordinal == 0 ? 0 : LT_CUDA_INVALID_DEVICE;
}
EXPORT int cuDeviceGetName(char *name, int length, lt_cuda_device device) {
    (void)device;
    snprintf(name, (size_t)length, "Stand-in");
    return 0;
}
EXPORT int cuDeviceTotalMem_v2(size_t *bytes, lt_cuda_device device) {
    (void)device;
    *bytes = (size_t)4 << 30;
    return 0;
}
EXPORT int cuDeviceGetAttribute(int *value, int32_t attribute, lt_cuda_device device) {
    (void)device;
    int major = standin_setting("capability major");
    switch (attribute) {
    case LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = major ? major : 9; break;
    case LT_CUDA_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = 0; break;
    case LT_CUDA_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 4; break;
    case LT_CUDA_ATTRIBUTE_COMPUTE_MODE: *value = standin_setting("compute mode"); break;
    default: return LT_CUDA_INVALID_VALUE;
    }
    return 0;
}

static handle *context;
static int retained;

EXPORT int cuDevicePrimaryCtxRetain(lt_cuda_context *result, lt_cuda_device device) {
    (void)device;
    FUNCTION_RESULT("cuDevicePrimaryCtxRetain");
    if (!retained++) context = new_handle(CONTEXT);
    *result = (lt_cuda_context)context;
    return 0;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(lt_cuda_device device) {
    (void)device;
    if (!retained) standin_violation("the context is released once too often");
    else if (!--retained) context->alive = 0;
    return 0;
}
EXPORT int cuCtxSetCurrent(lt_cuda_context given) {
    return checked("cuCtxSetCurrent", given, CONTEXT) ? 0 : LT_CUDA_INVALID_CONTEXT;
}

EXPORT int cuStreamCreate(lt_cuda_stream *stream, unsigned int flags) {
    (void)flags;
    FUNCTION_RESULT("cuStreamCreate");
    *stream = (lt_cuda_stream)new_handle(STREAM);
    return 0;
}
EXPORT int cuStreamDestroy_v2(lt_cuda_stream stream) {
    handle *s = checked("cuStreamDestroy", stream, STREAM);
    if (!s) return LT_CUDA_INVALID_HANDLE;
    drain(s, NULL);
    s->alive = 0;
    return 0;
}
EXPORT int cuStreamSynchronize(lt_cuda_stream stream) {
    FUNCTION_RESULT("cuStreamSynchronize");
    pthread_mutex_lock(&standin_lock);
    handle *s = checked("cuStreamSynchronize", stream, STREAM);
    int capturing = s && s->capturing;
    if (s && !capturing) drain(s, NULL);
    pthread_mutex_unlock(&standin_lock);
    if (capturing) standin_violation("cuStreamSynchronize: the stream is being recorded");
    return s ? (capturing ? LT_CUDA_STREAM_CAPTURE_UNSUPPORTED : 0) : LT_CUDA_INVALID_HANDLE;
}

EXPORT int cuEventCreate(lt_cuda_event *event, unsigned int flags) {
    (void)flags;
    FUNCTION_RESULT("cuEventCreate");
    handle *e = new_handle(EVENT);
    // An event that was never recorded counts as done.
    e->happened = 1;
    *event = (lt_cuda_event)e;
    return 0;
}
EXPORT int cuEventDestroy_v2(lt_cuda_event event) {
    handle *e = checked("cuEventDestroy", event, EVENT);
    if (e) e->alive = 0;
    return e ? 0 : LT_CUDA_INVALID_HANDLE;
}
static void run_event(void *data) { (*(handle **)data)->happened = 1; }
EXPORT int cuEventRecord(lt_cuda_event event, lt_cuda_stream stream) {
    FUNCTION_RESULT("cuEventRecord");
    handle *e = checked("cuEventRecord", event, EVENT);
    if (!e) return LT_CUDA_INVALID_HANDLE;
    e->happened = 0;
    e->stream = stream;
    standin_enqueue(stream, run_event, &e, sizeof e);
    return 0;
}
EXPORT int cuEventSynchronize(lt_cuda_event event) {
    FUNCTION_RESULT("cuEventSynchronize");
    pthread_mutex_lock(&standin_lock);
    handle *e = checked("cuEventSynchronize", event, EVENT);
    if (e && !e->happened) {
        handle *s = checked("cuEventSynchronize", e->stream, STREAM);
        if (s) drain(s, e);
    }
    pthread_mutex_unlock(&standin_lock);
    return e ? 0 : LT_CUDA_INVALID_HANDLE;
}
EXPORT int cuEventElapsedTime(float *milliseconds, lt_cuda_event start, lt_cuda_event end) {
    FUNCTION_RESULT("cuEventElapsedTime");
    handle *a = checked("cuEventElapsedTime", start, EVENT), *b = checked("cuEventElapsedTime", end, EVENT);
    if (!a || !b) return LT_CUDA_INVALID_HANDLE;
    *milliseconds = 1;
    return a->happened && b->happened ? 0 : LT_CUDA_NOT_READY;
}

EXPORT int cuModuleLoadData(lt_cuda_module *module, const void *image) {
    FUNCTION_RESULT("cuModuleLoadData");
    if (strncmp(image, "stand-in code", 13)) return LT_CUDA_INVALID_IMAGE;
    *module = (lt_cuda_module)new_handle(MODULE);
    return 0;
}
EXPORT int cuModuleUnload(lt_cuda_module module) {
    handle *m = checked("cuModuleUnload", module, MODULE);
    if (m) m->alive = 0;
    return m ? 0 : LT_CUDA_INVALID_HANDLE;
}
EXPORT int cuModuleGetFunction(lt_cuda_function *function, lt_cuda_module module, const char *name) {
    FUNCTION_RESULT("cuModuleGetFunction");
    handle *m = checked("cuModuleGetFunction", module, MODULE);
    if (!m || !standin_has_kernel(name) || strlen(name) >= sizeof m->kernel) return LT_CUDA_NOT_FOUND;
    handle *f = new_handle(FUNCTION);
    strcpy(f->kernel, name);
    f->link = m;
    *function = (lt_cuda_function)f;
    return 0;
}
EXPORT int cuFuncSetAttribute(lt_cuda_function function, int32_t attribute, int value) {
    (void)attribute, (void)value;
    return checked("cuFuncSetAttribute", function, FUNCTION) ? 0 : LT_CUDA_INVALID_HANDLE;
}

typedef struct {
    handle *function;
    unsigned grid[3], block[3];
    size_t shared_bytes, bytes;
    uint64_t arguments[128];
} launch;

/// Every word of the arguments that looks like device memory must be it.
static void check_arguments(const launch *l) {
    for (size_t i = 0; i < l->bytes / 8; i++)
        if (is_device_address(l->arguments[i])) standin_check_range("a kernel's argument", l->arguments[i], 1);
}
static void run_kernel(void *data) {
    const launch *l = data;
    check_arguments(l);
    if (!l->function->link->alive) standin_violation("a kernel runs after its module was unloaded");
    standin_run_kernel(l->function->kernel, l->grid, l->block, l->shared_bytes, l->arguments, l->bytes);
}
EXPORT int cuLaunchKernel(
    lt_cuda_function function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
    unsigned shared, lt_cuda_stream stream, void **parameters, void **extra) {
    FUNCTION_RESULT("cuLaunchKernel");
    handle *f = checked("cuLaunchKernel", function, FUNCTION);
    int fits = gx && gy && gz && gy <= 65535 && gz <= 65535 && bx && by && bz && (size_t)bx * by * bz <= 1024;
    if (!f || !fits || parameters || !extra) return LT_CUDA_INVALID_VALUE;
    if ((uintptr_t)extra[0] != LT_CUDA_LAUNCH_BUFFER_POINTER || (uintptr_t)extra[2] != LT_CUDA_LAUNCH_BUFFER_SIZE ||
        extra[4])
        return LT_CUDA_INVALID_VALUE;
    launch l = {.function = f,
                .grid = {gx, gy, gz},
                .block = {bx, by, bz},
                .shared_bytes = shared,
                .bytes = *(size_t *)extra[3]};
    if (l.bytes > sizeof l.arguments) return LT_CUDA_INVALID_VALUE;
    memcpy(l.arguments, extra[1], l.bytes);
    check_arguments(&l);
    standin_enqueue(stream, run_kernel, &l, sizeof l);
    return 0;
}

EXPORT int cuStreamBeginCapture_v2(lt_cuda_stream stream, int32_t mode) {
    (void)mode;
    FUNCTION_RESULT("cuStreamBeginCapture_v2");
    handle *s = checked("cuStreamBeginCapture", stream, STREAM);
    if (!s || s->capturing) return LT_CUDA_INVALID_VALUE;
    s->link = new_handle(GRAPH);
    s->capturing = 1;
    return 0;
}
EXPORT int cuStreamEndCapture(lt_cuda_stream stream, lt_cuda_graph *graph) {
    handle *s = checked("cuStreamEndCapture", stream, STREAM);
    if (!s || !s->capturing) return LT_CUDA_INVALID_VALUE;
    s->capturing = 0;
    *graph = (lt_cuda_graph)s->link;
    int result = standin_called("cuStreamEndCapture");
    if (result) {
        s->link->alive = 0;
        *graph = NULL;
    }
    return result;
}
EXPORT int cuGraphInstantiateWithFlags(
    lt_cuda_graph_executable *executable, lt_cuda_graph graph, unsigned long long flags) {
    (void)flags;
    FUNCTION_RESULT("cuGraphInstantiateWithFlags");
    handle *g = checked("cuGraphInstantiate", graph, GRAPH);
    if (!g) return LT_CUDA_INVALID_HANDLE;
    handle *e = new_handle(EXECUTABLE);
    for (node *n = g->nodes.first; n; n = n->next) append(&e->nodes, n->run, n->data, n->bytes);
    *executable = (lt_cuda_graph_executable)e;
    return 0;
}
static void run_graph(void *data) {
    handle *e = *(handle **)data;
    if (!e->alive) standin_violation("recorded work runs after it was destroyed");
    for (node *n = e->nodes.first; n; n = n->next) n->run(n->data);
}
EXPORT int cuGraphLaunch(lt_cuda_graph_executable executable, lt_cuda_stream stream) {
    FUNCTION_RESULT("cuGraphLaunch");
    handle *e = checked("cuGraphLaunch", executable, EXECUTABLE);
    if (!e) return LT_CUDA_INVALID_HANDLE;
    standin_enqueue(stream, run_graph, &e, sizeof e);
    return 0;
}
EXPORT int cuGraphExecDestroy(lt_cuda_graph_executable executable) {
    handle *e = checked("cuGraphExecDestroy", executable, EXECUTABLE);
    if (!e) return LT_CUDA_INVALID_HANDLE;
    e->alive = 0;
    free_nodes(&e->nodes);
    return 0;
}
EXPORT int cuGraphDestroy(lt_cuda_graph graph) {
    handle *g = checked("cuGraphDestroy", graph, GRAPH);
    if (!g) return LT_CUDA_INVALID_HANDLE;
    g->alive = 0;
    free_nodes(&g->nodes);
    return 0;
}
