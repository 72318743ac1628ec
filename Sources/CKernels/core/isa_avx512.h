#define LT_LANES 16
#define LT_NAME(f) f##_avx512
#define LT_TARGET "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"
// 24 accumulators and 2 weight vectors; the broadcast value is a memory operand.
#define LT_MR 12
#define LT_NV 2
