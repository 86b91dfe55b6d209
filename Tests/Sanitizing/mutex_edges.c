// ThreadSanitizer sees the quick way into and out of a Mutex of Swift's library, which is compiled into its callers, but
// not the slow one, which is in a library built without it: every contended lock would look like none. Loaded before the
// program, this tells it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex);
typedef __attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *mutex);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

__attribute__((swiftcall)) void lock_told(uint32_t thread, __attribute__((swift_context)) void *mutex) __asm__(LOCK);
__attribute__((swiftcall)) void unlock_told(__attribute__((swift_context)) void *mutex) __asm__(UNLOCK);

__attribute__((swiftcall)) void lock_told(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    ((lock_slow *)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
    __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock_told(__attribute__((swift_context)) void *mutex) {
    __tsan_release(mutex);
    ((unlock_slow *)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
