/* The sizes that version 1.1 has on every 64-bit Linux, and where those of 1.0 ended: a change is a new version. */
#include "lungtriage_plugin.h"

#include <stddef.h>

#if UINTPTR_MAX == UINT64_MAX
#define LAYOUT(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another layout")
LAYOUT(lungtriage_label, 32);
LAYOUT(lungtriage_domain, 40);
LAYOUT(lungtriage_device, 32);
LAYOUT(lungtriage_shape, 16);
LAYOUT(lungtriage_failure, 1032);
LAYOUT(lungtriage_host, 32);
LAYOUT(lungtriage_open_request, 32);
LAYOUT(lungtriage_segment_request, 120);
LAYOUT(lungtriage_work, 256);
LAYOUT(lungtriage_plugin, 112);
_Static_assert(offsetof(lungtriage_device, precision) == 24, "lungtriage_device of 1.0 had 24 bytes");
_Static_assert(offsetof(lungtriage_plugin, describe) == 104, "lungtriage_plugin of 1.0 had 104 bytes");
#endif

typedef lungtriage_plugin lungtriage_layout_checked;
