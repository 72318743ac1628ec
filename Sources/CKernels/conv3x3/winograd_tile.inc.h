// One-dimensional Winograd transforms on vectors of channels, for the points 0, ±a, ±b (, ±c), ∞.
// Reference: Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks"; the points were chosen by measuring
// float32 error (Documentation/performance.md): ±3/4, ±3/2 halve the error of F(4,3)'s usual ±1, ±2; for F(6,3) the
// usual ±1/2, ±1, ±2 are the best of 165 sets tried.

// F(4,3): points 0, ±3/4, ±3/2, ∞.
LT_INLINE void input_transform_4(const lt_vf x[6], lt_vf v[6]) {
  const float pp = 0.5625f, qq = 2.25f;  // squares of the points
  const float p = 0.75f, q = 1.5f;
  lt_vf p_even = x[4] - qq * x[2], p_odd = x[3] - qq * x[1];
  lt_vf q_even = x[4] - pp * x[2], q_odd = x[3] - pp * x[1];
  v[0] = x[4] + (pp * qq) * x[0] - (pp + qq) * x[2];
  v[1] = p_even + p * p_odd;
  v[2] = p_even - p * p_odd;
  v[3] = q_even + q * q_odd;
  v[4] = q_even - q * q_odd;
  v[5] = x[5] + (pp * qq) * x[1] - (pp + qq) * x[3];
}

LT_INLINE void output_transform_4(const lt_vf m[6], lt_vf y[4]) {
  const float p = 0.75f, q = 1.5f;
  lt_vf ps = m[1] + m[2], pd = m[1] - m[2], qs = m[3] + m[4], qd = m[3] - m[4];
  y[0] = m[0] + ps + qs;
  y[1] = p * pd + q * qd;
  y[2] = (p * p) * ps + (q * q) * qs;
  y[3] = m[5] + (p * p * p) * pd + (q * q * q) * qd;
}

// Rows (1, p, p²) / N_p with N_p = Π(p − other points) = 2p²(p² − q²), and 1/(p²q²) for the point 0.
LT_INLINE void weight_transform_4(const lt_vf g[3], lt_vf u[6]) {
  const float p = 0.75f, q = 1.5f;
  const float n0 = (float)(1.0 / (0.5625 * 2.25));
  const float np = (float)(1.0 / (2 * 0.5625 * (0.5625 - 2.25)));
  const float nq = (float)(1.0 / (2 * 2.25 * (2.25 - 0.5625)));
  lt_vf pe = np * g[0] + (np * p * p) * g[2], po = (np * p) * g[1];
  lt_vf qe = nq * g[0] + (nq * q * q) * g[2], qo = (nq * q) * g[1];
  u[0] = n0 * g[0];
  u[1] = pe + po;
  u[2] = pe - po;
  u[3] = qe + qo;
  u[4] = qe - qo;
  u[5] = g[2];
}

// F(6,3): points 0, ±1, ±2, ±1/2, ∞; rows of ±1/2 scaled by 32 in the output transform and by 1/32 in the weights'.
LT_INLINE void input_transform_6(const lt_vf x[8], lt_vf v[8]) {
  v[0] = (x[0] - x[6]) + 5.25f * (x[4] - x[2]);
  lt_vf even = (x[2] + x[6]) - 4.25f * x[4];
  lt_vf odd = (x[1] + x[5]) - 4.25f * x[3];
  v[1] = even + odd;
  v[2] = even - odd;
  even = x[6] + 0.25f * x[2] - 1.25f * x[4];
  odd = 0.5f * x[1] - 2.5f * x[3] + 2.0f * x[5];
  v[3] = even + odd;
  v[4] = even - odd;
  even = x[6] + 4.0f * x[2] - 5.0f * x[4];
  odd = 2.0f * x[1] - 2.5f * x[3] + 0.5f * x[5];
  v[5] = even + odd;
  v[6] = even - odd;
  v[7] = (x[7] - x[1]) + 5.25f * (x[3] - x[5]);
}

