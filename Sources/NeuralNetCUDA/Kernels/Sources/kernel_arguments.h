// What every kernel is told, one plain struct per kind of kernel, passed by value. Swift, the kernels and the tests' host
// emulator read this one file, so it uses nothing but built-in types of fixed layout.
#ifndef LUNGTRIAGE_KERNEL_ARGUMENTS_H
#define LUNGTRIAGE_KERNEL_ARGUMENTS_H

/// An address in device memory; the kernel knows what lies there. 0 where an operand is absent.
typedef unsigned long long lt_address;

/// An activation N×H×W×C: pixels are `stride` values apart.
struct lt_device_view {
    lt_address data;
    long long n, h, w, c, stride;
};

/// A number of threads that share one block's reduction; every kernel with shared memory is launched with it.
enum { LT_BLOCK_THREADS = 256 };

// In what follows, `vector` says whether all operands allow 16 bytes of channels to be moved at a time: addresses are
// multiples of 16, channels and strides multiples of the values in 16 bytes.

// elementwise.cu

/// y = f(x) or f(x, z), views of the same shape.
struct lt_elementwise_arguments {
    struct lt_device_view x, z, y;
    long long vector;
};

/// y = relu?(x · scale + shift); float32 per channel.
struct lt_scale_shift_arguments {
    struct lt_device_view x, y;
    lt_address scale, shift;
    int relu, vector;
};

struct lt_dropout_arguments {
    struct lt_device_view x, y;
    /// The seed after one step of SplitMix64's finaliser.
    unsigned long long mixed_seed;
    /// An element is kept when the upper 24 bits of its hash are not below this.
    int threshold;
    float scale;
    long long vector;
};

// pooling.cu

/// `large` has the windows, `small` one pixel per whole window; `codes` are dense bytes of small's shape, or absent.
struct lt_pool_arguments {
    struct lt_device_view large, small;
    lt_address codes;
    int accumulating, vector;
};

// channels.cu

/// A sum over pixels, cut into `shares` of `share_pixels` (the last one shorter). A block takes one share and
/// `threads_across` groups of channels.
struct lt_channel_split {
    long long pixels, share_pixels;
    int shares, threads_across;
};

/// First pass of a reduction: two doubles a channel and share, [share][2][channel], into `partials`.
struct lt_channel_sums_arguments {
    struct lt_device_view x, gy;
    struct lt_channel_split split;
    lt_address mean, scale, shift, partials;
    int relu, vector;
};

/// Second pass: the shares in their order. Which results are written depends on the kernel.
struct lt_channel_finish_arguments {
    struct lt_channel_split split;
    long long channels;
    lt_address partials, first, second;
    /// For batch normalisation's backward pass; constants: [2][channel] float32, `constant` and `slope`.
    lt_address scale, inverse_std, constants;
};

/// gx = scale·g − constant − slope·(x − mean).
struct lt_norm_apply_arguments {
    struct lt_device_view x, gy, gx;
    lt_address mean, scale, shift, constants;
    int relu, vector;
};

struct lt_norm_constants_arguments {
    lt_address mean, variance, gamma, beta, inverse_std, scale, shift;
    long long channels;
    float epsilon;
    /// 0: inverse_std is given and not computed.
    int from_variance;
};

struct lt_running_statistics_arguments {
    lt_address mean, variance, running_mean, running_variance;
    /// A count: where it is above 0, nothing changes. Or absent.
    lt_address failures;
    long long channels;
    float momentum, unbiased;
};

// classes.cu

/// Softmax, its gradient (x: probabilities, z: their gradient) and the likeliest class (`labels`, dense bytes).
struct lt_classes_arguments {
    struct lt_device_view x, z, y;
    lt_address labels;
};

// loss.cu

/// The loss's result in device memory.
struct lt_device_loss_result {
    double loss, cross_entropy, dice_loss;
    long long counted, bad_labels;
};

/// One struct for the three passes. partials: [share][4 + 3·classes] doubles; constants: [3][classes] float32.
struct lt_loss_arguments {
    struct lt_device_view logits, gradient;
    lt_address labels, class_weights, partials, constants, result;
    long long share_pixels;
    int shares, ignored;
    float cross_entropy_weight, dice_weight, gradient_scale;
    int unused;
};

// optimizer.cu

struct lt_adam_arguments {
    lt_address parameters, gradients, first_moment, second_moment;
    /// A count: where it is above 0, the step is left out. Or absent.
    lt_address failures;
    long long count;
    float beta1, beta2, one_minus_beta1, one_minus_beta2, step, inverse_root, epsilon, l2, gradient_scale;
    int unused;
};

/// What a training step came to: lt_device_loss_result, a double, and two counts (long long).
struct lt_judge_arguments {
    lt_address loss, squares, bad_inputs, failures;
};

/// Σ x² (double) or how many values are not finite (long long): partials one number a share, then the result.
struct lt_flat_sum_arguments {
    lt_address x, partials, result;
    long long count, share_count;
    int shares, adding;
};

// weights.cu

/// y = x over `count` values, between element types.
struct lt_cast_arguments {
    lt_address x, y;
    long long count;
};

/// y [columns][rows] = x [rows][columns]ᵀ, dense.
struct lt_transpose_arguments {
    lt_address x, y;
    long long rows, columns;
};

/// rotated [3][3][out][in] from weights [3][3][in][out], float32.
struct lt_rotate_arguments {
    lt_address weights, rotated;
    long long inputs, outputs;
};

/// Between rows [pixel of the small tensor][2][2][c], dense, and a view twice as high and wide.
struct lt_corners_arguments {
    struct lt_device_view view;
    lt_address rows;
    /// float32 per channel, added when scattering; or absent.
    lt_address bias;
    long long vector;
};

// resampling.cu

/// How a row of pixels becomes another: output o is Σ weights[t] · input[firsts[o] + t − starts[o]] over
/// t in starts[o] ..< starts[o + 1]. int32, int32, float32.
struct lt_resize_filter {
    lt_address firsts, starts, weights;
};

/// A slice on its way to a network's picture or back; an array of them lies in device memory.
struct lt_resampled_slice {
    /// int16 HU, size_j rows of size_i; or where the restored labels (bytes) or values (float32) go.
    lt_address voxels, labels, values;
    struct lt_resize_filter columns, rows;
    int size_i, size_j;
    /// The rectangle of the slice; it may reach beyond it.
    int first_i, count_i, first_j, count_j;
};

/// Slices to pictures: `between` holds float32 [slice][between_rows][width].
struct lt_picture_arguments {
    lt_address slices, between;
    struct lt_device_view pictures;
    long long between_rows;
    /// HU: beyond the slice, the clamp before averaging, and the window that becomes −1 … 1.
    float outside, lower, upper;
    int clamp_low, clamp_high;
    int unused;
};

/// Pictures back to slices: `between` holds float32 [slice][class][height][between_columns].
struct lt_restore_arguments {
    lt_address slices, between;
    struct lt_device_view scores;
    long long between_columns;
};

#endif
