// libdeflate as Debian's libdeflate-dev installs it: whole-buffer gzip and zlib streams, several times zlib's speed.
#include <libdeflate.h>
