// How a sum per channel is cut up and joined again.
//
// A sum is cut into shares of pixels that depend on the shape alone. A thread adds up to SUM_PIXELS values in float32 and
// those sums in double; the threads of a block and then the shares are joined in a fixed order. So the same operands give
// the same bits.
#ifndef LUNGTRIAGE_CHANNEL_SUMS_H
#define LUNGTRIAGE_CHANNEL_SUMS_H
#include "views.h"

enum { SUM_PIXELS = 32 };

/// Which channels and pixels a thread of a first pass treats.
struct channel_place {
    long long channel, begin, end;
    int row, rows;
    bool active;
};

template <int lanes>
LT_INLINE channel_place place_of(const lt_device_view &x, const lt_channel_split &split) {
    const int across = split.threads_across, column = (int)threadIdx.x % across;
    channel_place place;
    place.channel = ((long long)blockIdx.x * across + column) * lanes;
    place.begin = (long long)blockIdx.y * split.share_pixels;
    place.end = place.begin + split.share_pixels < split.pixels ? place.begin + split.share_pixels : split.pixels;
    place.row = (int)threadIdx.x / across;
    place.rows = LT_BLOCK_THREADS / across;
    place.active = place.channel < x.c;
    return place;
}

/// Where a lane's two numbers lie in the block's shared memory, by row.
LT_INLINE int slot(const channel_place &place, int row, int lane, int which) {
    int across = LT_BLOCK_THREADS / place.rows;
    return (lane * 2 + which) * LT_BLOCK_THREADS + row * across + (int)threadIdx.x % across;
}

template <int lanes>
LT_INLINE void write_partials(
    const lt_channel_sums_arguments &a, const channel_place &place, const double (&first)[lanes],
    const double (&second)[lanes]) {
    if (place.row != 0 || !place.active) return;
    double *partials = pointer<double>(a.partials) + blockIdx.y * 2 * a.x.c + place.channel;
    for (int k = 0; k < lanes; k++) {
        partials[k] = first[k];
        partials[a.x.c + k] = second[k];
    }
}

/// Joins the sums of a block's rows as a tree and writes them.
template <int lanes, typename Shared>
LT_INLINE void reduce_sums(
    const lt_channel_sums_arguments &a, const channel_place &place, Shared &shared, double (&first)[lanes],
    double (&second)[lanes]) {
    for (int k = 0; k < lanes; k++) {
        shared[slot(place, place.row, k, 0)] = first[k];
        shared[slot(place, place.row, k, 1)] = second[k];
    }
    for (int step = place.rows / 2; step > 0; step /= 2) {
        __syncthreads();
        if (place.row >= step) continue;
        for (int k = 0; k < lanes; k++) {
            first[k] += shared[slot(place, place.row + step, k, 0)];
            second[k] += shared[slot(place, place.row + step, k, 1)];
            shared[slot(place, place.row, k, 0)] = first[k];
            shared[slot(place, place.row, k, 1)] = second[k];
        }
    }
    write_partials(a, place, first, second);
}

/// Adds up what body(pixel, first, second) adds to two float32 sums a lane.
template <int lanes, typename Body>
LT_INLINE void sum_pixels(
    const channel_place &place, double (&first)[lanes], double (&second)[lanes], const Body &body) {
    for (int k = 0; k < lanes; k++) first[k] = second[k] = 0;
    if (!place.active) return;
    const long long block = (long long)place.rows * SUM_PIXELS;
    for (long long start = place.begin + place.row; start < place.end; start += block) {
        float f[lanes] = {}, s[lanes] = {};
        const long long stop = start + block < place.end ? start + block : place.end;
        for (long long pixel = start; pixel < stop; pixel += place.rows) body(pixel, f, s);
        for (int k = 0; k < lanes; k++) {
            first[k] += f[k];
            second[k] += s[k];
        }
    }
}

// Second passes: 32 channels a block; its 8 rows take every eighth share each and are then joined in order.

enum { FINISH_CHANNELS = 32, FINISH_ROWS = LT_BLOCK_THREADS / FINISH_CHANNELS };

LT_INLINE long long finish_channel() {
    return (long long)blockIdx.x * FINISH_CHANNELS + threadIdx.x % FINISH_CHANNELS;
}

/// The two sums of a channel over all shares; valid in the block's first row.
template <typename Shared>
LT_INLINE void total_sums(const lt_channel_finish_arguments &a, Shared &shared, double &first, double &second) {
    const long long channel = finish_channel();
    const double *partials = pointer<double>(a.partials);
    first = second = 0;
    for (int share = (int)threadIdx.x / FINISH_CHANNELS; channel < a.channels && share < a.split.shares;
         share += FINISH_ROWS) {
        first += partials[2 * share * a.channels + channel];
        second += partials[(2 * share + 1) * a.channels + channel];
    }
    shared[threadIdx.x] = first;
    shared[LT_BLOCK_THREADS + threadIdx.x] = second;
    __syncthreads();
    if (threadIdx.x >= FINISH_CHANNELS) return;
    for (int row = 1; row < FINISH_ROWS; row++) {
        first += shared[threadIdx.x + row * FINISH_CHANNELS];
        second += shared[LT_BLOCK_THREADS + threadIdx.x + row * FINISH_CHANNELS];
    }
}

LT_INLINE bool finishes(const lt_channel_finish_arguments &a) {
    return threadIdx.x < FINISH_CHANNELS && finish_channel() < a.channels;
}

#endif
