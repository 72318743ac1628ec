// nifti2_io.h asks for <znzlib.h> although Debian installs it beside itself, in a folder that is on nobody's search path.
#include <nifti/znzlib.h>
