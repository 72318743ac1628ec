/* The Lungtriage plugin interface, version 1.1.
 *
 * A plugin is a shared library that labels chest CT. This header is all that a plugin and the host share; C99 and later,
 * C++ and Swift can read it. How to write, build and install a plugin: Documentation/plugins.md.
 *
 * Rules
 *  - The library exports one symbol, LUNGTRIAGE_PLUGIN_ENTRY, which returns a descriptor that stays valid and unchanged
 *    for as long as the process lives. The host never unloads a plugin.
 *  - Every struct begins with its own size in bytes as its writer knew it. A reader looks at no field beyond that size.
 *    Fields are only ever added, at the end, with a new minor version; the major version changes when anything else does.
 *  - The host owns every buffer and every struct that it passes; none may be kept after the call returns, except the
 *    host services given to `open`, which live as long as the session.
 *  - Calls for one session come one after the other, not always from one thread. Calls for several sessions may come at
 *    the same time.
 *  - Nothing may be thrown or longjmp'ed across this interface. A plugin neither prints nor exits.
 *  - All text is UTF-8, ends with a zero byte, and is shown to people. It must not name a patient or a path.
 */
#ifndef LUNGTRIAGE_PLUGIN_H
#define LUNGTRIAGE_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LUNGTRIAGE_ABI_MAJOR 1
#define LUNGTRIAGE_ABI_MINOR 1
/* The exported function's name, as C source and for dlsym. The major version is part of it. */
#define LUNGTRIAGE_PLUGIN_ENTRY lungtriage_plugin_v1
#define LUNGTRIAGE_PLUGIN_ENTRY_NAME "lungtriage_plugin_v1"

/* What a plugin labels. */
enum {
    /* Lung fields, lesions in them included: label 1 for both lungs, or 1 the patient's right and 2 the left lung. */
    LUNGTRIAGE_ROLE_LUNG = 1,
    /* Label 1: infected. */
    LUNGTRIAGE_ROLE_LESION_BINARY = 2,
    /* Labels 1 ground-glass opacity, 2 consolidation, 3 pleural effusion; a plugin may leave some of them out. */
    LUNGTRIAGE_ROLE_LESION_MULTICLASS = 3
};

enum {
    LUNGTRIAGE_DEVICE_CPU = 1,
    /* An NVIDIA GPU, by its CUDA ordinal. */
    LUNGTRIAGE_DEVICE_CUDA = 2
};

/* How values are stored on a GPU; sums are float32 always. */
enum {
    /* As the plugin thinks best. */
    LUNGTRIAGE_PRECISION_ANY = 0,
    LUNGTRIAGE_PRECISION_FLOAT32 = 1,
    /* float32, but operands of products are rounded to TF32's 11 significant bits. */
    LUNGTRIAGE_PRECISION_TF32 = 2,
    LUNGTRIAGE_PRECISION_FLOAT16 = 3,
    LUNGTRIAGE_PRECISION_BFLOAT16 = 4
};

/* What `open` and `segment` return. */
enum {
    LUNGTRIAGE_OK = 0,
    /* `cancelled` said so. */
    LUNGTRIAGE_CANCELLED = 1,
    /* The request is outside what the plugin takes. */
    LUNGTRIAGE_BAD_INPUT = 2,
    /* The model folder lacks a file, or one is damaged. */
    LUNGTRIAGE_BAD_MODEL = 3,
    LUNGTRIAGE_NO_MEMORY = 4,
    /* The device failed or is gone. */
    LUNGTRIAGE_DEVICE_FAILED = 5,
    LUNGTRIAGE_FAILED = 6
};

enum { LUNGTRIAGE_LOG_INFO = 1, LUNGTRIAGE_LOG_WARNING = 2 };

/* How the slices of a volume belong together. */
enum {
    LUNGTRIAGE_SLICES_OF_ONE_PATIENT = 0,
    /* A stack of slices of unrelated patients: each on its own. */
    LUNGTRIAGE_SLICES_UNRELATED = 1
};

typedef struct lungtriage_label {
    uint32_t struct_size;
    /* 1 to 255; 0 is background. */
    uint32_t value;
    const char *name;
    /* A few letters, such as "GGO". */
    const char *abbreviation;
    /* 0xRRGGBB */
    uint32_t color;
    uint32_t reserved;
} lungtriage_label;

/* What volumes a plugin was made for. Outside of it the host may still ask, and says so in its report. 0: no limit. */
typedef struct lungtriage_domain {
    uint32_t struct_size;
    /* 1 when voxels must be Hounsfield units. */
    uint32_t needs_hounsfield;
    /* mm between pixels of a slice. */
    double smallest_pixel_spacing;
    double largest_pixel_spacing;
    /* mm between slices. */
    double smallest_slice_spacing;
    double largest_slice_spacing;
} lungtriage_domain;

