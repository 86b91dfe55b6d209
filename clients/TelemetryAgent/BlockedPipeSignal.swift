internal import CPlatform
internal import Glibc

/// Runs `body` so that a connection which the other side has closed raises no SIGPIPE in this thread: the host program's
/// disposition of the signal is its own, and libcurl leaves it alone in programs with threads.
func withoutPipeSignal<Result>(_ body: () -> Result) -> Result {
    var (pipe, earlier, pending) = (sigset_t(), sigset_t(), sigset_t())
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    guard !wasPending, pthread_sigmask(SIG_BLOCK, &pipe, &earlier) == 0 else { return body() }
    defer {
        var atOnce = timespec(tv_sec: 0, tv_nsec: 0)
        while sigtimedwait(&pipe, nil, &atOnce) == -1, errno == EINTR {}
        pthread_sigmask(SIG_SETMASK, &earlier, nil)
    }
    return body()
}
