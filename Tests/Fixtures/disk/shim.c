/*
 * Preloaded into a process, stands between it and the files of one folder as a disk does whose cache is lost when the
 * power fails. It remembers every write, truncation, creation and removal that no fsync has followed. At the cut a
 * random part of them is undone (each write is kept, lost, or torn at sectors of 512 bytes) and the process is killed.
 *
 *   DITHER_DISK_FOLDER   the folder, absolute and without symbolic links; nothing else is touched
 *   DITHER_DISK_SEED     of the random choices
 *   DITHER_DISK_CUT_AT   the operation (write, truncation, removal, synchronisation) before which the power fails
 *   DITHER_DISK_FAIL_AT  the synchronisation that fails with EIO; what it was to make durable is lost at once, as a kernel
 *                        may drop pages that it could not write
 *   DITHER_DISK_LIES     if set, synchronisations return without making anything durable
 *   DITHER_DISK_READ_ONLY  a file; while it exists, what changes the folder fails with EROFS
 *
 * Names ending in -shm and .lock are left alone: they hold nothing that outlives the process. POSIX promises a file's
 * name only after its folder was synchronised, so names are lost too until then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SECTOR = 512, MAX_FILES = 256, MAX_DESCRIPTORS = 32768 };

/* One change since the last synchronisation of its file. */
struct change {
    struct change *earlier, *later;
    off_t offset, old_size;
    size_t count, old_count; /* old_count: bytes that lay there before */
    unsigned char *new_bytes, *old_bytes;
    int is_truncation; /* to `offset`; old_bytes are those cut off */
};

struct file {
    char path[PATH_MAX];
    char removed_as[PATH_MAX]; /* where a removed file lies until its folder is synchronised */
    int name_is_new, is_removed, is_used;
    struct change *first, *last;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[MAX_FILES];
static int file_count;
static short file_of[MAX_DESCRIPTORS]; /* index + 1, or 0 */
static const char *folder, *read_only;
static size_t folder_length;
static long operation, cut_at, synchronisation, fail_at;
static int lies, removals;
static unsigned long long noise_state;

static unsigned long long noise(void) { /* SplitMix64 */
    unsigned long long word = noise_state += 0x9E3779B97F4A7C15ULL;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9ULL;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBULL;
    return word ^ (word >> 31);
}

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? strtol(text, 0, 10) : 0;
}

static __attribute__((constructor)) void begin(void) {
    folder = getenv("DITHER_DISK_FOLDER");
    folder_length = folder ? strlen(folder) : 0;
    read_only = getenv("DITHER_DISK_READ_ONLY");
    cut_at = number("DITHER_DISK_CUT_AT");
    fail_at = number("DITHER_DISK_FAIL_AT");
    noise_state = (unsigned long long)number("DITHER_DISK_SEED");
    lies = getenv("DITHER_DISK_LIES") != 0;
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static int is_ours(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/' && !ends_with(path, "-shm")
        && !ends_with(path, ".lock");
}

static int is_read_only(void) { return read_only && syscall(SYS_access, read_only, F_OK) == 0; }

static void *must(void *memory) {
    if (!memory) abort();
    return memory;
}

/* Writes all of it; a simulated disk that cannot be written is no simulation. */
static void put(int descriptor, const unsigned char *bytes, size_t count, off_t offset) {
    while (count > 0) {
        ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
        if (written <= 0) abort();
        bytes += written, offset += written, count -= (size_t)written;
    }
}

static void forget(struct file *file) {
    while (file->first) {
        struct change *next = file->first->later;
        free(file->first->new_bytes);
        free(file->first->old_bytes);
        free(file->first);
        file->first = next;
    }
    file->last = 0;
}

static void remember(struct file *file, int descriptor, const void *bytes, size_t count, off_t offset, int truncation) {
    struct change *change = must(calloc(1, sizeof *change));
    struct stat status;
    if (fstat(descriptor, &status) != 0) abort();
    change->offset = offset, change->old_size = status.st_size, change->is_truncation = truncation;
    size_t span = truncation ? (status.st_size > offset ? (size_t)(status.st_size - offset) : 0) : count;
    change->old_bytes = must(malloc(span + 1));
    while (change->old_count < span) {
        ssize_t got = syscall(
            SYS_pread64, descriptor, change->old_bytes + change->old_count, span - change->old_count,
            offset + (off_t)change->old_count);
        if (got <= 0) break;
        change->old_count += (size_t)got;
    }
    if (!truncation) {
        change->new_bytes = must(malloc(count + 1));
        memcpy(change->new_bytes, bytes, count);
        change->count = count;
    }
    change->earlier = file->last;
    if (file->last) file->last->later = change; else file->first = change;
    file->last = change;
}

static void redo(int descriptor, const struct change *change, unsigned keep_of_256) {
    if ((noise() & 255) >= keep_of_256) return;
    if (change->is_truncation) {
        if (syscall(SYS_ftruncate, descriptor, change->offset) != 0) abort();
        return;
    }
    if (noise() & 1) { /* whole */
        put(descriptor, change->new_bytes, change->count, change->offset);
        return;
    }
    for (size_t start = 0; start < change->count;) { /* torn: sectors by the toss of a coin */
        size_t room = SECTOR - (size_t)((change->offset + (off_t)start) % SECTOR);
        size_t part = room < change->count - start ? room : change->count - start;
        if (noise() & 1) put(descriptor, change->new_bytes + start, part, change->offset + (off_t)start);
        start += part;
    }
}

/* Leaves on the disk what was synchronised and a random part of what was not. */
static void lose(struct file *file, unsigned keep_of_256) {
    if (!file->first) return;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, file->is_removed ? file->removed_as : file->path, O_RDWR, 0);
    if (descriptor < 0) abort();
    for (struct change *change = file->last; change; change = change->earlier) {
        put(descriptor, change->old_bytes, change->old_count, change->offset);
        if (syscall(SYS_ftruncate, descriptor, change->old_size) != 0) abort();
    }
    for (struct change *change = file->first; change; change = change->later) redo(descriptor, change, keep_of_256);
    syscall(SYS_close, descriptor);
    forget(file);
}

