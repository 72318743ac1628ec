// The driver's stand-in from inside.
#ifndef LUNGTRIAGE_DRIVER_STATE_H
#define LUNGTRIAGE_DRIVER_STATE_H

#include <pthread.h>
#include <stdio.h>

#include "standin.h"

/// Something a stream will do.
typedef struct node {
    void (*run)(void *);
    void *data;
    size_t bytes;
    struct node *next;
} node;

typedef struct {
    node *first, *last;
} node_list;

/// Handles of all kinds are these; `magic` says which, `alive` whether they still are.
typedef struct handle {
    uint32_t magic;
    int alive;
    struct handle *next;
    node_list nodes;
    /// A stream's: where captured work goes. A function's: its module.
    struct handle *link;
    int capturing;
    /// An event's: how often it was recorded, and the last of those that has happened.
    int marks, done;
    char kernel[64];
    lt_cuda_stream stream;
} handle;

enum { STREAM = 0x57e0, EVENT, MODULE, FUNCTION, GRAPH, EXECUTABLE, CONTEXT };

extern pthread_mutex_t standin_lock;

handle *new_handle(uint32_t magic);
/// The handle if it is alive and of this kind; else NULL, and a violation.
handle *checked(const char *function, const void *handle, uint32_t magic);
void append(node_list *list, void (*run)(void *), const void *data, size_t bytes);
void free_nodes(node_list *list);
/// Runs a stream's work, up to the mark of an event if one is given.
void drain(handle *stream, const handle *event, int mark);
void drain_all(void);

int standin_called(const char *function);
void standin_violation(const char *format, ...);
int standin_check_range(const char *what, uint64_t address, size_t bytes);
int standin_setting(const char *name);
void standin_count(const char *name);
const char *standin_violations(void);
/// A line for each counter that is not 0.
void standin_print_counters(FILE *file);
void standin_enqueue(lt_cuda_stream stream, void (*run)(void *), const void *data, size_t bytes);
/// Notes what a stream was given, or that the host waits for it, in the order of calls; where the setting "journal" wants it.
void standin_journal(const char *what, lt_cuda_stream stream);
/// Whether an address is in the range that device memory is taken from.
int is_device_address(uint64_t address);

/// The functions of cuda_emulator.h.
typedef struct {
    int (*run)(const char *name, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
               unsigned block_z, size_t shared_bytes, const void *arguments);
    const char *(*error)(void);
    size_t (*argument_bytes)(const char *name);
} standin_emulator;

int standin_has_kernel(const char *name);
/// Notes a violation where the kernel broke a rule.
void standin_run_kernel(const char *name, const unsigned grid[3], const unsigned block[3], size_t shared_bytes,
                        const void *arguments, size_t bytes);

#define FUNCTION_RESULT(name)                      \
    do {                                           \
        int result = standin_called(name);         \
        if (result) return result;                 \
    } while (0)

#endif
