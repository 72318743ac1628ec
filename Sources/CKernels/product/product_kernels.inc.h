// See core/product.h.
#include "../core/product.h"
#include "../core/product.inc.h"

/// Rows of A contiguous, or columns of A as rows; against a packed block.
LT_PRODUCT(LT_NAME(rows_of_a), d->a_row, 1, LT_LANES * LT_NV, LT_LANES)
LT_PRODUCT(LT_NAME(columns_of_a), 1, d->a_k, LT_LANES * LT_NV, LT_LANES)

typedef void (*LT_NAME(lt_product_fn))(int64_t, const float *, const float *, float *, const LT_NAME(lt_block) *);

enum { LT_NAME(COLUMNS) = LT_LANES * LT_NV, LT_NAME(DEPTH) = 256 };

static void LT_NAME(product_pack)(int64_t k, int64_t n, const float *matrix, int64_t ld, float *packed) {
  const int64_t columns = LT_NAME(COLUMNS);
  for (int64_t c = 0; c < n; c += columns) {
    size_t count = (size_t)(n - c < columns ? n - c : columns);
    for (int64_t i = 0; i < k; i++, packed += columns) {
      memcpy(packed, matrix + i * ld + c, count * sizeof(float));
      memset(packed + count, 0, ((size_t)columns - count) * sizeof(float));
    }
  }
}

/// One column block for all rows. `width` < COLUMNS: through a small buffer, since whole vectors would overrun the row.
static void LT_NAME(product_column)(LT_NAME(lt_product_fn) product, int64_t rows, int64_t width, const float *a,
                                    int64_t a_row, const float *b, float *c, const LT_NAME(lt_block) *block) {
  for (int64_t r = 0, count; r < rows; r += count) {
    count = next_rows(rows - r);
    float *out = c + r * block->c_row;
    if (width == LT_NAME(COLUMNS)) {
      product(count, a + r * a_row, b, out, block);
      continue;
    }
    float buffer[LT_MR * LT_LANES * LT_NV] = {0};
    LT_NAME(lt_block) narrow = *block;
    narrow.c_row = LT_NAME(COLUMNS);
    if (block->from == LT_FROM_RESULT)
      for (int64_t i = 0; i < count; i++)
        memcpy(buffer + i * narrow.c_row, out + i * block->c_row, (size_t)width * sizeof(float));
    product(count, a + r * a_row, b, buffer, &narrow);
    for (int64_t i = 0; i < count; i++)
      memcpy(out + i * block->c_row, buffer + i * narrow.c_row, (size_t)width * sizeof(float));
  }
}

static void LT_NAME(product_rows_all)(int64_t rows, int64_t k, int64_t n0, int64_t n1, const float *a, int64_t a_row,
                                      const float *packed, const float *bias, int relu, float *c, int64_t c_row) {
  const int64_t columns = LT_NAME(COLUMNS), depth = LT_NAME(DEPTH);
  for (int64_t n = n0; n < n1; n += columns) {
    int64_t width = n1 - n < columns ? n1 - n : columns;
    float start[LT_LANES * LT_NV] = {0};
    if (bias) memcpy(start, bias + n, (size_t)width * sizeof(float));
    for (int64_t i = 0; i < k; i += depth) {
      LT_NAME(lt_block) block = {.a_row = a_row,
                                 .k = k - i < depth ? k - i : depth,
                                 .c_row = c_row,
                                 .from = i ? LT_FROM_RESULT : LT_FROM_BIAS,
                                 .relu = relu && i + depth >= k,
                                 .bias = start};
      LT_NAME(product_column)(LT_NAME(rows_of_a), rows, width, a + i, a_row, packed + n * k + i * columns, c + n, &block);
    }
  }
}

static void LT_NAME(product_transposed)(int64_t rows, int64_t m, int64_t n, const float *a, int64_t a_row,
                                        const float *b, int64_t b_row, int accumulate, float *c, int64_t c_row) {
  const int64_t columns = LT_NAME(COLUMNS);
  LT_NAME(lt_block) block = {.a_k = a_row, .c_row = c_row};
  float panel[64 * LT_LANES * LT_NV];
  for (int64_t j = 0; j < n; j += columns) {
    int64_t width = n - j < columns ? n - j : columns;
    for (int64_t r = 0; r < rows; r += 64) {
      block.k = rows - r < 64 ? rows - r : 64;
      block.from = accumulate || r ? LT_FROM_RESULT : LT_FROM_ZERO;
      LT_NAME(product_pack)(block.k, width, b + r * b_row + j, b_row, panel);
      LT_NAME(product_column)(LT_NAME(columns_of_a), m, width, a + r * a_row, 1, panel, c + j, &block);
    }
  }
}

const lt_product_kernels LT_NAME(lt_product) = {
    .columns = LT_LANES * LT_NV,
    .pack = LT_NAME(product_pack),
    .rows = LT_NAME(product_rows_all),
    .transposed = LT_NAME(product_transposed),
};
