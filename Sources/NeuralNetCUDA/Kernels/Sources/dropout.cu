// Dropout: which elements are kept is a hash of the seed and the element's number, the same as on the CPU, so that the
// mask needs no memory.
#include "views.h"

/// The element's upper bits choose a key, the lower ones are hashed with it in 32 bits.
enum { SEGMENT_BITS = 20 };

/// SplitMix64's finaliser (Steele, Lea & Flood 2014).
LT_INLINE unsigned long long split_mix(unsigned long long z) {
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

/// With the mixing constants of lowbias32 (Wellons 2018).
LT_INLINE unsigned hash(unsigned low, unsigned long long key) {
    unsigned h = low * 0x9E3779B1u + (unsigned)key;
    h ^= h >> 16;
    h *= 0x7FEB352Du;
    h ^= (unsigned)(key >> 32);
    h ^= h >> 15;
    h *= 0x846CA68Bu;
    return h ^ h >> 16;
}

/// A segment's length is a multiple of `lanes` and so is a group's first element: a group lies in one segment.
template <typename T, int lanes>
LT_INLINE void dropout_groups(const lt_dropout_arguments &a) {
    each_group<lanes>(pixels_of(a.y), a.y.c, [&](long long pixel, long long c) {
        unsigned long long element = (unsigned long long)(pixel * a.y.c + c);
        unsigned long long key = split_mix(a.mixed_seed ^ element >> SEGMENT_BITS);
        unsigned low = (unsigned)element & ((1u << SEGMENT_BITS) - 1);
        float v[lanes];
        load(at<T>(a.x, pixel, c), v);
        for (int k = 0; k < lanes; k++) {
            bool keeps = (int)(hash(low + (unsigned)k, key) >> 8) >= a.threshold;
            v[k] = keeps ? v[k] * a.scale : 0;
        }
        store(v, at<T>(a.y, pixel, c));
    });
}

/// y = x · scale or 0; x and y may be the same. Reads x and writes y once.
template <typename T>
LT_INLINE void dropout(const lt_dropout_arguments &a) {
    if (a.vector)
        dropout_groups<T, vector_lanes<T>::count>(a);
    else
        dropout_groups<T, 1>(a);
}
LT_ENTRIES(dropout, lt_dropout_arguments)
