#define LT_LANES 4
#define LT_NAME(f) f##_portable
#define LT_MR 6
#define LT_NV 2
