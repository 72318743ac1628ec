// exp and log1p with the CPU kernels' polynomials (Cephes library, Moshier 1992), and the sums softmax is made of. Both
// hand NaN through.
#ifndef LUNGTRIAGE_EXPONENTIALS_H
#define LUNGTRIAGE_EXPONENTIALS_H

#include "views.h"

/// e^x for x ≤ 0: relative error below 3e-7 where the result is a normal number, 0 below e^−87. exp(0) is exactly 1.
LT_INLINE float exp_negative(float x) {
    const float rounder = 12582912.0f;  // 1.5·2²³: adding it rounds to an integer, which its low bits then hold
    float shifted = x * 1.44269504f + rounder, n = shifted - rounder;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    float power = __uint_as_float((__float_as_uint(shifted) << 23) + 0x3F800000u);
    return x < -87.0f ? 0 : p * power;
}

/// log(1 + s) for s ≥ 0, with a small relative error also where s is tiny.
LT_INLINE float log1p_positive(float s) {
    float u = s + 1.0f, lost = (s - (u - 1.0f)) / u;  // what rounding u cost; NaN when s is
    int exponent = ((int)__float_as_uint(u) - 0x3F3504F3) >> 23;  // mantissa in √½ … √2
    float f = __uint_as_float(__float_as_uint(u) - ((unsigned)exponent << 23)) - 1.0f;
    float n = (float)exponent;
    float p = f * 7.0376836292e-2f + -1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f + -1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f + -1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f + -2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    float z = f * f;
    float small = p * f * z + n * -2.12194440e-4f - z * 0.5f + lost;
    return f + small + n * 0.693359375f;
}

/// One pixel's logits relative to their largest.
template <typename T>
struct pixel_classes {
    const T *values;
    float max;
    /// 1 / Σ e^(x − max), and Σ e^(x − max) − 1: the largest class's e is 1, and without it the sum keeps its accuracy
    /// when one class is nearly certain. NaN and +∞ make all of it NaN.
    float inverse, others;

    LT_MEMBER float distance(long long k) const { return to_float(values[k]) - max; }
    LT_MEMBER float probability(long long k) const { return exp_negative(distance(k)) * inverse; }
};

/// Classes are few: a thread treats one pixel, and reads its values again rather than keep them.
template <typename T>
LT_INLINE pixel_classes<T> classes_of(const lt_device_view &x, long long pixel) {
    pixel_classes<T> classes;
    classes.values = at<T>(x, pixel, 0);
    classes.max = to_float(classes.values[0]);
    long long winner = 0;
    for (long long k = 1; k < x.c; k++) {
        float v = to_float(classes.values[k]);
        if (v > classes.max) {
            classes.max = v;
            winner = k;
        }
    }
    classes.others = 0;
    for (long long k = 0; k < x.c; k++) {
        float e = exp_negative(classes.distance(k));
        classes.others += k == winner ? e - 1.0f : e;
    }
    classes.inverse = 1.0f / (1.0f + classes.others);
    return classes;
}

#endif
