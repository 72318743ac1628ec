// What this machine's processors can do at the most: multiply-adds on registers, and reading from memory.
// Prints GFLOP/s and GB/s of THREADS threads together, best of several passes. Usage: peaks THREADS
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LANES (sizeof(vec) / sizeof(float))
#ifdef __AVX512F__
typedef float vec __attribute__((vector_size(64)));
#else
typedef float vec __attribute__((vector_size(32)));
#endif

enum { CHAINS = 12, STEPS = 20000000, PASSES = 7, MEGABYTES = 256 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct {
  float *data;
  float sink;
} worker;

// Enough independent chains to hide an FMA's latency in both units.
static void *multiply(void *argument) {
  worker *w = argument;
  vec sums[CHAINS], a, b;
  for (size_t lane = 0; lane < LANES; lane++) a[lane] = 0.999f, b[lane] = w->sink;
  for (int i = 0; i < CHAINS; i++) sums[i] = b + (float)i;
  for (long step = 0; step < STEPS; step++)
    for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * a + b;
  for (int i = 0; i < CHAINS; i++) w->sink += sums[i][0];
  return NULL;
}

static void *sum(void *argument) {
  worker *w = argument;
  vec sums[8] = {0};
  const vec *values = (const vec *)w->data;
  for (size_t i = 0; i + 8 <= MEGABYTES * 1000000ul / sizeof(vec); i += 8)
    for (size_t j = 0; j < 8; j++) sums[j] += values[i + j];
  for (int j = 0; j < 8; j++) w->sink += sums[j][0];
  return NULL;
}

static double best(int threads, worker *workers, void *(*task)(void *)) {
  double shortest = 1e9;
  for (int pass = 0; pass < PASSES; pass++) {
    pthread_t ids[threads];
    double start = now();
    for (int i = 0; i < threads; i++)
      if (pthread_create(&ids[i], NULL, task, &workers[i])) exit(1);
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    if (now() - start < shortest) shortest = now() - start;
  }
  return shortest;
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1) return 64;
  worker workers[threads];
  for (int i = 0; i < threads; i++) {
    workers[i] = (worker){aligned_alloc(64, MEGABYTES * 1000000ul), 1e-6f};
    if (!workers[i].data) return 1;
    memset(workers[i].data, 0, MEGABYTES * 1000000ul);
  }
  double flops = 2.0 * CHAINS * STEPS * (double)LANES * threads / best(threads, workers, multiply);
  double bytes = MEGABYTES * 1e6 * threads / best(threads, workers, sum);
  printf("%.1f %.1f\n", flops / 1e9, bytes / 1e9);
  return 0;
}
