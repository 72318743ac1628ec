// The optimiser's pass over parameters, and checks of flat arrays. Parameters, gradients and moments are float32.
#include "views.h"

/// Adam (Kingma & Ba 2015, Algorithm 1). Reads four arrays and writes three, each once. Where there were
/// failures, nothing changes: mixed precision leaves such a step out.
LT_INLINE void adam_step(const lt_adam_arguments &a) {
    if (a.failures && *pointer<long long>(a.failures) > 0) return;
    float *parameters = pointer<float>(a.parameters), *first = pointer<float>(a.first_moment);
    float *second = pointer<float>(a.second_moment);
    const float *gradients = pointer<float>(a.gradients);
    for (long long i = first_item(); i < a.count; i += item_step()) {
        const float p = parameters[i], g = gradients[i] * a.gradient_scale + p * a.l2;
        const float m = first[i] * a.beta1 + g * a.one_minus_beta1;
        const float v = second[i] * a.beta2 + g * g * a.one_minus_beta2;
        first[i] = m;
        second[i] = v;
        parameters[i] = p - a.step * m / (sqrtf(v) * a.inverse_root + a.epsilon);
    }
}
LT_SINGLE_ENTRY(adam_step, adam, lt_adam_arguments)

/// Whether a number is neither infinite nor NaN.
LT_INLINE bool is_finite(double x) { return x - x == 0; }

/// Counts a failure where the step must not be taken.
LT_INLINE void judge(const lt_judge_arguments &a) {
    if (first_item() > 0) return;
    const lt_device_loss_result *loss = pointer<lt_device_loss_result>(a.loss);
    const bool is_good = *pointer<long long>(a.bad_inputs) == 0 && loss->bad_labels == 0 && is_finite(loss->loss) &&
                         is_finite(*pointer<double>(a.squares));
    if (!is_good) *pointer<long long>(a.failures) += 1;
}
LT_SINGLE_ENTRY(judge, judge_step, lt_judge_arguments)

/// Joins a block's numbers as a tree; the first thread has the sum.
template <typename Number, typename Shared>
LT_INLINE Number block_sum(Number mine, Shared &shared) {
    const int thread = (int)threadIdx.x;
    shared[thread] = mine;
    for (int step = LT_BLOCK_THREADS / 2; step > 0; step /= 2) {
        __syncthreads();
        if (thread >= step) continue;
        mine += shared[thread + step];
        shared[thread] = mine;
    }
    return mine;
}

/// First pass, one block a share: Σ f(x) over its values. Reads x once.
template <typename T, typename Number, typename Function>
LT_INLINE void share_sum(const lt_flat_sum_arguments &a, const Function &f) {
    LT_SHARED(Number, shared, LT_BLOCK_THREADS);
    const long long begin = blockIdx.x * a.share_count;
    const long long end = begin + a.share_count < a.count ? begin + a.share_count : a.count;
    Number sum = 0;
    for (long long i = begin + threadIdx.x; i < end; i += LT_BLOCK_THREADS) sum += f(to_float(pointer<T>(a.x)[i]));
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) pointer<Number>(a.partials)[blockIdx.x] = sum;
}

/// Second pass, one block; `adding` to what the result holds.
template <typename Number>
LT_INLINE void total_sum(const lt_flat_sum_arguments &a) {
    LT_SHARED(Number, shared, LT_BLOCK_THREADS);
    Number sum = 0;
    for (int share = (int)threadIdx.x; share < a.shares; share += LT_BLOCK_THREADS)
        sum += pointer<Number>(a.partials)[share];
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) *pointer<Number>(a.result) = a.adding ? *pointer<Number>(a.result) + sum : sum;
}

LT_INLINE void squares(const lt_flat_sum_arguments &a) {
    share_sum<float, double>(a, [](float x) { return (double)x * x; });
}
LT_SINGLE_ENTRY(squares, sum_of_squares, lt_flat_sum_arguments)

LT_INLINE void squares_total(const lt_flat_sum_arguments &a) { total_sum<double>(a); }
LT_SINGLE_ENTRY(squares_total, sum_of_squares_finish, lt_flat_sum_arguments)

template <typename T>
LT_INLINE void count_not_finite(const lt_flat_sum_arguments &a) {
    share_sum<T, long long>(a, [](float x) { return (long long)((__float_as_uint(x) & 0x7F800000) == 0x7F800000); });
}
LT_ENTRIES(count_not_finite, lt_flat_sum_arguments)

LT_INLINE void not_finite_total(const lt_flat_sum_arguments &a) { total_sum<long long>(a); }
LT_SINGLE_ENTRY(not_finite_total, count_not_finite_finish, lt_flat_sum_arguments)
