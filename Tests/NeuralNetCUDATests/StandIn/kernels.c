// The few kernels that products, convolutions and transfers need, written for the host.
#include <string.h>

#include "../../../Sources/NeuralNetCUDA/Kernels/Sources/kernel_arguments.h"
#include "driver_state.h"

#define VIEW_AT(view, pixel, c) ((pixel) * (view).stride + (c))
#define PIXELS(view) ((view).n * (view).h * (view).w)

static int view_fits(const struct lt_device_view *view, int type) {
    size_t values = (size_t)((PIXELS(*view) - 1) * view->stride + view->c);
    return standin_check_range("a view", view->data, values * (type == LT_CUDA_R_32F ? 4 : 2));
}

static void cast(const struct lt_cast_arguments *a, int from, int to) {
    for (int64_t i = 0; i < a->count; i++)
        standin_store(to, (void *)a->y, i, standin_load(from, (const void *)a->x, i));
}

static void transpose(const struct lt_transpose_arguments *a, int from, int to) {
    for (int64_t r = 0; r < a->rows; r++)
        for (int64_t c = 0; c < a->columns; c++)
            standin_store(
                to, (void *)a->y, c * a->rows + r, standin_load(from, (const void *)a->x, r * a->columns + c));
}

static void rotate(const void *arguments) {
    const struct lt_rotate_arguments *a = arguments;
    const float *w = (const float *)a->weights;
    float *r = (float *)a->rotated;
    for (int tap = 0; tap < 9; tap++)
        for (int64_t i = 0; i < a->inputs; i++)
            for (int64_t o = 0; o < a->outputs; o++)
                r[((8 - tap) * a->outputs + o) * a->inputs + i] = w[(tap * a->inputs + i) * a->outputs + o];
}

static void gather(const struct lt_corners_arguments *a, int type) {
    const struct lt_device_view *v = &a->view;
    if (!view_fits(v, type)) return;
    int64_t h = v->h / 2, w = v->w / 2;
    for (int64_t n = 0; n < v->n; n++)
        for (int64_t i = 0; i < v->h; i++)
            for (int64_t j = 0; j < v->w; j++)
                for (int64_t c = 0; c < v->c; c++) {
                    int64_t pixel = (n * v->h + i) * v->w + j;
                    int64_t row = (n * h + i / 2) * w + j / 2, tap = i % 2 * 2 + j % 2;
                    standin_store(
                        type, (void *)a->rows, (row * 4 + tap) * v->c + c,
                        standin_load(type, (const void *)v->data, VIEW_AT(*v, pixel, c)));
                }
}

static void elementwise(const struct lt_elementwise_arguments *a, int type, int relu) {
    if (!view_fits(&a->x, type) || !view_fits(&a->y, type)) return;
    for (int64_t p = 0; p < PIXELS(a->y); p++)
        for (int64_t c = 0; c < a->y.c; c++) {
            double x = standin_load(type, (const void *)a->x.data, VIEW_AT(a->x, p, c));
            standin_store(type, (void *)a->y.data, VIEW_AT(a->y, p, c), relu && x < 0 ? 0 : x);
        }
}

static void scale_shift(const struct lt_scale_shift_arguments *a, int type) {
    if (!view_fits(&a->x, type) || !view_fits(&a->y, type)) return;
    const float *scale = (const float *)a->scale, *shift = (const float *)a->shift;
    for (int64_t p = 0; p < PIXELS(a->y); p++)
        for (int64_t c = 0; c < a->y.c; c++) {
            double x = standin_load(type, (const void *)a->x.data, VIEW_AT(a->x, p, c)) * scale[c] + shift[c];
            standin_store(type, (void *)a->y.data, VIEW_AT(a->y, p, c), a->relu && x < 0 ? 0 : x);
        }
}

enum { F32 = LT_CUDA_R_32F, F16 = LT_CUDA_R_16F, BF16 = LT_CUDA_R_16BF };
#define TYPED(name, call)                                                 \
    static void name##_float32(const void *a) { call(a, F32); }           \
    static void name##_float16(const void *a) { call(a, F16); }           \
    static void name##_bfloat16(const void *a) { call(a, BF16); }
#define COPY(a, type) elementwise(a, type, 0)
#define RELU(a, type) elementwise(a, type, 1)
TYPED(gather_corners, gather)
TYPED(scale_shift, scale_shift)
TYPED(copy, COPY)
TYPED(relu, RELU)
#define BETWEEN(name, from, to, FROM, TO) \
    static void name##_##from##_##to(const void *a) { name(a, FROM, TO); }
#define PAIRS(name)                                \
    BETWEEN(name, float32, float32, F32, F32)      \
    BETWEEN(name, float32, float16, F32, F16)      \
    BETWEEN(name, float32, bfloat16, F32, BF16)    \
    BETWEEN(name, float16, float32, F16, F32)      \
    BETWEEN(name, bfloat16, float32, BF16, F32)
PAIRS(cast)
PAIRS(transpose)

#define ROW(name) {#name, name}
#define ROWS(name) ROW(name##_float32), ROW(name##_float16), ROW(name##_bfloat16)
#define PAIR_ROWS(name)                                                                        \
    ROW(name##_float32_float32), ROW(name##_float32_float16), ROW(name##_float32_bfloat16),    \
        ROW(name##_float16_float32), ROW(name##_bfloat16_float32)
static const struct {
    const char *name;
    void (*run)(const void *);
} kernels[] = {ROW(rotate), ROWS(gather_corners), ROWS(scale_shift), ROWS(copy), ROWS(relu), PAIR_ROWS(cast),
               PAIR_ROWS(transpose)};

void (*standin_kernel(const char *name))(const void *) {
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (!strcmp(kernels[i].name, name)) return kernels[i].run;
    return NULL;
}
