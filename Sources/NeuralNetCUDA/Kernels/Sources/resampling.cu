// CT slices to a network's pictures and its scores back to the slices' grid, in the order of the CPU's sums. Slices are
// numbered along the grid's y.
#include "exponentials.h"

LT_INLINE const lt_resampled_slice &slice_of(lt_address slices) {
    return pointer<lt_resampled_slice>(slices)[blockIdx.y];
}

/// The part of a slice's rectangle that lies in the slice.
struct visible_part {
    int left, right, top, bottom;
};

LT_INLINE visible_part visible(const lt_resampled_slice &s) {
    visible_part part;
    part.left = s.first_i > 0 ? s.first_i : 0;
    part.right = s.first_i + s.count_i < s.size_i ? s.first_i + s.count_i : s.size_i;
    part.top = s.first_j > 0 ? s.first_j : 0;
    part.bottom = s.first_j + s.count_j < s.size_j ? s.first_j + s.count_j : s.size_j;
    if (part.right < part.left || part.bottom < part.top) part.right = part.left;
    return part;
}

LT_INLINE bool is_empty(const visible_part &part) { return part.right == part.left || part.bottom == part.top; }

/// Σ weight · value(input) for one output.
template <typename Value>
LT_INLINE float filtered(const lt_resize_filter &filter, long long output, const Value &value) {
    const int *starts = pointer<int>(filter.starts);
    const int first = pointer<int>(filter.firsts)[output], start = starts[output], end = starts[output + 1];
    float sum = 0;
    for (int tap = start; tap < end; tap++) sum += pointer<float>(filter.weights)[tap] * value(first + tap - start);
    return sum;
}

/// First pass: each row of the rectangle resized to the picture's width. Reads the visible voxels, writes `between`.
LT_INLINE void narrow(const lt_picture_arguments &a) {
    const lt_resampled_slice &s = slice_of(a.slices);
    const visible_part part = visible(s);
    const long long width = a.pictures.w;
    float *between = pointer<float>(a.between) + blockIdx.y * a.between_rows * width;
    for (long long item = first_item(); item < s.count_j * width; item += item_step()) {
        const long long row = quotient(item, width), j = s.first_j + row;
        if (is_empty(part) || j < part.top || j >= part.bottom) {
            between[item] = a.outside;
            continue;
        }
        const short *voxels = pointer<short>(s.voxels) + j * s.size_i;
        between[item] = filtered(s.columns, item - row * width, [&](int place) {
            const int i = s.first_i + place;
            if (i < part.left || i >= part.right) return a.outside;
            const int hu = voxels[i] < a.clamp_low ? a.clamp_low : voxels[i];
            return (float)(hu > a.clamp_high ? a.clamp_high : hu);
        });
    }
}
LT_SINGLE_ENTRY(narrow, picture_columns, lt_picture_arguments)

/// HU to −1 … 1; NaN becomes −1.
LT_INLINE float windowed(const lt_picture_arguments &a, float hu) {
    const float share = (hu - a.lower) / (a.upper - a.lower);
    return share > 0 ? 2 * (share < 1 ? share : 1) - 1 : -1;
}

/// Second pass: rows resized to the picture's height and windowed, into channel 0.
template <typename T>
LT_INLINE void picture_rows(const lt_picture_arguments &a) {
    const lt_resampled_slice &s = slice_of(a.slices);
    const bool empty = is_empty(visible(s));
    const long long width = a.pictures.w, plane = a.pictures.h * width;
    const float *between = pointer<float>(a.between) + blockIdx.y * a.between_rows * width;
    for (long long item = first_item(); item < plane; item += item_step()) {
        const long long row = quotient(item, width), column = item - row * width;
        float hu = a.outside;
        if (!empty) hu = filtered(s.rows, row, [&](int place) { return between[place * width + column]; });
        from_float(windowed(a, hu), *at<T>(a.pictures, blockIdx.y * plane + item, 0));
    }
}
LT_ENTRIES(picture_rows, lt_picture_arguments)

