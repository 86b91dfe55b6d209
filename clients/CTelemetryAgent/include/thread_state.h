/*
 * What each thread of the host is at present: no part of the interface, and not installed. Here because Swift has no
 * thread-local variables.
 */
#ifndef DITHER_THREAD_STATE_H
#define DITHER_THREAD_STATE_H

#include <pthread.h>

enum { DITHER_ERROR_TEXT_SIZE = 512 };

/* Whether the thread is within a call, and what its cancellation was before. In the thread's static block, where a
   signal handler finds it without an allocation. */
extern _Thread_local int dither_is_inside __attribute__((visibility("hidden"), tls_model("initial-exec")));
extern _Thread_local int dither_cancellation __attribute__((visibility("hidden"), tls_model("initial-exec")));

/* The text of the thread's last error, which goes with the thread. Made for a thread by its first error. */
extern _Thread_local char dither_error_text[DITHER_ERROR_TEXT_SIZE] __attribute__((visibility("hidden")));

/* Enters a call: 0, or -1 if the thread is in one already. A thread within a call is not cancelled. */
static inline int dither_enter(void) {
    if (dither_is_inside) return -1;
    dither_is_inside = 1;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &dither_cancellation);
    return 0;
}

static inline void dither_leave(void) {
    int cancellation = dither_cancellation;
    dither_is_inside = 0;
    pthread_setcancelstate(cancellation, 0);
}

static inline char *dither_error_buffer(void) { return dither_error_text; }

#endif
