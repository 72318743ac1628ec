// Walking over channels-last views.
#ifndef LUNGTRIAGE_VIEWS_H
#define LUNGTRIAGE_VIEWS_H

#include "elements.h"
#include "kernel_arguments.h"

template <typename T>
LT_INLINE T *pointer(lt_address address) {
    return (T *)address;
}

/// Channel c of a pixel, pixels counted over rows and images.
template <typename T>
LT_INLINE T *at(const lt_device_view &view, long long pixel, long long c) {
    return pointer<T>(view.data) + pixel * view.stride + c;
}

LT_INLINE long long pixels_of(const lt_device_view &view) { return view.n * view.h * view.w; }

/// a / b for a ≥ 0, b > 0; in 32 bits where that is enough, which costs a fraction.
LT_INLINE long long quotient(long long a, long long b) {
    if (((unsigned long long)(a | b) >> 32) == 0) return (unsigned)a / (unsigned)b;
    return a / b;
}

LT_INLINE long long first_item() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }
LT_INLINE long long item_step() { return (long long)gridDim.x * blockDim.x; }

/// Calls body(pixel, first channel) for every group of `lanes` channels; neighbouring threads take neighbouring groups.
template <int lanes, typename Body>
LT_INLINE void each_group(long long pixels, long long channels, const Body &body) {
    const long long groups = channels / lanes, items = pixels * groups;
    for (long long item = first_item(); item < items; item += item_step()) {
        long long pixel = groups == 1 ? item : quotient(item, groups);
        body(pixel, (item - pixel * groups) * lanes);
    }
}

/// y = f(x, pixel, channel), `lanes` channels at a time.
template <typename T, int lanes, typename Function>
LT_INLINE void map_groups(const lt_device_view &x, const lt_device_view &y, const Function &f) {
    each_group<lanes>(pixels_of(y), y.c, [&](long long pixel, long long c) {
        float v[lanes];
        load(at<T>(x, pixel, c), v);
        for (int k = 0; k < lanes; k++) v[k] = f(v[k], c + k);
        store(v, at<T>(y, pixel, c));
    });
}

/// y = f(x, channel); x and y may be the same.
template <typename T, typename Function>
LT_INLINE void map(const lt_device_view &x, const lt_device_view &y, bool vector, const Function &f) {
    if (vector)
        map_groups<T, vector_lanes<T>::count>(x, y, f);
    else
        map_groups<T, 1>(x, y, f);
}

template <typename T, int lanes, typename Function>
LT_INLINE void zip_groups(
    const lt_device_view &x, const lt_device_view &z, const lt_device_view &y, const Function &f) {
    each_group<lanes>(pixels_of(y), y.c, [&](long long pixel, long long c) {
        float v[lanes], w[lanes];
        load(at<T>(x, pixel, c), v);
        load(at<T>(z, pixel, c), w);
        for (int k = 0; k < lanes; k++) v[k] = f(v[k], w[k], c + k);
        store(v, at<T>(y, pixel, c));
    });
}

/// y = f(x, z, channel); y may be x or z.
template <typename T, typename Function>
LT_INLINE void zip(
    const lt_device_view &x, const lt_device_view &z, const lt_device_view &y, bool vector, const Function &f) {
    if (vector)
        zip_groups<T, vector_lanes<T>::count>(x, z, y, f);
    else
        zip_groups<T, 1>(x, z, y, f);
}

#endif
