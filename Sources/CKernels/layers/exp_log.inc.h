// exp and log1p on vectors, with the polynomials of the Cephes library (Moshier 1992). Both hand NaN through.

/// e^x for x ≤ 0: relative error below 3e-7 where the result is a normal number, 0 below e^−87. exp(0) is exactly 1.
LT_INLINE lt_vf lt_exp_negative(lt_vf x) {
  const float rounder = 12582912.0f;  // 1.5·2²³: adding it rounds to an integer, which its low bits then hold
  lt_vf shifted = x * lt_splat(1.44269504f) + lt_splat(rounder);
  lt_vf n = shifted - lt_splat(rounder);
  lt_vf r = x - n * lt_splat(0.693359375f);
  r = r + n * lt_splat(2.12194440e-4f);
  lt_vf p = r * lt_splat(1.9875691500e-4f) + lt_splat(1.3981999507e-3f);
  p = p * r + lt_splat(8.3334519073e-3f);
  p = p * r + lt_splat(4.1665795894e-2f);
  p = p * r + lt_splat(1.6666665459e-1f);
  p = p * r + lt_splat(5.0000001201e-1f);
  p = p * (r * r) + r + lt_splat(1.0f);
  // 2ⁿ enters as a factor, not as bits added to the exponent, which could turn a NaN into a number.
  lt_vf power = (lt_vf)(((lt_vu)shifted << 23) + 0x3F800000u);  // wraps where the result is 0 anyway
  return lt_where(~(x < lt_splat(-87.0f)), p * power);
}

/// log(1 + s) for s ≥ 0, with a small relative error also where s is tiny.
LT_INLINE lt_vf lt_log1p_positive(lt_vf s) {
  lt_vf u = s + lt_splat(1.0f);
  lt_vf lost = (s - (u - lt_splat(1.0f))) / u;  // what rounding u cost; NaN when s is NaN, which the bits below hide
  lt_vi exponent = ((lt_vi)u - lt_splat_i(0x3F3504F3)) >> 23;  // mantissa in √½ … √2
  lt_vf f = (lt_vf)((lt_vi)u - (exponent << 23)) - lt_splat(1.0f);
  lt_vf n = __builtin_convertvector(exponent, lt_vf);
  lt_vf p = f * lt_splat(7.0376836292e-2f) + lt_splat(-1.1514610310e-1f);
  p = p * f + lt_splat(1.1676998740e-1f);
  p = p * f + lt_splat(-1.2420140846e-1f);
  p = p * f + lt_splat(1.4249322787e-1f);
  p = p * f + lt_splat(-1.6668057665e-1f);
  p = p * f + lt_splat(2.0000714765e-1f);
  p = p * f + lt_splat(-2.4999993993e-1f);
  p = p * f + lt_splat(3.3333331174e-1f);
  lt_vf z = f * f;
  lt_vf small = p * f * z + n * lt_splat(-2.12194440e-4f) - z * lt_splat(0.5f) + lost;
  return f + small + n * lt_splat(0.693359375f);
}
