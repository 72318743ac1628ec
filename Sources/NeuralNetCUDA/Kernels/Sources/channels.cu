// One constant or one sum per channel: biases' gradients and batch normalisation.
#include "channel_sums.h"

template <typename T, int lanes, typename Shared>
LT_INLINE void channel_sums_of(const lt_channel_sums_arguments &a, Shared &shared) {
    const channel_place place = place_of<lanes>(a.x, a.split);
    double first[lanes], second[lanes];
    sum_pixels<lanes>(place, first, second, [&](long long pixel, float (&sum)[lanes], float (&)[lanes]) {
        float v[lanes];
        load(at<T>(a.x, pixel, place.channel), v);
        for (int k = 0; k < lanes; k++) sum[k] += v[k];
    });
    reduce_sums<lanes>(a, place, shared, first, second);
}

/// First pass of Σ x per channel. Reads x once.
template <typename T>
LT_INLINE void channel_sums(const lt_channel_sums_arguments &a) {
    LT_SHARED(double, shared, 2 * LT_BLOCK_THREADS * vector_lanes<T>::count);
    if (a.vector)
        channel_sums_of<T, vector_lanes<T>::count>(a, shared);
    else
        channel_sums_of<T, 1>(a, shared);
}
LT_ENTRIES(channel_sums, lt_channel_sums_arguments)

/// The gradient behind a normalisation: gy where the ReLU let the value pass.
LT_INLINE float masked(bool relu, float x, float scale, float shift, float gradient) {
    return relu && x * scale + shift <= 0 ? 0 : gradient;
}

template <typename T, int lanes, typename Shared>
LT_INLINE void norm_sums_of(const lt_channel_sums_arguments &a, Shared &shared) {
    const channel_place place = place_of<lanes>(a.x, a.split);
    float mean[lanes] = {}, scale[lanes] = {}, shift[lanes] = {};
    for (int k = 0; place.active && k < lanes; k++) {
        mean[k] = pointer<float>(a.mean)[place.channel + k];
        scale[k] = pointer<float>(a.scale)[place.channel + k];
        shift[k] = pointer<float>(a.shift)[place.channel + k];
    }
    double first[lanes], second[lanes];
    sum_pixels<lanes>(place, first, second, [&](long long pixel, float (&sum)[lanes], float (&product)[lanes]) {
        float x[lanes], g[lanes];
        load(at<T>(a.x, pixel, place.channel), x);
        load(at<T>(a.gy, pixel, place.channel), g);
        for (int k = 0; k < lanes; k++) {
            float gradient = masked(a.relu, x[k], scale[k], shift[k], g[k]);
            sum[k] += gradient;
            product[k] += gradient * (x[k] - mean[k]);
        }
    });
    reduce_sums<lanes>(a, place, shared, first, second);
}

/// First pass of batch normalisation's gradient: Σ g and Σ g·(x − mean) per channel. Reads x and gy once.
template <typename T>
LT_INLINE void norm_sums(const lt_channel_sums_arguments &a) {
    LT_SHARED(double, shared, 2 * LT_BLOCK_THREADS * vector_lanes<T>::count);
    if (a.vector)
        norm_sums_of<T, vector_lanes<T>::count>(a, shared);
    else
        norm_sums_of<T, 1>(a, shared);
}
LT_ENTRIES(norm_sums, lt_channel_sums_arguments)

/// Joins mean and Σ (x − mean)² of two sets of values (Chan, Golub & LeVeque 1983). `after` may be 0.
LT_INLINE void merge(double before, double after, double mean, double m2, double &total_mean, double &total_m2) {
    if (after == 0) return;
    const double part = after / (before + after), delta = mean - total_mean;
    total_m2 += m2 + delta * delta * (before * part);
    total_mean += delta * part;
}

/// How many of the numbers 0 ..< length are `rest` modulo `modulus`.
LT_INLINE double count_of(long long length, int rest, int modulus) {
    return length > rest ? (double)((length - rest + modulus - 1) / modulus) : 0;
}

