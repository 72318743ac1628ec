// zlib as Debian's zlib1g-dev installs it: for streams that must be read a piece at a time, which libdeflate cannot.
#include <stddef.h>
#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see. Window 15 + 16: gzip streams only.
static inline int lt_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

// deflateInit2 is a macro too. Window -15: deflate data without gzip's header and trailer.
static inline int lt_deflate_init_raw(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
