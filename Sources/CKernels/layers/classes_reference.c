#include <math.h>
#include <stddef.h>

#include "lt_layers_reference.h"
#include "view.h"

static double largest(const float *x, int64_t c) {
  double max = x[0];
  for (int64_t k = 1; k < c; k++)
    if (x[k] > max) max = x[k];
  return max;
}

static double log_sum_exp(const float *x, int64_t c) {
  double max = largest(x, c), sum = 0;
  for (int64_t k = 0; k < c; k++) sum += exp(x[k] - max);
  return max + log(sum);
}

void lt_softmax_reference(lt_view x, lt_view y) {
  for (int64_t p = 0; p < lt_view_pixels(x); p++) {
    double total = log_sum_exp(lt_view_pixel(x, p), x.c);
    for (int64_t k = 0; k < x.c; k++) lt_view_pixel(y, p)[k] = (float)exp(lt_view_pixel(x, p)[k] - total);
  }
}

void lt_argmax_reference(lt_view x, uint8_t *labels) {
  for (int64_t p = 0; p < lt_view_pixels(x); p++) {
    const float *v = lt_view_pixel(x, p);
    int64_t best = 0;
    for (int64_t k = 1; k < x.c; k++)
      if (v[k] > v[best] || (isnan(v[k]) && !isnan(v[best]))) best = k;
    labels[p] = (uint8_t)best;
  }
}

static const double dice_smoothing = 1e-5;

/// The sums over all counted pixels from which loss and gradient follow; three numbers a class: Σpg, Σp, Σg.
typedef struct {
  double weighted, weights;
  double dice[256][3];
} loss_sums;

static float class_weight(lt_loss_options options, int64_t label) {
  return options.class_weights ? options.class_weights[label] : 1;
}

static lt_loss_result loss_forward(lt_view logits, const uint8_t *labels, lt_loss_options options, loss_sums *sums) {
  lt_loss_result result = {0};
  for (int64_t p = 0; p < lt_view_pixels(logits); p++) {
    int64_t label = labels[p];
    if (label == options.ignore) continue;
    result.counted++;
    if (label >= logits.c) {
      result.bad_label++;
      continue;
    }
    const float *x = lt_view_pixel(logits, p);
    double total = log_sum_exp(x, logits.c);
    sums->weighted += class_weight(options, label) * (total - x[label]);
    sums->weights += class_weight(options, label);
    for (int64_t k = 0; k < logits.c; k++) {
      double probability = exp(x[k] - total);
      sums->dice[k][0] += k == label ? probability : 0;
      sums->dice[k][1] += probability;
      sums->dice[k][2] += k == label;
    }
  }
  double overlap = 0;
  for (int64_t k = 0; k < logits.c; k++) {
    const double *d = sums->dice[k];
    overlap += (2 * d[0] + dice_smoothing) / (d[1] + d[2] + dice_smoothing);
  }
  result.cross_entropy = sums->weighted / sums->weights;
  result.dice_loss = 1 - overlap / (double)logits.c;
  result.loss = (options.cross_entropy_weight != 0 ? options.cross_entropy_weight * result.cross_entropy : 0) +
                (options.dice_weight != 0 ? options.dice_weight * result.dice_loss : 0);
  return result;
}

/// The derivative of the soft Dice loss with respect to the probability of class k at a pixel labelled `label`.
static double dice_derivative(const loss_sums *sums, int64_t classes, int64_t k, int64_t label) {
  const double *d = sums->dice[k];
  double size = d[1] + d[2] + dice_smoothing;
  return -((k == label ? 2 / size : 0) - (2 * d[0] + dice_smoothing) / (size * size)) / (double)classes;
}

static void loss_backward(lt_view logits, const uint8_t *labels, lt_loss_options options, const loss_sums *sums,
                          lt_view gx) {
  for (int64_t p = 0; p < lt_view_pixels(logits); p++) {
    int64_t label = labels[p];
    float *g = lt_view_pixel(gx, p);
    if (label == options.ignore) {
      for (int64_t k = 0; k < logits.c; k++) g[k] = 0;
      continue;
    }
    const float *x = lt_view_pixel(logits, p);
    double total = log_sum_exp(x, logits.c), mean = 0;
    double entropy = options.cross_entropy_weight != 0
                         ? options.cross_entropy_weight * class_weight(options, label) / sums->weights : 0;
    for (int64_t k = 0; k < logits.c; k++)
      mean += exp(x[k] - total) * dice_derivative(sums, logits.c, k, label);
    for (int64_t k = 0; k < logits.c; k++) {
      double probability = exp(x[k] - total);
      double dice = probability * (dice_derivative(sums, logits.c, k, label) - mean);
      g[k] = (float)(entropy * (probability - (k == label)) + options.dice_weight * dice);
    }
  }
}

lt_loss_result lt_loss_reference(lt_view logits, const uint8_t *labels, lt_loss_options options, lt_view gx) {
  if (logits.c < 1 || logits.c > 256) return (lt_loss_result){NAN, NAN, NAN, 0, 0};
  loss_sums sums = {0};
  lt_loss_result result = loss_forward(logits, labels, options, &sums);
  if (gx.data && result.bad_label == 0) loss_backward(logits, labels, options, &sums, gx);
  return result;
}
