// See core/product.h.
#include "../core/product.h"
#include "../core/product.inc.h"

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
static void LT_NAME(product_column)(int64_t rows, int64_t width, const float *a, const float *b, float *c,
                                    const LT_NAME(lt_block) *block) {
  for (int64_t r = 0, count; r < rows; r += count) {
    count = next_rows(rows - r);
    float *out = c + r * block->c_row;
    if (width == LT_NAME(COLUMNS)) {
      LT_NAME(lt_product_rows)(count, a + r * block->a_row, b, out, block);
      continue;
    }
    float buffer[LT_MR * LT_LANES * LT_NV] = {0};
    LT_NAME(lt_block) narrow = *block;
    narrow.c_row = LT_NAME(COLUMNS);
    if (block->from == LT_FROM_RESULT)
      for (int64_t i = 0; i < count; i++)
        memcpy(buffer + i * narrow.c_row, out + i * block->c_row, (size_t)width * sizeof(float));
    LT_NAME(lt_product_rows)(count, a + r * block->a_row, b, buffer, &narrow);
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
                                 .a_k = 1,
                                 .b_k = columns,
                                 .b_vector = LT_LANES,
                                 .k = k - i < depth ? k - i : depth,
                                 .c_row = c_row,
                                 .from = i ? LT_FROM_RESULT : LT_FROM_BIAS,
                                 .relu = relu && i + depth >= k,
                                 .bias = start};
      LT_NAME(product_column)(rows, width, a + i, packed + n * k + i * columns, c + n, &block);
    }
  }
}

static void LT_NAME(product_transposed)(int64_t rows, int64_t m, int64_t n, const float *a, int64_t a_row,
                                        const float *b, int64_t b_row, int accumulate, float *c, int64_t c_row) {
  const int64_t columns = LT_NAME(COLUMNS);
  LT_NAME(lt_block) block = {.a_row = 1,
                             .a_k = a_row,
                             .b_k = columns,
                             .b_vector = LT_LANES,
                             .c_row = c_row};
  float panel[64 * LT_LANES * LT_NV];
  for (int64_t j = 0; j < n; j += columns) {
    int64_t width = n - j < columns ? n - j : columns;
    for (int64_t r = 0; r < rows; r += 64) {
      block.k = rows - r < 64 ? rows - r : 64;
      block.from = accumulate || r ? LT_FROM_RESULT : LT_FROM_ZERO;
      LT_NAME(product_pack)(block.k, width, b + r * b_row + j, b_row, panel);
      LT_NAME(product_column)(m, width, a + r * a_row, panel, c + j, &block);
    }
  }
}

const lt_product_kernels LT_NAME(lt_product) = {
    .columns = LT_LANES * LT_NV,
    .pack = LT_NAME(product_pack),
    .rows = LT_NAME(product_rows_all),
    .transposed = LT_NAME(product_transposed),
};