/// First pass back: each picture row of each class resized to the rectangle's visible columns.
template <typename T>
LT_INLINE void restore_columns(const lt_restore_arguments &a) {
    const lt_resampled_slice &s = slice_of(a.slices);
    const visible_part part = visible(s);
    if (is_empty(part)) return;
    const long long across = part.right - part.left, height = a.scores.h, rows = a.scores.c * height;
    float *between = pointer<float>(a.between) + blockIdx.y * rows * a.between_columns;
    for (long long item = first_item(); item < rows * across; item += item_step()) {
        const long long line = quotient(item, across), column = item - line * across;
        const long long label = quotient(line, height), row = line - label * height;
        const long long first = (blockIdx.y * height + row) * a.scores.w;
        between[line * a.between_columns + column] =
            filtered(s.columns, part.left + column - s.first_i, [&](int place) {
                return to_float(*at<T>(a.scores, first + place, label));
            });
    }
}
LT_ENTRIES(restore_columns, lt_restore_arguments)

/// The value of a class at a visible pixel.
LT_INLINE float restored(
    const lt_restore_arguments &a, const lt_resampled_slice &s, long long label, long long row, long long column) {
    const float *plane = pointer<float>(a.between) +
                         (blockIdx.y * a.scores.c + label) * a.scores.h * a.between_columns;
    return filtered(s.rows, row, [&](int place) { return plane[place * a.between_columns + column]; });
}

/// Calls body(pixel of the slice, row of the rectangle, visible column) for every visible pixel.
template <typename Body>
LT_INLINE void each_visible(const lt_resampled_slice &s, const Body &body) {
    const visible_part part = visible(s);
    if (is_empty(part)) return;
    const long long across = part.right - part.left, count = across * (part.bottom - part.top);
    for (long long item = first_item(); item < count; item += item_step()) {
        const long long row = quotient(item, across), column = item - row * across, j = part.top + row;
        body(j * s.size_i + part.left + column, j - s.first_j, column);
    }
}

/// Second pass back: the likeliest class of every visible pixel; of equal ones the lowest. Others keep their label.
LT_INLINE void labels_back(const lt_restore_arguments &a) {
    const lt_resampled_slice &s = slice_of(a.slices);
    each_visible(s, [&](long long pixel, long long row, long long column) {
        float best = restored(a, s, 0, row, column);
        long long winner = 0;
        for (long long label = 1; label < a.scores.c; label++) {
            const float value = restored(a, s, label, row, column);
            if (value > best) {
                best = value;
                winner = label;
            }
        }
        pointer<unsigned char>(s.labels)[pixel] = (unsigned char)winner;
    });
}
LT_SINGLE_ENTRY(labels_back, restore_labels, lt_restore_arguments)

/// Second pass back for values of one channel.
LT_INLINE void values_back(const lt_restore_arguments &a) {
    const lt_resampled_slice &s = slice_of(a.slices);
    each_visible(s, [&](long long pixel, long long row, long long column) {
        pointer<float>(s.values)[pixel] = restored(a, s, 0, row, column);
    });
}
LT_SINGLE_ENTRY(values_back, restore_values, lt_restore_arguments)

/// The pixel of the same row that a mirror puts in a pixel's place.
LT_INLINE long long mirrored(const lt_device_view &view, long long pixel) {
    const long long row = quotient(pixel, view.w);
    return row * view.w + view.w - 1 - (pixel - row * view.w);
}

/// y = x with left and right exchanged.
template <typename T>
LT_INLINE void mirror(const lt_elementwise_arguments &a) {
    each_group<1>(pixels_of(a.y), a.y.c, [&](long long pixel, long long c) {
        *at<T>(a.y, pixel, c) = *at<T>(a.x, mirrored(a.x, pixel), c);
    });
}
LT_ENTRIES(mirror, lt_elementwise_arguments)

/// y = the mean of x and of z with left and right exchanged; y may be x.
template <typename T>
LT_INLINE void average_mirrored(const lt_elementwise_arguments &a) {
    each_group<1>(pixels_of(a.y), a.y.c, [&](long long pixel, long long c) {
        const float sum = to_float(*at<T>(a.x, pixel, c)) + to_float(*at<T>(a.z, mirrored(a.z, pixel), c));
        from_float(sum / 2, *at<T>(a.y, pixel, c));
    });
}
LT_ENTRIES(average_mirrored, lt_elementwise_arguments)
