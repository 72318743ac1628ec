/* Waiting for descriptors and moments. On failure these return -1 and set errno. No descriptor blocks or is inherited. */
#ifndef LUNGTRIAGE_EVENTS_H
#define LUNGTRIAGE_EVENTS_H

#include <stdint.h>

/* epoll(7): descriptors that can be read, told by the tokens they were added with. */
int lungtriage_poll_create(void);
/* `once`: not told again after the first time. */
int lungtriage_poll_add(int poll, int descriptor, uint64_t token, int once);
int lungtriage_poll_remove(int poll, int descriptor);
/* Waits without a limit. How many tokens there are: at most 32, of at least one event. */
int lungtriage_poll_wait(int poll, uint64_t tokens[32]);

/* timerfd_create(2) on the time since the machine was started, in which it goes on while the machine is suspended. */
int lungtriage_timer_create(void);
/* When it can be read, in nanoseconds of that time. */
int lungtriage_timer_set(int timer, int64_t nanoseconds);
int64_t lungtriage_timer_now(void);

/* eventfd(2): can be read once it was written to. */
int lungtriage_event_create(void);

#endif
