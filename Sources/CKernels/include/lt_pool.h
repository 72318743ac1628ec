#ifndef LT_POOL_H
#define LT_POOL_H

#include <stdint.h>

/// A fixed set of threads that runs the tasks of one parallel loop at a time.
typedef struct lt_pool lt_pool;

/// One task of a parallel loop: `index` says which, `worker` (0 ..< threads) whose scratch memory it may use.
typedef void (*lt_task)(void *context, int64_t index, int worker);

/// Starts a pool of `threads` workers, the calling thread of each loop counted as one of them.
/// Returns NULL when threads < 1 or the system refuses a thread.
lt_pool *lt_pool_create(int threads);

/// Stops the workers and frees the pool. No loop may be running.
void lt_pool_destroy(lt_pool *pool);

/// How many workers the pool has, the caller included.
int lt_pool_threads(const lt_pool *pool);

/// Runs task(context, i, worker) for every i in 0 ..< count and returns when all have ended. Workers take the next
/// index as they become free, so a task must not depend on which worker runs it: results stay the same bits.
/// Loops of different callers on one pool run one after the other. A NULL pool runs everything on the caller.
void lt_pool_run(lt_pool *pool, int64_t count, lt_task task, void *context);

#endif