static void cut_power(void) {
    static const unsigned keeps[] = {0, 64, 128, 192, 256};
    unsigned keep = keeps[noise() % 5];
    for (int index = 0; index < file_count; index++) if (files[index].is_used) lose(&files[index], keep);
    for (int index = 0; index < file_count; index++) /* new names first, so that removed ones find room */
        if (files[index].is_used && files[index].name_is_new && !files[index].is_removed && (noise() & 1)) {
            syscall(SYS_unlink, files[index].path);
        }
    for (int index = 0; index < file_count; index++) {
        struct file *file = &files[index];
        if (!file->is_used || !file->is_removed) continue;
        if (!file->name_is_new && (noise() & 1) && syscall(SYS_access, file->path, F_OK) != 0) {
            syscall(SYS_rename, file->removed_as, file->path);
        } else {
            syscall(SYS_unlink, file->removed_as);
        }
    }
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

/* Counts an operation, the lock held. */
static void step(void) {
    if (++operation == cut_at) cut_power();
}

static struct file *file_at(const char *path) {
    for (int index = 0; index < file_count; index++) {
        if (files[index].is_used && !files[index].is_removed && strcmp(files[index].path, path) == 0) return &files[index];
    }
    if (file_count == MAX_FILES) abort();
    struct file *file = &files[file_count++];
    file->is_used = 1;
    strncpy(file->path, path, PATH_MAX - 1);
    return file;
}

static struct file *file_by(int descriptor) {
    if (descriptor < 0 || descriptor >= MAX_DESCRIPTORS || !file_of[descriptor]) return 0;
    return &files[file_of[descriptor] - 1];
}

static int open_any(const char *path, int flags, mode_t mode) {
    if (!is_ours(path)) return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (is_read_only() && (flags & (O_WRONLY | O_RDWR | O_CREAT))) return errno = EROFS, -1;
    pthread_mutex_lock(&lock);
    int existed = syscall(SYS_access, path, F_OK) == 0;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (descriptor >= 0 && descriptor < MAX_DESCRIPTORS) {
        struct file *file = file_at(path);
        if (!existed) file->name_is_new = 1;
        file_of[descriptor] = (short)(file - files + 1);
    }
    pthread_mutex_unlock(&lock);
    return descriptor;
}

int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open_any(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open_any(path, flags, mode);
}

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MAX_DESCRIPTORS) file_of[descriptor] = 0;
    return (int)syscall(SYS_close, descriptor);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    struct file *file = file_by(descriptor);
    if (!file) return syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    if (is_read_only()) return errno = EROFS, -1;
    pthread_mutex_lock(&lock);
    step();
    remember(file, descriptor, bytes, count, offset, 0);
    ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, count, offset);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite64(descriptor, bytes, count, offset);
}

int ftruncate64(int descriptor, off64_t size) {
    struct file *file = file_by(descriptor);
    if (!file) return (int)syscall(SYS_ftruncate, descriptor, size);
    if (is_read_only()) return errno = EROFS, -1;
    pthread_mutex_lock(&lock);
    step();
    remember(file, descriptor, 0, 0, size, 1);
    int result = (int)syscall(SYS_ftruncate, descriptor, size);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int unlink(const char *path) {
    if (!is_ours(path) || syscall(SYS_access, path, F_OK) != 0) return (int)syscall(SYS_unlink, path);
    if (is_read_only()) return errno = EROFS, -1;
    pthread_mutex_lock(&lock);
    step();
    struct file *file = file_at(path);
    snprintf(file->removed_as, PATH_MAX, "%.*s/removed-%d", (int)folder_length, folder, removals++);
    int result = (int)syscall(SYS_rename, path, file->removed_as);
    if (result == 0) file->is_removed = 1;
    pthread_mutex_unlock(&lock);
    return result;
}

static int synchronise(int descriptor, long call) {
    struct file *file = file_by(descriptor);
    struct stat status;
    int is_folder = !file && fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
    if (!file && !is_folder) return (int)syscall(call, descriptor);
    pthread_mutex_lock(&lock);
    step();
    if (++synchronisation == fail_at) {
        if (file) lose(file, 64);
        pthread_mutex_unlock(&lock);
        return errno = EIO, -1;
    }
    if (!lies && file) forget(file);
    if (!lies && is_folder) {
        for (int index = 0; index < file_count; index++) {
            files[index].name_is_new = 0;
            if (!files[index].is_used || !files[index].is_removed) continue;
            syscall(SYS_unlink, files[index].removed_as);
            forget(&files[index]);
            files[index].is_used = 0;
        }
    }
    /* The real disk need not be waited for: only this one's cache is in question. */
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int descriptor) { return synchronise(descriptor, SYS_fsync); }

int fdatasync(int descriptor) { return synchronise(descriptor, SYS_fdatasync); }
