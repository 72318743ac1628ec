// The register-blocked matrix product that every heavy layer ends in: rows of A times a packed block of B.

/// Where a block of sums starts from.
enum { LT_FROM_ZERO, LT_FROM_BIAS, LT_FROM_RESULT };

/// How one register block is computed; strides in floats. Which of the strides count depends on the layout.
typedef struct {
  int64_t a_row, a_k, b_vector, k, c_row;
  int from, relu;
  const float *bias;  // LT_NV vectors, for LT_FROM_BIAS
} LT_NAME(lt_block);

/// c (rows × LT_NV vectors) = start + a (rows × k) · b (k × LT_NV vectors), ReLU behind it when asked. Row r of A starts
/// at a + r·a_row, its k-th value a_k·k behind that; the k-th row of B has its first vector at b + k·b_k, its next
/// b_vector behind that. The strides are arguments of their own so that a layout's constants reach the inner loop.
LT_INLINE void product_block(const int rows, const float *a, const float *b, float *c, const LT_NAME(lt_block) *d,
                             const int64_t a_row, const int64_t a_k, const int64_t b_k, const int64_t b_vector) {
  lt_vf sum[LT_MR][LT_NV];
  const int64_t k = d->k;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int j = 0; j < LT_NV; j++)
      sum[r][j] = d->from == LT_FROM_ZERO   ? (lt_vf){0}
                  : d->from == LT_FROM_BIAS ? lt_load(d->bias + j * LT_LANES)
                                            : lt_load(c + r * d->c_row + j * LT_LANES);
#pragma clang loop unroll_count(4)
  for (int64_t i = 0; i < k; i++) {
    lt_vf w[LT_NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < LT_NV; j++) w[j] = lt_load(b + i * b_k + j * b_vector);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      lt_vf x = lt_splat(a[r * a_row + i * a_k]);
#pragma clang loop unroll(full)
      for (int j = 0; j < LT_NV; j++) sum[r][j] += x * w[j];
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int j = 0; j < LT_NV; j++)
      lt_store(c + r * d->c_row + j * LT_LANES, d->relu ? lt_relu(sum[r][j]) : sum[r][j]);
}

#define LT_BLOCK(n, ...)                         \
  case n:                                        \
    product_block(n, a, b, c, d, __VA_ARGS__);   \
    break;
#if LT_MR > 6
#define LT_MORE_BLOCKS(...)                                                                      \
  LT_BLOCK(7, __VA_ARGS__) LT_BLOCK(8, __VA_ARGS__) LT_BLOCK(9, __VA_ARGS__)                     \
  LT_BLOCK(10, __VA_ARGS__) LT_BLOCK(11, __VA_ARGS__) LT_BLOCK(12, __VA_ARGS__)
#else
#define LT_MORE_BLOCKS(...)
#endif
/// A function for 1 … LT_MR rows of one layout.
#define LT_PRODUCT(name, ...)                                                                            \
  static __attribute__((noinline)) void name(int64_t rows, const float *a, const float *b, float *c,     \
                                             const LT_NAME(lt_block) *d) {                               \
    switch (rows) {                                                                                      \
      LT_BLOCK(1, __VA_ARGS__) LT_BLOCK(2, __VA_ARGS__) LT_BLOCK(3, __VA_ARGS__)                         \
      LT_BLOCK(4, __VA_ARGS__) LT_BLOCK(5, __VA_ARGS__) LT_BLOCK(6, __VA_ARGS__)                         \
      LT_MORE_BLOCKS(__VA_ARGS__)                                                                        \
    }                                                                                                    \
  }

/// How many of the `left` rows the next block takes: LT_MR, but the last two blocks share evenly, since a block of one or
/// two rows costs nearly as much as one of four.
LT_INLINE int64_t next_rows(int64_t left) {
  if (left <= LT_MR) return left;
  if (left < 2 * LT_MR) return (left + 1) / 2;
  return LT_MR;
}
