// Probabilities and labels from a pixel's classes; one thread a pixel.
#include "exponentials.h"

/// y = softmax of x over channels; x and y may be the same. Reads x, from the caches after the first time, and writes y.
template <typename T>
LT_INLINE void softmax(const lt_classes_arguments &a) {
    for (long long pixel = first_item(); pixel < pixels_of(a.x); pixel += item_step()) {
        const pixel_classes<T> classes = classes_of<T>(a.x, pixel);
        for (long long k = 0; k < a.x.c; k++) from_float(classes.probability(k), *at<T>(a.y, pixel, k));
    }
}
LT_ENTRIES(softmax, lt_classes_arguments)

/// y = x ⊙ (z − Σ x·z): softmax's gradient from its output x and the gradient z behind it; y may be z.
template <typename T>
LT_INLINE void softmax_backward(const lt_classes_arguments &a) {
    for (long long pixel = first_item(); pixel < pixels_of(a.x); pixel += item_step()) {
        float dot = 0;
        for (long long k = 0; k < a.x.c; k++) dot += to_float(*at<T>(a.x, pixel, k)) * to_float(*at<T>(a.z, pixel, k));
        for (long long k = 0; k < a.x.c; k++) {
            float y = to_float(*at<T>(a.x, pixel, k)) * (to_float(*at<T>(a.z, pixel, k)) - dot);
            from_float(y, *at<T>(a.y, pixel, k));
        }
    }
}
LT_ENTRIES(softmax_backward, lt_classes_arguments)

/// labels = the channel with the largest value: the first of equal ones, a NaN counts as the largest.
template <typename T>
LT_INLINE void argmax(const lt_classes_arguments &a) {
    unsigned char *labels = pointer<unsigned char>(a.labels);
    for (long long pixel = first_item(); pixel < pixels_of(a.x); pixel += item_step()) {
        float best = to_float(*at<T>(a.x, pixel, 0));
        long long winner = 0;
        for (long long k = 1; k < a.x.c; k++) {
            float v = to_float(*at<T>(a.x, pixel, k));
            if (v > best || (v != v && best == best)) {
                best = v;
                winner = k;
            }
        }
        labels[pixel] = (unsigned char)winner;
    }
}
LT_ENTRIES(argmax, lt_classes_arguments)

/// y (float32, one channel) = how probable it is that a pixel is not background: one minus the softmax of class 0, as the
/// sum of the others, so that little is not lost against 1.
template <typename T>
LT_INLINE void foreground(const lt_classes_arguments &a) {
    for (long long pixel = first_item(); pixel < pixels_of(a.x); pixel += item_step()) {
        const pixel_classes<T> classes = classes_of<T>(a.x, pixel);
        float sum = 0;
        for (long long k = 1; k < a.x.c; k++) sum += classes.probability(k);
        *at<float>(a.y, pixel, 0) = sum;
    }
}
LT_ENTRIES(foreground, lt_classes_arguments)
