// All layer kernels of one instruction set, and their table. Included by layers_*.c after isa_*.h.
#include "../core/simd.h"
#include "rows.inc.h"
#include "elementwise.inc.h"
#include "channels.inc.h"
#include "pooling.inc.h"
#include "exp_log.inc.h"
#include "classes.inc.h"
#include "loss.inc.h"
#include "flat.inc.h"

const lt_layer_kernels LT_NAME(lt_layer_kernels) = {
    .relu_forward = relu_forward,
    .relu_backward = relu_backward,
    .copy = copy,
    .add = add,
    .fill = fill,
    .dropout = dropout,
    .scale_shift = scale_shift,
    .moments = moments,
    .sums = sums,
    .norm_sums = norm_sums,
    .norm_apply = norm_apply,
    .max_pool = max_pool,
    .max_unpool = max_unpool,
    .max_gather = max_gather,
    .softmax = softmax,
    .argmax = argmax,
    .loss_sums = loss_sums,
    .loss_gradient = loss_gradient,
    .adam = adam,
    .sum_of_squares = sum_of_squares,
    .count_not_finite = count_not_finite,
};
