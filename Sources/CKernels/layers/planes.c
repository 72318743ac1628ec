// Planes ↔ channels-last, at the two ends of a network: few channels, and no arithmetic that vectors would speed up.

#include <string.h>

#include "split.h"

enum { LT_PLANE_BLOCK = 16 };  // pixels: one cache line of each plane

typedef struct {
  const float *from;
  float *to;
  lt_view view;
  lt_split split;  // pixels of one image
} job;

static job job_make(lt_view v) {
  return (job){.view = v, .split = lt_split_make(v.c > 0 ? v.h * v.w : 0, v.c, LT_SHARE_FLOATS)};
}

/// Pixels begin ..< end of image n.
typedef struct {
  int64_t n, begin, end;
} range;

static range range_of(const job *j, int64_t index) {
  int64_t share = index % j->split.shares;
  return (range){index / j->split.shares, lt_split_begin(j->split, share), lt_split_end(j->split, share)};
}

static void from_planes_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  range r = range_of(j, index);
  int64_t area = j->split.count, c = j->view.c, stride = j->view.stride;
  const float *planes = j->from + r.n * c * area;
  float *pixels = j->view.data + r.n * area * stride;
  if (stride == 1) {
    memcpy(pixels + r.begin, planes + r.begin, (size_t)(r.end - r.begin) * sizeof(float));
    return;
  }
  for (int64_t p = r.begin; p < r.end; p += LT_PLANE_BLOCK)
    for (int64_t k = 0; k < c; k++)
      for (int64_t i = p; i < lt_min(r.end, p + LT_PLANE_BLOCK); i++) pixels[i * stride + k] = planes[k * area + i];
}

static void to_planes_share(void *argument, int64_t index, int worker) {
  (void)worker;
  const job *j = argument;
  range r = range_of(j, index);
  int64_t area = j->split.count, c = j->view.c, stride = j->view.stride;
  const float *pixels = j->view.data + r.n * area * stride;
  float *planes = j->to + r.n * c * area;
  if (stride == 1) {
    memcpy(planes + r.begin, pixels + r.begin, (size_t)(r.end - r.begin) * sizeof(float));
    return;
  }
  for (int64_t p = r.begin; p < r.end; p += LT_PLANE_BLOCK)
    for (int64_t k = 0; k < c; k++)
      for (int64_t i = p; i < lt_min(r.end, p + LT_PLANE_BLOCK); i++) planes[k * area + i] = pixels[i * stride + k];
}

void lt_from_planes(lt_context context, const float *planes, lt_view y) {
  job j = job_make(y);
  j.from = planes;
  lt_pool_run(context.pool, y.n * j.split.shares, from_planes_share, &j);
}

void lt_to_planes(lt_context context, lt_view x, float *planes) {
  job j = job_make(x);
  j.to = planes;
  lt_pool_run(context.pool, x.n * j.split.shares, to_planes_share, &j);
}
