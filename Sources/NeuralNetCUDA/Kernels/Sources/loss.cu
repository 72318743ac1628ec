// Class-weighted cross-entropy and soft Dice of logits, and their gradient, in three passes: sums over shares of the
// pixels, the shares in their order, the gradient. The shares depend on the shape alone.
#include "exponentials.h"

enum {
    WEIGHTED = 0,  // Σ w·(−log p)
    WEIGHTS = 1,   // Σ w
    COUNTED = 2,   // pixels not ignored
    BAD = 3,       // pixels whose label is neither a class nor ignored
    DICE = 4,      // Σ p·g, Σ p, Σ g of each class

    CLASSES_AT_A_TIME = 4,
    SUMS = DICE + 3 * CLASSES_AT_A_TIME,
    PIXELS_IN_FLOAT = 32,
};

LT_INLINE float class_weight(const lt_loss_arguments &a, int label) {
    return a.class_weights ? pointer<float>(a.class_weights)[label] : 1.0f;
}

/// Adds one pixel to the float32 sums of the classes from `first` on.
template <typename T>
LT_INLINE void add_pixel(const lt_loss_arguments &a, long long pixel, int first, float (&sums)[SUMS]) {
    const int label = pointer<unsigned char>(a.labels)[pixel];
    if (label == a.ignored) return;
    const int classes = (int)a.logits.c;
    const pixel_classes<T> values = classes_of<T>(a.logits, pixel);
    if (first == 0) {
        const bool bad = label >= classes;
        const float weight = bad ? 0 : class_weight(a, label), own = bad ? 0 : values.distance(label);
        // −log p = log Σ e^(x − max) − (x − max): both parts are ≥ 0, so nothing cancels.
        sums[WEIGHTED] += weight * (log1p_positive(values.others) - own);
        sums[WEIGHTS] += weight;
        sums[COUNTED] += 1;
        sums[BAD] += bad;
    }
    for (int i = 0; i < CLASSES_AT_A_TIME; i++) {
        if (first + i >= classes) continue;
        const float probability = values.probability(first + i);
        sums[DICE + 3 * i] += label == first + i ? probability : 0;
        sums[DICE + 3 * i + 1] += probability;
        sums[DICE + 3 * i + 2] += label == first + i;
    }
}

/// A thread's pixels of a share, up to PIXELS_IN_FLOAT at a time in float32.
template <typename T>
LT_INLINE void thread_sums(const lt_loss_arguments &a, int first, double (&totals)[SUMS]) {
    const long long begin = blockIdx.x * a.share_pixels, pixels = pixels_of(a.logits);
    const long long end = begin + a.share_pixels < pixels ? begin + a.share_pixels : pixels;
    const long long block = (long long)PIXELS_IN_FLOAT * LT_BLOCK_THREADS;
    for (int i = 0; i < SUMS; i++) totals[i] = 0;
    for (long long start = begin + threadIdx.x; start < end; start += block) {
        float sums[SUMS] = {};
        const long long stop = start + block < end ? start + block : end;
        for (long long pixel = start; pixel < stop; pixel += LT_BLOCK_THREADS) add_pixel<T>(a, pixel, first, sums);
        for (int i = 0; i < SUMS; i++) totals[i] += sums[i];
    }
}

/// First pass: one block a share. Reads logits and labels; for more than four classes once for each four.
template <typename T>
LT_INLINE void loss_sums(const lt_loss_arguments &a) {
    LT_SHARED(double, shared, SUMS * LT_BLOCK_THREADS);
    const int classes = (int)a.logits.c, thread = (int)threadIdx.x;
    double *partials = pointer<double>(a.partials) + blockIdx.x * (DICE + 3 * classes);
    for (int first = 0; first < classes; first += CLASSES_AT_A_TIME) {
        double totals[SUMS];
        thread_sums<T>(a, first, totals);
        for (int i = 0; i < SUMS; i++) shared[i * LT_BLOCK_THREADS + thread] = totals[i];
        for (int step = LT_BLOCK_THREADS / 2; step > 0; step /= 2) {
            __syncthreads();
            if (thread >= step) continue;
            for (int i = 0; i < SUMS; i++) {
                totals[i] += shared[i * LT_BLOCK_THREADS + thread + step];
                shared[i * LT_BLOCK_THREADS + thread] = totals[i];
            }
        }
        if (thread == 0) {
            for (int i = 0; first == 0 && i < DICE; i++) partials[i] = totals[i];
            for (int i = 0; i < 3 * CLASSES_AT_A_TIME && first + i / 3 < classes; i++)
                partials[DICE + 3 * first + i] = totals[DICE + i];
        }
        __syncthreads();
    }
}
LT_ENTRIES(loss_sums, lt_loss_arguments)

