/* Compiling the header here proves that it stands alone. */
#include "dither.h"

#include "thread_state.h"

_Thread_local int dither_is_inside;
_Thread_local int dither_cancellation;
_Thread_local char dither_error_text[DITHER_ERROR_TEXT_SIZE];
