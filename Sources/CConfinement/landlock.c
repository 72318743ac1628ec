#define _GNU_SOURCE
#include "lungtriage_confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Written out here, since the header of Debian 12 ends with ABI 2 and the running kernel may know more. Same numbers on
   all processors. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { VERSION_QUERY = 1, RULE_PATH_BENEATH = 1 };

#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_REMOVE_DIR (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_DIR (UINT64_C(1) << 7)
#define FS_MAKE_REG (UINT64_C(1) << 8)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
/* Those that a rule for a single file may name. */
#define FS_OF_FILES (UINT64_C(1) | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define NET_BIND_AND_CONNECT_TCP UINT64_C(3)
#define SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS UINT64_C(3)

struct ruleset_attributes {
    uint64_t filesystem, network, scoped;
};

struct path_attributes {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/* All rights over files that a version knows: 13 at first, then REFER, TRUNCATE and IOCTL_DEV. */
static uint64_t known_rights(int abi) {
    const int count = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    return (UINT64_C(1) << count) - 1;
}

static uint64_t rights(enum lungtriage_access access) {
    const uint64_t read = FS_READ_FILE | FS_READ_DIR;
    switch (access) {
    case LUNGTRIAGE_ACCESS_READ: return read;
    case LUNGTRIAGE_ACCESS_LOOK_UP: return FS_READ_FILE;
    case LUNGTRIAGE_ACCESS_WRITE:
        return read | FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE | FS_REMOVE_DIR;
    case LUNGTRIAGE_ACCESS_DEVICE: return read | FS_WRITE_FILE | FS_IOCTL_DEV;
    }
    return 0;
}

int lungtriage_landlock_abi(void) { return (int)syscall(CREATE_RULESET, NULL, 0, VERSION_QUERY); }

int lungtriage_landlock_create(int abi) {
    /* A kernel takes a longer structure than its own as long as what it does not know is zero. */
    const struct ruleset_attributes attributes = {
        known_rights(abi), abi >= 4 ? NET_BIND_AND_CONNECT_TCP : 0, abi >= 6 ? SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS : 0};
    return (int)syscall(CREATE_RULESET, &attributes, sizeof attributes, 0);
}

int lungtriage_landlock_allow(int rules, int abi, const char *path, enum lungtriage_access access) {
    struct stat facts;
    const int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return -1;
    int result = fstat(place, &facts);
    if (result == 0) {
        const uint64_t possible = S_ISDIR(facts.st_mode) ? UINT64_MAX : FS_OF_FILES;
        const uint64_t allowed = rights(access) & known_rights(abi) & possible;
        const struct path_attributes attributes = {allowed, place};
        result = (int)syscall(ADD_RULE, rules, RULE_PATH_BENEATH, &attributes, 0);
    }
    const int code = errno;
    close(place);
    errno = code;
    return result;
}

int lungtriage_landlock_restrict(int rules) { return (int)syscall(RESTRICT_SELF, rules, 0); }

int lungtriage_forgo_privileges(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}, {0, 0, 0}};
    struct __user_cap_data_struct own[_LINUX_CAPABILITY_U32S_3];
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capget, &header, own) != 0) return -1;
    /* Asked first: capset(2) is not among the calls of the unit, which leaves no capabilities to give up. */
    int has_some = 0;
    for (int half = 0; half < _LINUX_CAPABILITY_U32S_3; ++half)
        has_some |= (own[half].permitted | own[half].effective) != 0;
    return has_some ? (int)syscall(SYS_capset, &header, none) : 0;
}
