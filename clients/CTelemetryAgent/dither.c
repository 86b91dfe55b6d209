// The header is the whole of this target; compiling it here proves that it stands alone.
#include "dither.h"
