// Strips of rows times a packed matrix, per instruction set.
#ifndef LT_PRODUCT_KERNELS_H
#define LT_PRODUCT_KERNELS_H

#include <stdint.h>

#include "lt_isa.h"

typedef struct {
  /// Columns in a packed block: a matrix [k][n] is packed as [n / columns][k][columns], zeros behind n.
  int32_t columns;

  void (*pack)(int64_t k, int64_t n, const float *matrix, int64_t ld, float *packed);

  /// c = relu?(a · b + bias) for rows × k by k × n; rows of a and c at a_row and c_row floats. Columns n0 ..< n1 only, n0 a
  /// multiple of `columns`; bias (n floats) may be NULL.
  void (*rows)(int64_t rows, int64_t k, int64_t n0, int64_t n1, const float *a, int64_t a_row, const float *packed,
               const float *bias, int relu, float *c, int64_t c_row);

  /// c (+)= aᵀ · b for a: rows × m, b: rows × n, all with their row strides.
  void (*transposed)(int64_t rows, int64_t m, int64_t n, const float *a, int64_t a_row, const float *b, int64_t b_row,
                     int accumulate, float *c, int64_t c_row);
} lt_product_kernels;

const lt_product_kernels *lt_product_kernels_for(lt_isa isa);

#endif
