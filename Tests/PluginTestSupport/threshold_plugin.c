/* A plugin in plain C, written against the header alone: inside the lungs, what is denser than THRESHOLD HU is infected.
 *
 * FAULT makes it misbehave in one way, for the tests:
 *   cc -std=c99 -shared -fPIC -I Sources/CModelPlugin/include [-DFAULT=3] threshold_plugin.c -o libthreshold.so */
#include "lungtriage_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRONG_MAJOR 1
#define SHORT_STRUCT 2
#define MISSING_FUNCTION 3
#define OTHER_IDENTIFIER 4
#define RUNS_NOWHERE 5
#define UNKNOWN_LABEL 6
#define UNASKED_SLICE 7
#define WILD_PROBABILITIES 8
#define NEVER_RETURNS 9
#define CANNOT_OPEN 10
#define NO_DESCRIPTOR 11
#define UNKNOWN_ROLE 12
#define LABEL_OF_ANOTHER_ROLE 13
#define ENDLESS_MESSAGE 14
#define NO_ENTRY 15
#define NEWER_MINOR 16
/* With a volume of FAULTY_SLICES slices only. */
#define CRASHES 17
#define STALLS 18
#define LEAKS 19
#define NEEDS_MUCH 20
#define DEVICE_FAILS 21
/* As one was built before there was `describe`, which must not be looked at. */
#define OLDER_MINOR 22
#define FAULTY_SLICES 12

#ifndef FAULT
#define FAULT 0
#endif
#define THRESHOLD (-500)

/* hostile_attempts.c */
#ifdef HOSTILE
void try_everything(const lungtriage_host *host);
#else
#define try_everything(host) ((void)(host))
#endif

struct lungtriage_session {
    const lungtriage_host *host;
    uint32_t calls;
};

static uint32_t score(const lungtriage_device *device) {
    if (FAULT == RUNS_NOWHERE) return 0;
    return device->kind == LUNGTRIAGE_DEVICE_CPU ? 10 : 0;
}

static uint64_t memory(const lungtriage_shape *shape, const lungtriage_device *device) {
    (void)device;
    if (FAULT == NEEDS_MUCH && shape->slices == FAULTY_SLICES) return UINT64_C(1) << 36;
    return 1000 + (uint64_t)shape->columns * shape->rows * shape->slices;
}

static void say(lungtriage_failure *failure, const char *sentence) {
    snprintf(failure->message, sizeof failure->message, "%s", sentence);
}

static int32_t open_session(
    const lungtriage_open_request *request, lungtriage_session **session, lungtriage_failure *failure) {
    if (FAULT == CANNOT_OPEN) {
        say(failure, "The weights are for another network.");
        return LUNGTRIAGE_BAD_MODEL;
    }
    if (FAULT == ENDLESS_MESSAGE) {
        memset(failure->message, 'x', sizeof failure->message);
        return LUNGTRIAGE_FAILED;
    }
    *session = calloc(1, sizeof **session);
    if (!*session) return LUNGTRIAGE_NO_MEMORY;
    (*session)->host = request->host;
    request->host->log(request->host->context, LUNGTRIAGE_LOG_INFO, request->model_folder);
    return LUNGTRIAGE_OK;
}

/* The worker process does not outlive these. */
static void misbehave(void) {
    if (FAULT == CRASHES) *(volatile int *)8 = 1;
    while (FAULT == STALLS) {
    }
    while (FAULT == LEAKS) memset(malloc(1 << 20), 1, 1 << 20);
}

static int32_t segment(
    lungtriage_session *session, const lungtriage_segment_request *request, lungtriage_failure *failure) {
    const size_t plane = (size_t)request->shape.columns * request->shape.rows;
    session->calls += 1;
    try_everything(session->host);
    if (request->shape.slices == FAULTY_SLICES) misbehave();
    if (FAULT == DEVICE_FAILS && request->shape.slices == FAULTY_SLICES) {
        say(failure, "The device is gone.");
        return LUNGTRIAGE_DEVICE_FAILED;
    }
    if (!request->lungs) {
        say(failure, "Lungs are needed.");
        return LUNGTRIAGE_BAD_INPUT;
    }
    while (FAULT == NEVER_RETURNS) {
        if (request->cancelled(request->context)) return LUNGTRIAGE_CANCELLED;
    }
    for (uint64_t index = 0; index < request->slice_count; ++index) {
        const size_t first = request->slices[index] * plane;
        for (size_t voxel = first; voxel < first + plane; ++voxel) {
            if (!request->lungs[voxel]) continue;
            request->labels[voxel] = request->volume[voxel] > THRESHOLD;
            if (request->probabilities) request->probabilities[voxel] = request->labels[voxel] ? 0.75f : 0.25f;
        }
        request->progress(request->context, (double)(index + 1) / (double)request->slice_count);
        if (request->cancelled(request->context)) return LUNGTRIAGE_CANCELLED;
    }
    if (FAULT == UNKNOWN_LABEL) request->labels[0] = 7;
    if (FAULT == UNASKED_SLICE) request->labels[(size_t)(request->shape.slices - 1) * plane] = 1;
    if (FAULT == WILD_PROBABILITIES && request->probabilities) request->probabilities[0] = 1.5f;
    return LUNGTRIAGE_OK;
}

static void close_session(lungtriage_session *session) {
    char text[64];
    snprintf(text, sizeof text, "closed after %u", session->calls);
    session->host->log(session->host->context, LUNGTRIAGE_LOG_WARNING, text);
    free(session);
}

#if FAULT == NO_ENTRY
#define ENTRY some_other_function
#else
#define ENTRY LUNGTRIAGE_PLUGIN_ENTRY
#endif
const lungtriage_plugin *ENTRY(void);

const lungtriage_plugin *ENTRY(void) {
    static const lungtriage_label labels[] = {
        {sizeof(lungtriage_label), FAULT == LABEL_OF_ANOTHER_ROLE ? 3 : 1, "Dense", "DEN", 0xEE4A00, 0}};
    static const lungtriage_domain domain = {sizeof(lungtriage_domain), 1, 0, 0, 0.5, 5};
    static const lungtriage_plugin plugin = {
        FAULT == SHORT_STRUCT ? 40 : FAULT == OLDER_MINOR ? 104 : sizeof(lungtriage_plugin),
        FAULT == WRONG_MAJOR ? LUNGTRIAGE_ABI_MAJOR + 1 : LUNGTRIAGE_ABI_MAJOR,
        FAULT == NEWER_MINOR ? LUNGTRIAGE_ABI_MINOR + 1 : FAULT == OLDER_MINOR ? 0 : LUNGTRIAGE_ABI_MINOR,
        FAULT == UNKNOWN_ROLE ? 99 : LUNGTRIAGE_ROLE_LESION_BINARY,
        FAULT == OTHER_IDENTIFIER ? "someone-else" : "threshold",
        "1.0.0",
        "Threshold",
        labels,
        1,
        &domain,
        score,
        memory,
        open_session,
        FAULT == MISSING_FUNCTION ? 0 : segment,
        close_session,
        FAULT == OLDER_MINOR ? (void (*)(lungtriage_session *, lungtriage_work *))8 : 0};
    return FAULT == NO_DESCRIPTOR ? 0 : &plugin;
}
