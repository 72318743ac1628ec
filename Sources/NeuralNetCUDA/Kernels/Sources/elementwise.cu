// Layers that treat every value on its own. Each reads its operands and writes its result once.
#include "views.h"

/// max(x, 0); a NaN stays NaN, so that a fault upstream shows.
LT_INLINE float rectified(float x) { return x <= 0 ? 0 : x; }

/// y = max(x, 0).
template <typename T>
LT_INLINE void relu(const lt_elementwise_arguments &a) {
    map<T>(a.x, a.y, a.vector, [](float x, long long) { return rectified(x); });
}
LT_ENTRIES(relu, lt_elementwise_arguments)

/// y = z where x > 0 (x: the ReLU's output, z: the gradient behind it), else 0; a NaN in x lets the gradient pass.
template <typename T>
LT_INLINE void relu_backward(const lt_elementwise_arguments &a) {
    zip<T>(a.x, a.z, a.y, a.vector, [](float x, float gradient, long long) { return x <= 0 ? 0 : gradient; });
}
LT_ENTRIES(relu_backward, lt_elementwise_arguments)

/// y = x.
template <typename T>
LT_INLINE void copy(const lt_elementwise_arguments &a) {
    map<T>(a.x, a.y, a.vector, [](float x, long long) { return x; });
}
LT_ENTRIES(copy, lt_elementwise_arguments)

/// y = 0; reads nothing.
template <typename T>
LT_INLINE void clear(const lt_elementwise_arguments &a) {
    const long long channels = a.y.c;
    if (a.vector)
        each_group<vector_lanes<T>::count>(pixels_of(a.y), channels, [&](long long pixel, long long c) {
            *(uint4 *)at<T>(a.y, pixel, c) = uint4{0, 0, 0, 0};
        });
    else
        each_group<1>(pixels_of(a.y), channels, [&](long long pixel, long long c) {
            from_float(0, *at<T>(a.y, pixel, c));
        });
}
LT_ENTRIES(clear, lt_elementwise_arguments)

/// y = x + z.
template <typename T>
LT_INLINE void add(const lt_elementwise_arguments &a) {
    zip<T>(a.x, a.z, a.y, a.vector, [](float x, float z, long long) { return x + z; });
}
LT_ENTRIES(add, lt_elementwise_arguments)

/// y = relu?(x · scale + shift). The constants stay in the caches.
template <typename T>
LT_INLINE void scale_shift(const lt_scale_shift_arguments &a) {
    const float *scale = pointer<float>(a.scale), *shift = pointer<float>(a.shift);
    const bool relu = a.relu;
    map<T>(a.x, a.y, a.vector, [=](float x, long long c) {
        float y = x * scale[c] + shift[c];
        return relu ? rectified(y) : y;
    });
}
LT_ENTRIES(scale_shift, lt_scale_shift_arguments)
