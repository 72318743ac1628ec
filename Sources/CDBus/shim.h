#include <dbus/dbus.h>
#include <pthread.h>
#include <sys/eventfd.h>

/* A GNU extension, not declared for Swift. */
int pthread_setname_np(pthread_t thread, const char *name);

/* What Swift does not import: macros with casts. */
enum {
    CDBUS_MESSAGE_METHOD_CALL = DBUS_MESSAGE_TYPE_METHOD_CALL,
    CDBUS_MESSAGE_METHOD_RETURN = DBUS_MESSAGE_TYPE_METHOD_RETURN,
    CDBUS_MESSAGE_ERROR = DBUS_MESSAGE_TYPE_ERROR,
    CDBUS_MESSAGE_SIGNAL = DBUS_MESSAGE_TYPE_SIGNAL
};
