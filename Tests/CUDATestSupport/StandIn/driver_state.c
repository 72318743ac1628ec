// The driver's bookkeeping: handles, settings, violations, and streams whose work waits until somebody waits for it.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver_state.h"

pthread_mutex_t standin_lock;
static char violations[1 << 16];
static handle *handles;

typedef struct {
    char name[64];
    int value, seen;
} entry;
static entry settings[128], counters[128], faults[16];

__attribute__((constructor)) static void start(void) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&standin_lock, &kind);
}

static entry *find(entry *table, int size, const char *name) {
    for (int i = 0; i < size; i++) {
        if (!table[i].name[0]) snprintf(table[i].name, sizeof table[i].name, "%s", name);
        if (!strcmp(table[i].name, name)) return &table[i];
    }
    abort();
}

void standin_violation(const char *format, ...) {
    pthread_mutex_lock(&standin_lock);
    size_t used = strlen(violations);
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(violations + used, sizeof violations - used - 1, format, arguments);
    va_end(arguments);
    if (written > 0 && used + (size_t)written + 2 < sizeof violations) strcat(violations, "\n");
    pthread_mutex_unlock(&standin_lock);
}

int standin_setting(const char *name) {
    pthread_mutex_lock(&standin_lock);
    int value = find(settings, 128, name)->value;
    pthread_mutex_unlock(&standin_lock);
    return value;
}

void standin_count(const char *name) {
    pthread_mutex_lock(&standin_lock);
    find(counters, 128, name)->value++;
    pthread_mutex_unlock(&standin_lock);
}

int standin_called(const char *function) {
    int result = 0;
    pthread_mutex_lock(&standin_lock);
    standin_count(function);
    for (int i = 0; i < 16; i++) {
        entry *fault = &faults[i];
        if (!fault->name[0] || strcmp(fault->name, function) || !fault->seen) continue;
        if (--fault->seen == 0) result = fault->value;
    }
    pthread_mutex_unlock(&standin_lock);
    return result;
}

// What tests call.
EXPORT void standin_set(const char *name, int value) { find(settings, 128, name)->value = value; }
EXPORT int standin_counter(const char *name) { return find(counters, 128, name)->value; }
/// The nth call from now on gives this result and does nothing.
EXPORT void standin_fail(const char *function, int nth, int result) {
    entry *fault = find(faults, 16, function);
    fault->seen = nth;
    fault->value = result;
}
EXPORT const char *standin_violations(void) { return violations; }

void standin_print_counters(FILE *file) {
    for (int i = 0; i < 128; i++)
        if (counters[i].value) fprintf(file, "%s %d\n", counters[i].name, counters[i].value);
}

handle *new_handle(uint32_t magic) {
    handle *made = calloc(1, sizeof *made);
    made->magic = magic;
    made->alive = 1;
    made->next = handles;
    return handles = made;
}

EXPORT int standin_live_handles(void) {
    int count = 0;
    for (handle *h = handles; h; h = h->next) count += h->alive && h->magic != FUNCTION;
    return count;
}

handle *checked(const char *function, const void *given, uint32_t magic) {
    for (handle *h = handles; h; h = h->next) {
        if (h != given || h->magic != magic) continue;
        if (!h->alive) break;
        return h;
    }
    standin_violation("%s: the handle %p is not alive or of another kind", function, given);
    return NULL;
}

void append(node_list *list, void (*run)(void *), const void *data, size_t bytes) {
    node *made = calloc(1, sizeof *made);
    made->run = run;
    made->bytes = bytes;
    made->data = malloc(bytes ? bytes : 1);
    if (bytes) memcpy(made->data, data, bytes);
    if (list->last) list->last->next = made;
    else list->first = made;
    list->last = made;
}

void free_nodes(node_list *list) {
    while (list->first) {
        node *next = list->first->next;
        free(list->first->data);
        free(list->first);
        list->first = next;
    }
    list->last = NULL;
}

void standin_enqueue(lt_cuda_stream stream, void (*run)(void *), const void *data, size_t bytes) {
    pthread_mutex_lock(&standin_lock);
    handle *s = checked("enqueue", stream, STREAM);
    if (s) append(s->capturing ? &s->link->nodes : &s->nodes, run, data, bytes);
    pthread_mutex_unlock(&standin_lock);
}

void drain(handle *stream, const handle *event) {
    while (stream->nodes.first && !(event && event->happened)) {
        node *now = stream->nodes.first;
        stream->nodes.first = now->next;
        if (!stream->nodes.first) stream->nodes.last = NULL;
        now->run(now->data);
        free(now->data);
        free(now);
    }
}

void drain_all(void) {
    for (handle *h = handles; h; h = h->next)
        if (h->magic == STREAM && h->alive) drain(h, NULL);
}

static const standin_driver table = {
    standin_called, standin_violation, standin_check_range, standin_enqueue, standin_setting, standin_count};
EXPORT const standin_driver *standin_get(void) { return &table; }
