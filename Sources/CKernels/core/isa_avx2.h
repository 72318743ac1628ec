#define LT_LANES 8
#define LT_NAME(f) f##_avx2
#define LT_TARGET "avx2,fma"
// 12 accumulators, 2 weight vectors and 1 broadcast value fill the 16 registers.
#define LT_MR 6
#define LT_NV 2