/// A thread's values: up to SUM_PIXELS at a time are shifted by the first of them before they are squared. An outlier in
/// that place costs at most a factor SUM_PIXELS of float32's accuracy, wherever the mean lies.
template <typename T, int lanes>
LT_INLINE void thread_moments(
    const lt_channel_sums_arguments &a, const channel_place &place, double (&mean)[lanes], double (&m2)[lanes]) {
    for (int k = 0; k < lanes; k++) mean[k] = m2[k] = 0;
    if (!place.active) return;
    const long long block = (long long)place.rows * SUM_PIXELS;
    double before = 0;
    for (long long start = place.begin + place.row; start < place.end; start += block) {
        float shift[lanes], v[lanes], sum[lanes] = {}, squares[lanes] = {};
        load(at<T>(a.x, start, place.channel), shift);
        const long long stop = start + block < place.end ? start + block : place.end;
        for (long long pixel = start; pixel < stop; pixel += place.rows) {
            load(at<T>(a.x, pixel, place.channel), v);
            for (int k = 0; k < lanes; k++) {
                float distance = v[k] - shift[k];
                sum[k] += distance;
                squares[k] += distance * distance;
            }
        }
        const double count = count_of(stop - start, 0, place.rows);
        for (int k = 0; k < lanes; k++) {
            double offset = sum[k] / count, spread = squares[k] - offset * sum[k];
            merge(before, count, shift[k] + offset, spread < 0 ? 0 : spread, mean[k], m2[k]);
        }
        before += count;
    }
}

template <typename T, int lanes, typename Shared>
LT_INLINE void channel_moments_of(const lt_channel_sums_arguments &a, Shared &shared) {
    const channel_place place = place_of<lanes>(a.x, a.split);
    double mean[lanes], m2[lanes];
    thread_moments<T, lanes>(a, place, mean, m2);
    for (int k = 0; k < lanes; k++) {
        shared[slot(place, place.row, k, 0)] = mean[k];
        shared[slot(place, place.row, k, 1)] = m2[k];
    }
    const long long length = place.end - place.begin;
    for (int step = place.rows / 2; step > 0; step /= 2) {
        __syncthreads();
        if (place.row >= step) continue;
        // Before this step a row holds the pixels that are its number modulo 2·step.
        const double mine = count_of(length, place.row, 2 * step);
        const double other = count_of(length, place.row + step, 2 * step);
        for (int k = 0; k < lanes; k++) {
            merge(
                mine, other, shared[slot(place, place.row + step, k, 0)], shared[slot(place, place.row + step, k, 1)],
                mean[k], m2[k]);
            shared[slot(place, place.row, k, 0)] = mean[k];
            shared[slot(place, place.row, k, 1)] = m2[k];
        }
    }
    write_partials(a, place, mean, m2);
}

/// First pass of mean and Σ (x − mean)² per channel. Reads x once.
template <typename T>
LT_INLINE void channel_moments(const lt_channel_sums_arguments &a) {
    LT_SHARED(double, shared, 2 * LT_BLOCK_THREADS * vector_lanes<T>::count);
    if (a.vector)
        channel_moments_of<T, vector_lanes<T>::count>(a, shared);
    else
        channel_moments_of<T, 1>(a, shared);
}
LT_ENTRIES(channel_moments, lt_channel_sums_arguments)

/// first[c] = Σ x.
LT_INLINE void finish_sums(const lt_channel_finish_arguments &a) {
    LT_SHARED(double, shared, 2 * LT_BLOCK_THREADS);
    double sum, unused;
    total_sums(a, shared, sum, unused);
    if (finishes(a)) pointer<float>(a.first)[finish_channel()] = (float)sum;
}
LT_SINGLE_ENTRY(finish_sums, channel_sums_finish, lt_channel_finish_arguments)

/// The gradients of γ (first) and β (second), and the constants of norm_apply (Ioffe & Szegedy 2015).
LT_INLINE void finish_norm(const lt_channel_finish_arguments &a) {
    LT_SHARED(double, shared, 2 * LT_BLOCK_THREADS);
    double sum, product;
    total_sums(a, shared, sum, product);
    if (!finishes(a)) return;
    const long long c = finish_channel();
    const float scale = pointer<float>(a.scale)[c], inverse_std = pointer<float>(a.inverse_std)[c];
    const double of_gamma = product * inverse_std, pixels = (double)a.split.pixels;
    pointer<float>(a.first)[c] = (float)of_gamma;
    pointer<float>(a.second)[c] = (float)sum;
    pointer<float>(a.constants)[c] = (float)(scale * sum / pixels);
    pointer<float>(a.constants)[a.channels + c] = (float)(scale * of_gamma * inverse_std / pixels);
}
LT_SINGLE_ENTRY(finish_norm, norm_sums_finish, lt_channel_finish_arguments)

LT_INLINE double share_length(const lt_channel_split &split, int share) {
    const long long rest = split.pixels - share * split.share_pixels;
    return (double)(rest < split.share_pixels ? rest : split.share_pixels);
}

