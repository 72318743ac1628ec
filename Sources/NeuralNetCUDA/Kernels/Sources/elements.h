// The element types of activations, and moving them: one value or 16 bytes at a time, always as float32 in registers.
#ifndef LUNGTRIAGE_ELEMENTS_H
#define LUNGTRIAGE_ELEMENTS_H

#include "platform.h"

/// IEEE 754 binary16, and the upper half of a float32; only their bits, so that no header of the toolkit is needed.
struct float16 {
    unsigned short bits;
};
struct bfloat16 {
    unsigned short bits;
};

LT_INLINE float to_float(float x) { return x; }

LT_INLINE float to_float(bfloat16 x) { return __uint_as_float((unsigned)x.bits << 16); }

LT_INLINE float to_float(float16 x) {
#ifdef __CUDA_ARCH__
    float y;
    asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
    return y;
#else
    unsigned sign = (unsigned)(x.bits & 0x8000) << 16, exponent = x.bits >> 10 & 31, fraction = x.bits & 1023;
    if (exponent == 31) return __uint_as_float(sign | 0x7F800000 | fraction << 13);
    if (exponent > 0) return __uint_as_float(sign | (exponent + 112) << 23 | fraction << 13);
    float subnormal = (float)fraction * 5.9604644775390625e-8f;  // 2⁻²⁴, exact
    return __uint_as_float(sign | __float_as_uint(subnormal));
#endif
}

LT_INLINE void from_float(float x, float &y) { y = x; }

/// Rounds to nearest, ties to even; every NaN becomes 0x7FFF, as the conversion instructions do.
LT_INLINE void from_float(float x, bfloat16 &y) {
    unsigned bits = __float_as_uint(x);
    y.bits = x != x ? 0x7FFF : (unsigned short)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

LT_INLINE void from_float(float x, float16 &y) {
#ifdef __CUDA_ARCH__
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
#else
    unsigned bits = __float_as_uint(x), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
    if (x != x) {
        y.bits = 0x7FFF;
    } else if (magnitude >= 0x477FF000) {  // 65520 and above round to infinity
        y.bits = (unsigned short)(sign | 0x7C00);
    } else if (magnitude >= 0x38800000) {  // 2⁻¹⁴: normal
        y.bits = (unsigned short)(sign | (magnitude - 0x38000000 + 0xFFF + (magnitude >> 13 & 1)) >> 13);
    } else {
        // Adding ½ puts the fraction's last bit at 2⁻²⁴, and so rounds there.
        float shifted = __uint_as_float(magnitude) + 0.5f;
        y.bits = (unsigned short)(sign | (__float_as_uint(shifted) - 0x3F000000));
    }
#endif
}

/// How many values make 16 bytes.
template <typename T>
struct vector_lanes {
    static const int count = 16 / sizeof(T);
};

LT_INLINE void unpack(const unsigned (&words)[4], float (&v)[4], float) {
    for (int i = 0; i < 4; i++) v[i] = __uint_as_float(words[i]);
}
LT_INLINE void pack(const float (&v)[4], unsigned (&words)[4], float) {
    for (int i = 0; i < 4; i++) words[i] = __float_as_uint(v[i]);
}

template <typename T>
LT_INLINE void unpack(const unsigned (&words)[4], float (&v)[8], T x) {
    for (int i = 0; i < 8; i++) {
        x.bits = (unsigned short)(words[i / 2] >> (i % 2 * 16));
        v[i] = to_float(x);
    }
}
template <typename T>
LT_INLINE void pack(const float (&v)[8], unsigned (&words)[4], T x) {
    for (int i = 0; i < 8; i += 2) {
        T high;
        from_float(v[i], x);
        from_float(v[i + 1], high);
        words[i / 2] = x.bits | (unsigned)high.bits << 16;
    }
}

/// One value, or the values of 16 aligned bytes.
template <typename T>
LT_INLINE void load(const T *p, float (&v)[1]) {
    v[0] = to_float(*p);
}
template <typename T, int lanes>
LT_INLINE void load(const T *p, float (&v)[lanes]) {
    static_assert(lanes == vector_lanes<T>::count, "16 bytes");
    uint4 all = *(const uint4 *)p;
    unsigned words[4] = {all.x, all.y, all.z, all.w};
    unpack(words, v, T());
}
template <typename T>
LT_INLINE void store(const float (&v)[1], T *p) {
    from_float(v[0], *p);
}
template <typename T, int lanes>
LT_INLINE void store(const float (&v)[lanes], T *p) {
    static_assert(lanes == vector_lanes<T>::count, "16 bytes");
    unsigned words[4];
    pack(v, words, T());
    uint4 all = {words[0], words[1], words[2], words[3]};
    *(uint4 *)p = all;
}

#endif
