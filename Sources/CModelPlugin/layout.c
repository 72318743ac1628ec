/* The sizes that version 1.0 has on every 64-bit Linux: a change is a new version. */
#include "lungtriage_plugin.h"

#if UINTPTR_MAX == UINT64_MAX
#define LAYOUT(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another layout")
LAYOUT(lungtriage_label, 32);
LAYOUT(lungtriage_domain, 40);
LAYOUT(lungtriage_device, 24);
LAYOUT(lungtriage_shape, 16);
LAYOUT(lungtriage_failure, 1032);
LAYOUT(lungtriage_host, 32);
LAYOUT(lungtriage_open_request, 32);
LAYOUT(lungtriage_segment_request, 120);
LAYOUT(lungtriage_plugin, 104);
#endif

typedef lungtriage_plugin lungtriage_layout_checked;