LT_INLINE void output_transform_6(const lt_vf m[8], lt_vf y[6]) {
  lt_vf s1 = m[1] + m[2], d1 = m[1] - m[2];
  lt_vf s2 = m[3] + m[4], d2 = m[3] - m[4];
  lt_vf s3 = m[5] + m[6], d3 = m[5] - m[6];
  y[0] = m[0] + s1 + s2 + 32.0f * s3;
  y[1] = d1 + 2.0f * d2 + 16.0f * d3;
  y[2] = s1 + 4.0f * s2 + 8.0f * s3;
  y[3] = d1 + 8.0f * d2 + 4.0f * d3;
  y[4] = s1 + 16.0f * s2 + 2.0f * s3;
  y[5] = m[7] + d1 + 32.0f * d2 + d3;
}

LT_INLINE void weight_transform_6(const lt_vf g[3], lt_vf u[8]) {
  const float t1 = (float)(-2.0 / 9), t2 = (float)(1.0 / 90), t3 = (float)(1.0 / 45);
  lt_vf even = t1 * (g[0] + g[2]), odd = t1 * g[1];
  u[0] = g[0];
  u[1] = even + odd;
  u[2] = even - odd;
  even = t2 * g[0] + (4 * t2) * g[2];
  odd = (2 * t2) * g[1];
  u[3] = even + odd;
  u[4] = even - odd;
  even = t3 * g[0] + (t3 / 4) * g[2];
  odd = (t3 / 2) * g[1];
  u[5] = even + odd;
  u[6] = even - odd;
  u[7] = g[2];
}

// Adjoints of the output and of the weight transform, for the weights' gradient.
LT_INLINE void output_adjoint_4(const lt_vf y[4], lt_vf v[6]) {
  const float p = 0.75f, q = 1.5f;
  lt_vf p_even = y[0] + (p * p) * y[2], p_odd = p * y[1] + (p * p * p) * y[3];
  lt_vf q_even = y[0] + (q * q) * y[2], q_odd = q * y[1] + (q * q * q) * y[3];
  v[0] = y[0];
  v[1] = p_even + p_odd;
  v[2] = p_even - p_odd;
  v[3] = q_even + q_odd;
  v[4] = q_even - q_odd;
  v[5] = y[3];
}

LT_INLINE void output_adjoint_6(const lt_vf y[6], lt_vf v[8]) {
  lt_vf even = y[0] + y[2] + y[4], odd = y[1] + y[3] + y[5];
  v[0] = y[0];
  v[1] = even + odd;
  v[2] = even - odd;
  even = y[0] + 4.0f * y[2] + 16.0f * y[4];
  odd = 2.0f * y[1] + 8.0f * y[3] + 32.0f * y[5];
  v[3] = even + odd;
  v[4] = even - odd;
  even = 32.0f * y[0] + 8.0f * y[2] + 2.0f * y[4];
  odd = 16.0f * y[1] + 4.0f * y[3] + y[5];
  v[5] = even + odd;
  v[6] = even - odd;
  v[7] = y[5];
}

LT_INLINE void weight_adjoint_4(const lt_vf u[6], lt_vf g[3]) {
  const float p = 0.75f, q = 1.5f;
  const float n0 = (float)(1.0 / (0.5625 * 2.25));
  const float np = (float)(1.0 / (2 * 0.5625 * (0.5625 - 2.25)));
  const float nq = (float)(1.0 / (2 * 2.25 * (2.25 - 0.5625)));
  lt_vf ps = np * (u[1] + u[2]), pd = np * (u[1] - u[2]);
  lt_vf qs = nq * (u[3] + u[4]), qd = nq * (u[3] - u[4]);
  g[0] = n0 * u[0] + ps + qs;
  g[1] = p * pd + q * qd;
  g[2] = (p * p) * ps + (q * q) * qs + u[5];
}

LT_INLINE void weight_adjoint_6(const lt_vf u[8], lt_vf g[3]) {
  const float t1 = (float)(-2.0 / 9), t2 = (float)(1.0 / 90), t3 = (float)(1.0 / 45);
  lt_vf s1 = t1 * (u[1] + u[2]), d1 = t1 * (u[1] - u[2]);
  lt_vf s2 = t2 * (u[3] + u[4]), d2 = t2 * (u[3] - u[4]);
  lt_vf s3 = t3 * (u[5] + u[6]), d3 = t3 * (u[5] - u[6]);
  g[0] = u[0] + s1 + s2 + s3;
  g[1] = d1 + 2.0f * d2 + 0.5f * d3;
  g[2] = s1 + 4.0f * s2 + 0.25f * s3 + u[7];
}
