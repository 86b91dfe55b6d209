#include "processes.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int run_in_children(struct host *host, int children, int count, char **words) {
    int gate[2], failed = 0;
    if (pipe(gate) != 0) return 1;
    for (int child = 0; child < children; ++child) {
        pid_t process = fork();
        if (process < 0) return 1;
        if (process == 0) {
            char byte;
            close(gate[1]);
            /* The end of the pipe is the signal to start: all of them see it at once. */
            if (read(gate[0], &byte, 1) != 0) _exit(1);
            host->child = child;
            _exit(run_commands(host, count, words));
        }
    }
    close(gate[0]);
    close(gate[1]);
    int status;
    while (wait(&status) > 0)
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) failed = 1;
    return failed;
}

int run_in_borrower(struct host *host, int own, int count, char **words) {
    int status;
    if (own > count) own = count;
    pid_t process = fork();
    if (process == 0) {
        host->child = 0;
        _exit(run_commands(host, own, words));
    }
    if (process < 0 || waitpid(process, &status, 0) != process || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        say(host, "borrower failed", 1);
    return own;
}
