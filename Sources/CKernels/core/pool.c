#include "lt_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define LT_RELAX() _mm_pause()
#else
#define LT_RELAX() ((void)0)
#endif

// A worker looks this many times for the next loop before it sleeps: layers follow each other within microseconds,
// a sleep and a wake-up cost tens of them.
enum { LT_SPINS = 4000 };

struct lt_pool {
  pthread_mutex_t caller;  // held by whoever runs a loop
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pthread_t *threads;
  int count;  // workers, the caller included
  bool stopping;
  atomic_uint generation;  // one more for every loop
  atomic_llong next;       // next index to take
  atomic_int running;      // helpers that have not left the loop yet
  int64_t total;
  lt_task task;
  void *context;
};

typedef struct {
  lt_pool *pool;
  int worker;
} lt_helper;

static void take_tasks(lt_pool *pool, int worker) {
  for (;;) {
    int64_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (index >= pool->total) return;
    pool->task(pool->context, index, worker);
  }
}

static unsigned wait_for_loop(lt_pool *pool, unsigned seen) {
  for (int i = 0; i < LT_SPINS; i++) {
    unsigned now = atomic_load_explicit(&pool->generation, memory_order_acquire);
    if (now != seen) return now;
    LT_RELAX();
  }
  pthread_mutex_lock(&pool->lock);
  unsigned now;
  while ((now = atomic_load_explicit(&pool->generation, memory_order_acquire)) == seen)
    pthread_cond_wait(&pool->wake, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
  return now;
}

static void *helper_main(void *argument) {
  lt_helper helper = *(lt_helper *)argument;
  free(argument);
  lt_pool *pool = helper.pool;
  unsigned seen = 0;
  for (;;) {
    seen = wait_for_loop(pool, seen);
    if (pool->stopping) return NULL;
    take_tasks(pool, helper.worker);
    atomic_fetch_sub_explicit(&pool->running, 1, memory_order_release);
  }
}

static void announce(lt_pool *pool) {
  pthread_mutex_lock(&pool->lock);
  atomic_fetch_add_explicit(&pool->generation, 1, memory_order_release);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

static void stop_helpers(lt_pool *pool, int started) {
  pool->stopping = true;
  announce(pool);
  for (int i = 0; i < started; i++) pthread_join(pool->threads[i], NULL);
  pthread_mutex_destroy(&pool->caller);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->wake);
  free(pool->threads);
  free(pool);
}

lt_pool *lt_pool_create(int threads) {
  if (threads < 1) return NULL;
  lt_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->threads = calloc((size_t)threads, sizeof *pool->threads);
  if (!pool->threads) {
    free(pool);
    return NULL;
  }
  pool->count = threads;
  pthread_mutex_init(&pool->caller, NULL);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  for (int i = 0; i < threads - 1; i++) {
    lt_helper *helper = malloc(sizeof *helper);
    if (helper) *helper = (lt_helper){pool, i + 1};
    if (!helper || pthread_create(&pool->threads[i], NULL, helper_main, helper) != 0) {
      free(helper);
      stop_helpers(pool, i);
      return NULL;
    }
  }
  return pool;
}

void lt_pool_destroy(lt_pool *pool) {
  if (pool) stop_helpers(pool, pool->count - 1);
}

int lt_pool_threads(const lt_pool *pool) { return pool ? pool->count : 1; }

void lt_pool_run(lt_pool *pool, int64_t count, lt_task task, void *context) {
  if (!pool || pool->count == 1 || count <= 1) {
    for (int64_t i = 0; i < count; i++) task(context, i, 0);
    return;
  }
  pthread_mutex_lock(&pool->caller);
  pool->task = task;
  pool->context = context;
  pool->total = count;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  atomic_store_explicit(&pool->running, pool->count - 1, memory_order_relaxed);
  announce(pool);
  take_tasks(pool, 0);
  // Helpers may still hold their last task; its end is microseconds away.
  while (atomic_load_explicit(&pool->running, memory_order_acquire) != 0) LT_RELAX();
  pthread_mutex_unlock(&pool->caller);
}