/// Mean (first) and biased variance (second); 0 without pixels.
LT_INLINE void finish_moments(const lt_channel_finish_arguments &a) {
    LT_SHARED(double, shared, 3 * LT_BLOCK_THREADS);
    const long long channel = finish_channel();
    const double *partials = pointer<double>(a.partials);
    double mean = 0, m2 = 0, count = 0;
    for (int share = (int)threadIdx.x / FINISH_CHANNELS; channel < a.channels && share < a.split.shares;
         share += FINISH_ROWS) {
        const double length = share_length(a.split, share);
        merge(
            count, length, partials[2 * share * a.channels + channel],
            partials[(2 * share + 1) * a.channels + channel], mean, m2);
        count += length;
    }
    shared[threadIdx.x] = mean;
    shared[LT_BLOCK_THREADS + threadIdx.x] = m2;
    shared[2 * LT_BLOCK_THREADS + threadIdx.x] = count;
    __syncthreads();
    if (!finishes(a)) return;
    for (int row = 1; row < FINISH_ROWS; row++) {
        const int other = (int)threadIdx.x + row * FINISH_CHANNELS;
        const double length = shared[2 * LT_BLOCK_THREADS + other];
        merge(count, length, shared[other], shared[LT_BLOCK_THREADS + other], mean, m2);
        count += length;
    }
    pointer<float>(a.first)[channel] = (float)mean;
    pointer<float>(a.second)[channel] = count > 0 ? (float)(m2 / count) : 0;
}
LT_SINGLE_ENTRY(finish_moments, channel_moments_finish, lt_channel_finish_arguments)

template <typename T, int lanes>
LT_INLINE void norm_apply_groups(const lt_norm_apply_arguments &a) {
    const float *scales = pointer<float>(a.scale), *shifts = pointer<float>(a.shift), *means = pointer<float>(a.mean);
    const float *constants = pointer<float>(a.constants);
    each_group<lanes>(pixels_of(a.x), a.x.c, [&](long long pixel, long long c) {
        float x[lanes], g[lanes];
        load(at<T>(a.x, pixel, c), x);
        load(at<T>(a.gy, pixel, c), g);
        for (int k = 0; k < lanes; k++) {
            const long long channel = c + k;
            const float gradient = masked(a.relu, x[k], scales[channel], shifts[channel], g[k]);
            const float slope = constants[a.x.c + channel];
            g[k] = gradient * scales[channel] - constants[channel] - slope * (x[k] - means[channel]);
        }
        store(g, at<T>(a.gx, pixel, c));
    });
}

/// gx = scale·g − constant − slope·(x − mean); gx may be gy. Reads x and gy and writes gx once.
template <typename T>
LT_INLINE void norm_apply(const lt_norm_apply_arguments &a) {
    if (a.vector)
        norm_apply_groups<T, vector_lanes<T>::count>(a);
    else
        norm_apply_groups<T, 1>(a);
}
LT_ENTRIES(norm_apply, lt_norm_apply_arguments)

/// What scale_shift and norm_sums take: the same numbers in both, since the ReLU's mask is found with them again.
LT_INLINE void norm_constants(const lt_norm_constants_arguments &a) {
    for (long long c = first_item(); c < a.channels; c += item_step()) {
        float *inverse_std = pointer<float>(a.inverse_std) + c;
        if (a.from_variance)
            *inverse_std = (float)(1 / sqrt((double)pointer<float>(a.variance)[c] + (double)a.epsilon));
        const float scale = pointer<float>(a.gamma)[c] * *inverse_std;
        pointer<float>(a.shift)[c] = (float)(pointer<float>(a.beta)[c] - (double)pointer<float>(a.mean)[c] * scale);
        pointer<float>(a.scale)[c] = scale;
    }
}
LT_SINGLE_ENTRY(norm_constants, batch_norm_constants, lt_norm_constants_arguments)

/// running += momentum · (batch − running), unless there were failures.
LT_INLINE void update_running(const lt_running_statistics_arguments &a) {
    if (a.failures && *pointer<long long>(a.failures) > 0) return;
    float *running_mean = pointer<float>(a.running_mean), *running_variance = pointer<float>(a.running_variance);
    for (long long c = first_item(); c < a.channels; c += item_step()) {
        running_mean[c] += a.momentum * (pointer<float>(a.mean)[c] - running_mean[c]);
        const float batch = pointer<float>(a.variance)[c] * a.unbiased;
        running_variance[c] += a.momentum * (batch - running_variance[c]);
    }
}
LT_SINGLE_ENTRY(update_running, running_statistics, lt_running_statistics_arguments)