#define DICE_SMOOTHING 1e-5

/// A part whose weight is 0 must not turn the loss into NaN (no pixel counted: 0 / 0).
LT_INLINE void write_result(const lt_loss_arguments &a, const double *totals) {
    lt_device_loss_result *result = pointer<lt_device_loss_result>(a.result);
    double overlap = 0;
    for (long long k = 0; k < a.logits.c; k++) {
        const double *d = totals + DICE + 3 * k;
        overlap += (2 * d[0] + DICE_SMOOTHING) / (d[1] + d[2] + DICE_SMOOTHING);
    }
    result->cross_entropy = totals[WEIGHTED] / totals[WEIGHTS];
    result->dice_loss = 1 - overlap / (double)a.logits.c;
    result->loss = (a.cross_entropy_weight != 0 ? a.cross_entropy_weight * result->cross_entropy : 0) +
                   (a.dice_weight != 0 ? a.dice_weight * result->dice_loss : 0);
    result->counted = (long long)totals[COUNTED];
    result->bad_labels = (long long)totals[BAD];
}

/// What a label and a probability weigh in the gradient: entropy, dice of the own class, dice of all.
LT_INLINE void write_constants(const lt_loss_arguments &a, const double *totals, int k) {
    const int classes = (int)a.logits.c;
    const double *d = totals + DICE + 3 * k;
    const double size = d[1] + d[2] + DICE_SMOOTHING, share = a.dice_weight / (double)classes;
    float *constants = pointer<float>(a.constants);
    constants[k] = a.cross_entropy_weight != 0
                       ? (float)(a.cross_entropy_weight * (double)class_weight(a, k) / totals[WEIGHTS]) *
                             a.gradient_scale
                       : 0;
    constants[classes + k] = (float)(-share * 2 / size) * a.gradient_scale;
    constants[2 * classes + k] = (float)(share * (2 * d[0] + DICE_SMOOTHING) / (size * size)) * a.gradient_scale;
}

/// Second pass, one block: the shares' sums in their order, into the place behind the last share.
LT_INLINE void finish(const lt_loss_arguments &a) {
    const int count = DICE + 3 * (int)a.logits.c;
    double *partials = pointer<double>(a.partials), *totals = partials + (long long)a.shares * count;
    for (int i = (int)threadIdx.x; i < count; i += LT_BLOCK_THREADS) {
        double total = 0;
        for (int share = 0; share < a.shares; share++) total += partials[(long long)share * count + i];
        totals[i] = total;
    }
    __syncthreads();
    if (threadIdx.x == 0) write_result(a, totals);
    for (int k = (int)threadIdx.x; k < a.logits.c; k += LT_BLOCK_THREADS) write_constants(a, totals, k);
}
LT_SINGLE_ENTRY(finish, loss_finish, lt_loss_arguments)

/// Third pass. Cross-entropy: entropy[l]·(p − g). Dice: p·(d − Σ p·d), d the derivative with respect to p. Reads logits
/// and labels and writes the gradient; nothing where a label was bad. The gradient may be the logits.
template <typename T>
LT_INLINE void loss_gradient(const lt_loss_arguments &a) {
    if (pointer<lt_device_loss_result>(a.result)->bad_labels > 0) return;
    const long long classes = a.logits.c;
    const float *entropies = pointer<float>(a.constants), *dice_label = entropies + classes;
    const float *dice_all = entropies + 2 * classes;
    for (long long pixel = first_item(); pixel < pixels_of(a.logits); pixel += item_step()) {
        const int label = pointer<unsigned char>(a.labels)[pixel];
        if (label == a.ignored) {
            for (long long k = 0; k < classes; k++) from_float(0, *at<T>(a.gradient, pixel, k));
            continue;
        }
        const pixel_classes<T> values = classes_of<T>(a.logits, pixel);
        float mean = 0;
        for (long long k = 0; k < classes; k++)
            mean += values.probability(k) * (dice_all[k] + (k == label ? dice_label[k] : 0));
        for (long long k = 0; k < classes; k++) {
            const float probability = values.probability(k), own = k == label ? 1.0f : 0.0f;
            const float derivative = dice_all[k] + (k == label ? dice_label[k] : 0);
            const float g = entropies[label] * (probability - own) + probability * (derivative - mean);
            from_float(g, *at<T>(a.gradient, pixel, k));
        }
    }
}
LT_ENTRIES(loss_gradient, lt_loss_arguments)
