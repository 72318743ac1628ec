// 2×2 max-pooling with the winners' positions, and the two ways back. A code byte is row·2 + column of the winner.
#include "views.h"

/// Calls body(pixel of the small tensor, first pixel of its window, first channel).
template <int lanes, typename Body>
LT_INLINE void each_window(const lt_pool_arguments &a, const Body &body) {
    const lt_device_view &large = a.large, &small = a.small;
    each_group<lanes>(pixels_of(small), small.c, [&](long long pixel, long long c) {
        long long row = quotient(pixel, small.w), column = pixel - row * small.w;
        long long image = quotient(row, small.h), i = row - image * small.h;
        body(pixel, (image * large.h + 2 * i) * large.w + 2 * column, c);
    });
}

/// The pixel of a window's position.
LT_INLINE long long window_pixel(const lt_pool_arguments &a, long long first, int position) {
    return first + position / 2 * a.large.w + position % 2;
}

/// As many code bytes as a group has lanes, in as few accesses as possible.
LT_INLINE void load_codes(const unsigned char *p, unsigned (&codes)[1]) { codes[0] = *p; }
template <int lanes>
LT_INLINE void load_codes(const unsigned char *p, unsigned (&codes)[lanes]) {
    for (int word = 0; word < lanes / 4; word++) {
        unsigned bytes = ((const unsigned *)p)[word];
        for (int k = 0; k < 4; k++) codes[4 * word + k] = bytes >> (8 * k) & 255;
    }
}
LT_INLINE void store_codes(const unsigned (&codes)[1], unsigned char *p) { *p = (unsigned char)codes[0]; }
template <int lanes>
LT_INLINE void store_codes(const unsigned (&codes)[lanes], unsigned char *p) {
    for (int word = 0; word < lanes / 4; word++) {
        unsigned bytes = 0;
        for (int k = 0; k < 4; k++) bytes |= codes[4 * word + k] << (8 * k);
        ((unsigned *)p)[word] = bytes;
    }
}

template <typename T, int lanes>
LT_INLINE void max_pool_groups(const lt_pool_arguments &a) {
    unsigned char *codes = pointer<unsigned char>(a.codes);
    each_window<lanes>(a, [&](long long pixel, long long first, long long c) {
        float best[lanes], v[lanes];
        unsigned winner[lanes] = {};
        load(at<T>(a.large, first, c), best);
        for (unsigned position = 1; position < 4; position++) {
            load(at<T>(a.large, window_pixel(a, first, (int)position), c), v);
            for (int k = 0; k < lanes; k++) {
                bool wins = v[k] > best[k] || v[k] != v[k];
                best[k] = wins ? v[k] : best[k];
                winner[k] = wins ? position : winner[k];
            }
        }
        store(best, at<T>(a.small, pixel, c));
        if (codes) store_codes(winner, codes + pixel * a.small.c + c);
    });
}

/// small = the largest of each window; of equal ones the first, a NaN wins. Reads each window and writes its result and,
/// where wanted, its code once.
template <typename T>
LT_INLINE void max_pool(const lt_pool_arguments &a) {
    if (a.vector)
        max_pool_groups<T, vector_lanes<T>::count>(a);
    else
        max_pool_groups<T, 1>(a);
}
LT_ENTRIES(max_pool, lt_pool_arguments)

template <typename T, int lanes>
LT_INLINE void max_unpool_groups(const lt_pool_arguments &a) {
    const unsigned char *codes = pointer<unsigned char>(a.codes);
    each_window<lanes>(a, [&](long long pixel, long long first, long long c) {
        float gradient[lanes], v[lanes];
        unsigned winner[lanes];
        load(at<T>(a.small, pixel, c), gradient);
        load_codes(codes + pixel * a.small.c + c, winner);
        for (unsigned position = 0; position < 4; position++) {
            T *target = at<T>(a.large, window_pixel(a, first, (int)position), c);
            if (a.accumulating) load(target, v);
            for (int k = 0; k < lanes; k++) {
                float moved = winner[k] == position ? gradient[k] : 0;
                v[k] = a.accumulating ? moved + v[k] : moved;
            }
            store(v, target);
        }
    });
}

/// What lies in no whole window, the last column and row of an odd width and height, becomes 0.
template <typename T>
LT_INLINE void clear_outside(const lt_pool_arguments &a) {
    const lt_device_view &large = a.large;
    const long long covered_w = 2 * a.small.w, covered_h = 2 * a.small.h;
    const long long beside = (large.w - covered_w) * covered_h, below = (large.h - covered_h) * large.w;
    if (beside + below == 0) return;
    each_group<1>(large.n * (beside + below), large.c, [&](long long place, long long c) {
        long long image = quotient(place, beside + below), rest = place - image * (beside + below);
        long long i, j;
        if (rest < beside) {
            i = quotient(rest, large.w - covered_w);
            j = covered_w + rest - i * (large.w - covered_w);
        } else {
            i = quotient(rest - beside, large.w);
            j = rest - beside - i * large.w;
            i += covered_h;
        }
        from_float(0, *at<T>(large, (image * large.h + i) * large.w + j, c));
    });
}

/// large(winner) = small, the others 0; or, accumulating, large(winner) += small. Reads small and the codes once, and
/// writes (accumulating: reads and writes) large once.
template <typename T>
LT_INLINE void max_unpool(const lt_pool_arguments &a) {
    if (a.vector)
        max_unpool_groups<T, vector_lanes<T>::count>(a);
    else
        max_unpool_groups<T, 1>(a);
    if (!a.accumulating) clear_outside<T>(a);
}
LT_ENTRIES(max_unpool, lt_pool_arguments)

template <typename T, int lanes>
LT_INLINE void max_gather_groups(const lt_pool_arguments &a) {
    const unsigned char *codes = pointer<unsigned char>(a.codes);
    each_window<lanes>(a, [&](long long pixel, long long first, long long c) {
        float chosen[lanes] = {}, v[lanes];
        unsigned winner[lanes];
        load_codes(codes + pixel * a.small.c + c, winner);
        for (unsigned position = 0; position < 4; position++) {
            load(at<T>(a.large, window_pixel(a, first, (int)position), c), v);
            for (int k = 0; k < lanes; k++) chosen[k] = winner[k] == position ? v[k] : chosen[k];
        }
        store(chosen, at<T>(a.small, pixel, c));
    });
}

/// small = large(winner). Reads each window whole: the four values share their cache lines anyway.
template <typename T>
LT_INLINE void max_gather(const lt_pool_arguments &a) {
    if (a.vector)
        max_gather_groups<T, vector_lanes<T>::count>(a);
    else
        max_gather_groups<T, 1>(a);
}
LT_ENTRIES(max_gather, lt_pool_arguments)
