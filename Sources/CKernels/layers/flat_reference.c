#include <math.h>

#include "lt_layers_reference.h"

void lt_adam_reference(int64_t count, float *parameters, const float *gradients, float *first_moment,
                       float *second_moment, lt_adam_options o) {
  double first_correction = 1 - pow(o.beta1, (double)o.step), second_correction = 1 - pow(o.beta2, (double)o.step);
  for (int64_t i = 0; i < count; i++) {
    double g = (double)o.gradient_scale * gradients[i] + (double)o.l2 * parameters[i];
    double m = (double)o.beta1 * first_moment[i] + (1 - (double)o.beta1) * g;
    double v = (double)o.beta2 * second_moment[i] + (1 - (double)o.beta2) * g * g;
    first_moment[i] = (float)m;
    second_moment[i] = (float)v;
    parameters[i] -= (float)(o.learning_rate * (m / first_correction) / (sqrt(v / second_correction) + o.epsilon));
  }
}

double lt_sum_of_squares_reference(int64_t count, const float *x) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}

int64_t lt_count_not_finite_reference(int64_t count, const float *x) {
  int64_t found = 0;
  for (int64_t i = 0; i < count; i++) found += !isfinite(x[i]);
  return found;
}