typedef struct lungtriage_device {
    uint32_t struct_size;
    uint32_t kind;
    /* Of several devices of a kind. */
    uint32_t ordinal;
    /* Threads that the plugin may use for work on the CPU. */
    uint32_t threads;
    /* Bytes that are free on the device; 0 where the host does not know. */
    uint64_t free_memory;
    /* Since 1.1: LUNGTRIAGE_PRECISION_…, what is wished for on a GPU. */
    uint32_t precision;
    uint32_t reserved;
} lungtriage_device;

/* Columns (i), rows (j) and slices (k) of a volume. */
typedef struct lungtriage_shape {
    uint32_t struct_size;
    uint32_t columns;
    uint32_t rows;
    uint32_t slices;
} lungtriage_shape;

/* Where a plugin says what went wrong; the host's memory. */
typedef struct lungtriage_failure {
    uint32_t struct_size;
    uint32_t reserved;
    /* One sentence, cut off at the end of the array at the latest. */
    char message[1024];
} lungtriage_failure;

typedef struct lungtriage_host {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    uint32_t reserved;
    /* Passed to the functions below. */
    void *context;
    void (*log)(void *context, uint32_t level, const char *message);
} lungtriage_host;

typedef struct lungtriage_open_request {
    uint32_t struct_size;
    uint32_t reserved;
    /* The folder that holds the plugin's weights; already checked against the hashes in plugin.json. */
    const char *model_folder;
    const lungtriage_device *device;
    const lungtriage_host *host;
} lungtriage_open_request;

/* Voxel order of every volume: columns to the patient's left, rows to the back, slices to the head; i fastest. */
typedef struct lungtriage_segment_request {
    uint32_t struct_size;
    /* LUNGTRIAGE_SLICES_… */
    uint32_t arrangement;
    lungtriage_shape shape;
    /* mm between columns, rows and slices. */
    double spacing[3];
    /* columns × rows × slices Hounsfield units. */
    const int16_t *volume;
    /* The slices to label, ascending; labels of all others stay 0. */
    const uint32_t *slices;
    uint64_t slice_count;
    /* Lung fields on the same grid, 0 outside; NULL for a plugin of role LUNG. */
    const uint8_t *lungs;
    /* OUT, all 0 when the call begins: a label of the descriptor, or 0, for each voxel. */
    uint8_t *labels;
    /* OUT, all 0 when the call begins, or NULL when nobody wants it: how probable it is that a voxel is not background. */
    float *probabilities;
    /* Shares done, 0 to 1; call it often. */
    void (*progress)(void *context, double share);
    /* Not 0 once the answer is no longer wanted: return LUNGTRIAGE_CANCELLED soon, within a second if possible. */
    int32_t (*cancelled)(void *context);
    /* For the two functions above. */
    void *context;
} lungtriage_segment_request;

/* What a session computes on; the host's memory. */
typedef struct lungtriage_work {
    uint32_t struct_size;
    /* LUNGTRIAGE_DEVICE_… */
    uint32_t kind;
    uint32_t ordinal;
    /* LUNGTRIAGE_PRECISION_… */
    uint32_t precision;
    /* The device's own name, such as "NVIDIA L4", cut off at the end of the array at the latest. */
    char hardware[240];
} lungtriage_work;

/* A plugin's own: weights that are ready on a device. */
typedef struct lungtriage_session lungtriage_session;

typedef struct lungtriage_plugin {
    uint32_t struct_size;
    uint32_t abi_major;
    uint32_t abi_minor;
    /* LUNGTRIAGE_ROLE_… */
    uint32_t role;
    /* Lower-case letters, digits and hyphens, such as "unet-lung"; as in plugin.json, and in names of files. */
    const char *identifier;
    /* The plugin's own version, such as "1.2.0". */
    const char *version;
    /* For people. */
    const char *name;
    const lungtriage_label *labels;
    uint64_t label_count;
    const lungtriage_domain *domain;

    /* How well it runs there; 0 when it cannot. The host takes the device with the highest score. */
    uint32_t (*device_score)(const lungtriage_device *device);
    /* Bytes that a session needs for a volume of that shape, its weights included and the host's buffers not. */
    uint64_t (*memory_estimate)(const lungtriage_shape *shape, const lungtriage_device *device);
    int32_t (*open)(
        const lungtriage_open_request *request, lungtriage_session **session, lungtriage_failure *failure);
    int32_t (*segment)(
        lungtriage_session *session, const lungtriage_segment_request *request, lungtriage_failure *failure);
    void (*close)(lungtriage_session *session);
    /* Since 1.1; may be NULL. What the session's last `segment` computed on, or what the next one will: for provenance. It
       need not be the device that `open` was given, where that had no memory left. */
    void (*describe)(lungtriage_session *session, lungtriage_work *work);
} lungtriage_plugin;

typedef const lungtriage_plugin *(*lungtriage_plugin_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
