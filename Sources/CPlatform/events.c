#define _GNU_SOURCE
#include "lungtriage_events.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

static const int64_t second = 1000000000;

int lungtriage_poll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int lungtriage_poll_add(int poll, int descriptor, uint64_t token, int once) {
    struct epoll_event event = {.events = EPOLLIN | (once ? EPOLLONESHOT : 0), .data = {.u64 = token}};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int lungtriage_poll_remove(int poll, int descriptor) { return epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, NULL); }

int lungtriage_poll_wait(int poll, uint64_t tokens[32]) {
    struct epoll_event events[32];
    const int count = epoll_wait(poll, events, 32, -1);
    for (int i = 0; i < count; ++i) tokens[i] = events[i].data.u64;
    return count;
}

int lungtriage_timer_create(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK); }

int lungtriage_timer_set(int timer, int64_t nanoseconds) {
    /* 0 would switch it off. */
    if (nanoseconds < 1) nanoseconds = 1;
    const struct itimerspec time = {.it_value = {nanoseconds / second, nanoseconds % second}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL);
}

int64_t lungtriage_timer_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec * second + time.tv_nsec;
}

int lungtriage_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
