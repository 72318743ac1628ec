// Vectors of which only the first `n` lanes exist, and loops over rows. With n == LT_LANES known at compile time the
// branches vanish, so one body serves the full vectors and the rest of a row.

typedef uint32_t lt_vu __attribute__((vector_size(LT_LANES * 4)));
typedef uint8_t lt_vb __attribute__((vector_size(LT_LANES)));

LT_INLINE lt_vf lt_load_n(const float *p, int64_t n) { return n == LT_LANES ? lt_load(p) : lt_load_part(p, n); }

LT_INLINE void lt_store_n(float *p, lt_vf v, int64_t n) {
  if (n == LT_LANES)
    lt_store(p, v);
  else
    lt_store_part(p, v, n);
}

LT_INLINE lt_vf lt_select(lt_vi mask, lt_vf yes, lt_vf no) {
  return (lt_vf)((mask & (lt_vi)yes) | (~mask & (lt_vi)no));
}
LT_INLINE lt_vf lt_where(lt_vi mask, lt_vf yes) { return (lt_vf)(mask & (lt_vi)yes); }
LT_INLINE lt_vi lt_splat_i(int32_t x) { return x - (lt_vi){0}; }

LT_INLINE lt_vi lt_lane_numbers(void) {
  lt_vi lanes;
  for (int i = 0; i < LT_LANES; i++) lanes[i] = i;
  return lanes;
}

/// As lt_store_n, past the caches when `stream`: no line of the output is read first, none is left in the caches.
LT_INLINE void lt_put(float *p, lt_vf v, int64_t n, int stream) {
  if (stream && n == LT_LANES)
    __builtin_nontemporal_store(v, (lt_vf *)p);
  else
    lt_store_n(p, v, n);
}

/// Streamed stores are aligned, and must have ended before another thread is told of them.
LT_INLINE int lt_can_stream(const float *p, int64_t step) {
  return (uintptr_t)p % (LT_LANES * sizeof(float)) == 0 && step % LT_LANES == 0;
}
LT_INLINE void lt_end_stream(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/// One tile: `n` lanes from channel `c` on, of `pixels` rows from `row` on. `job` is the kernel's own.
typedef void (*lt_tile)(const lt_rows *r, const void *job, int64_t row, int64_t pixels, int64_t c, int64_t n,
                        int stream);

LT_INLINE void lt_each_tile_of_rows(const lt_rows *r, const void *job, lt_tile tile, int64_t row, int64_t pixels,
                                    int stream) {
  int64_t full = r->length / LT_LANES * LT_LANES;
  for (int64_t c = 0; c < full; c += LT_LANES) tile(r, job, row, pixels, c, LT_LANES, stream);
  if (full < r->length) tile(r, job, row, pixels, full, r->length - full, stream);
}

LT_INLINE void lt_each_tile_with(const lt_rows *r, const void *job, lt_tile tile, int64_t pixels, int stream) {
  const lt_rows own = *r;  // the compiler sees that no store of the loop changes it
  int64_t row = 0;
  for (; row + pixels <= own.rows; row += pixels) lt_each_tile_of_rows(&own, job, tile, row, pixels, stream);
  for (; row < own.rows; row++) lt_each_tile_of_rows(&own, job, tile, row, 1, stream);
}

/// Several rows at a time, so that a channel's constants are loaded once for all of them. For tiles that write r->y.
LT_INLINE void lt_each_tile(const lt_rows *r, const void *job, lt_tile tile, int64_t pixels) {
  if (r->stream && lt_can_stream(r->y, r->rows > 1 ? r->y_step : 0)) {
    lt_each_tile_with(r, job, tile, pixels, 1);
    lt_end_stream();
  } else {
    lt_each_tile_with(r, job, tile, pixels, 0);
  }
}
