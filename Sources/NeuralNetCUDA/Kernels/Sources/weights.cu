// Weights on their way between the engine's order and what cuDNN and cuBLAS take, and the two halves of a 2×2 transposed
// convolution beside its matrix product.
#include "views.h"

/// y = x, flat. Reads x and writes y once.
template <typename From, typename To>
LT_INLINE void cast(const lt_cast_arguments &a) {
    for (long long i = first_item(); i < a.count; i += item_step())
        from_float(to_float(pointer<From>(a.x)[i]), pointer<To>(a.y)[i]);
}

enum { TILE = 32, TILE_ROWS = LT_BLOCK_THREADS / TILE };

/// y = xᵀ in tiles of 32 × 32, so that both are read and written along their rows. HWIO weights are a matrix of
/// 3·3·in rows; transposed they are what cuDNN calls KRSC, [out][3][3][in].
template <typename From, typename To>
LT_INLINE void transpose(const lt_transpose_arguments &a) {
    LT_SHARED(float, tile, TILE * (TILE + 1));
    const int column = (int)threadIdx.x % TILE, first_row = (int)threadIdx.x / TILE;
    const long long tiles_across = (a.columns + TILE - 1) / TILE, tiles = (a.rows + TILE - 1) / TILE * tiles_across;
    for (long long place = blockIdx.x; place < tiles; place += gridDim.x) {
        const long long top = place / tiles_across * TILE, left = place % tiles_across * TILE;
        for (int row = first_row; row < TILE; row += TILE_ROWS)
            if (top + row < a.rows && left + column < a.columns)
                tile[row * (TILE + 1) + column] =
                    to_float(pointer<From>(a.x)[(top + row) * a.columns + left + column]);
        __syncthreads();
        for (int row = first_row; row < TILE; row += TILE_ROWS)
            if (left + row < a.columns && top + column < a.rows)
                from_float(
                    tile[column * (TILE + 1) + row], pointer<To>(a.y)[(left + row) * a.rows + top + column]);
        __syncthreads();
    }
}

#define LT_CONVERSION(from_name, from, to_name, to)                                                             \
    LT_INLINE void cast_##from_name##_to_##to_name(const lt_cast_arguments &a) { cast<from, to>(a); }            \
    LT_SINGLE_ENTRY(cast_##from_name##_to_##to_name, cast_##from_name##_##to_name, lt_cast_arguments)            \
    LT_INLINE void transpose_##from_name##_to_##to_name(const lt_transpose_arguments &a) { transpose<from, to>(a); } \
    LT_SINGLE_ENTRY(                                                                                            \
        transpose_##from_name##_to_##to_name, transpose_##from_name##_##to_name, lt_transpose_arguments)

LT_CONVERSION(float32, float, float32, float)
LT_CONVERSION(float32, float, float16, float16)
LT_CONVERSION(float32, float, bfloat16, bfloat16)
LT_CONVERSION(float16, float16, float32, float)
LT_CONVERSION(bfloat16, bfloat16, float32, float)

/// rotated[r][s][o][i] = weights[2 − r][2 − s][i][o]: the weights of the convolution that gives the input's gradient.
LT_INLINE void rotate_weights(const lt_rotate_arguments &a) {
    const long long area = a.inputs * a.outputs;
    for (long long item = first_item(); item < 9 * area; item += item_step()) {
        const long long tap = item / area, rest = item - tap * area, o = quotient(rest, a.inputs);
        const long long i = rest - o * a.inputs;
        pointer<float>(a.rotated)[item] = pointer<float>(a.weights)[(8 - tap) * area + i * a.outputs + o];
    }
}
LT_SINGLE_ENTRY(rotate_weights, rotate, lt_rotate_arguments)

/// Calls body(pixel of the view, value of `rows`, first channel).
template <int lanes, typename Body>
LT_INLINE void each_corner(const lt_corners_arguments &a, const Body &body) {
    const lt_device_view &view = a.view;
    each_group<lanes>(pixels_of(view), view.c, [&](long long pixel, long long c) {
        // Rows count over images: their height is even.
        long long row = quotient(pixel, view.w), column = pixel - row * view.w;
        long long small = (row >> 1) * (view.w >> 1) + (column >> 1);
        body(pixel, (small * 4 + (row & 1) * 2 + (column & 1)) * view.c + c, c);
    });
}

template <typename T, int lanes>
LT_INLINE void scatter_groups(const lt_corners_arguments &a) {
    const float *bias = pointer<float>(a.bias);
    each_corner<lanes>(a, [&](long long pixel, long long value, long long c) {
        float v[lanes];
        load(pointer<T>(a.rows) + value, v);
        for (int k = 0; bias && k < lanes; k++) v[k] += bias[c + k];
        store(v, at<T>(a.view, pixel, c));
    });
}

/// view(2i + a, 2j + b) = rows(i, j)[a][b] + bias. Reads rows and writes the view once.
template <typename T>
LT_INLINE void scatter_corners(const lt_corners_arguments &a) {
    if (a.vector)
        scatter_groups<T, vector_lanes<T>::count>(a);
    else
        scatter_groups<T, 1>(a);
}
LT_ENTRIES(scatter_corners, lt_corners_arguments)

template <typename T, int lanes>
LT_INLINE void gather_groups(const lt_corners_arguments &a) {
    each_corner<lanes>(a, [&](long long pixel, long long value, long long c) {
        float v[lanes];
        load(at<T>(a.view, pixel, c), v);
        store(v, pointer<T>(a.rows) + value);
    });
}

/// rows(i, j)[a][b] = view(2i + a, 2j + b).
template <typename T>
LT_INLINE void gather_corners(const lt_corners_arguments &a) {
    if (a.vector)
        gather_groups<T, vector_lanes<T>::count>(a);
    else
        gather_groups<T, 1>(a);
}
LT_ENTRIES(gather_corners, lt_corners_arguments)
