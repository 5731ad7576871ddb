// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clms_confined.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void limit(int resource, uint64_t value) {
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    if (setrlimit(resource, &both) != 0) _exit(126);
}

/// In the new process: nothing here may allocate or lock.
static void confine(const char *directory, int output, const struct clms_confinement *limits, pid_t parent) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < 65; signal++) sigaction(signal, &standard, NULL);
    setsid();
    // Without a network even what should be able to ask for one cannot. A user namespace takes root's rights too, where it is allowed.
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) unshare(CLONE_NEWNET);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(126);
    // After the namespaces, which forget it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent && getppid() != 0) _exit(126);
    setpriority(PRIO_PROCESS, 0, 10);
    if (chdir(directory) != 0) _exit(126);
    // The output may stand where another descriptor goes.
    int kept = fcntl(output, F_DUPFD, 3);
    int nothing = open("/dev/null", O_RDWR);
    if (kept < 0 || nothing < 0) _exit(126);
    if (dup2(nothing, 0) < 0 || dup2(kept, 1) < 0 || dup2(nothing, 2) < 0) _exit(126);
    if (syscall(SYS_close_range, 3, ~0U, 0) != 0) {
        // Before Linux 5.9.
        for (int descriptor = 3; descriptor < 65536; descriptor++) close(descriptor);
    }
    // A server may have so many descriptors open that one more would be beyond the limit: they are closed by now.
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_AS, limits->memory);
    limit(RLIMIT_CPU, limits->processor);
    limit(RLIMIT_FSIZE, limits->file);
}

int clms_confined_start(
    const char *arguments, size_t count, const char *directory, int output, const struct clms_confinement *limits) {
    char **list = calloc(count + 1, sizeof *list);
    if (!list) return -ENOMEM;
    for (size_t index = 0; index < count; index++) {
        list[index] = (char *)arguments;
        arguments += strlen(arguments) + 1;
    }
    static char *environment[] = {"LANG=C", "PATH=/usr/bin:/bin", "HOME=/nonexistent", NULL};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t process = fork();
    int failed = process < 0 ? errno : 0;
    if (process == 0) {
        confine(directory, output, limits, parent);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve(list[0], list, environment);
        _exit(127);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    free(list);
    return failed ? -failed : process;
}

int clms_confined_ended(int process, int *status) {
    for (;;) {
        pid_t ended = waitpid(process, status, WNOHANG);
        if (ended >= 0) return ended == process;
        if (errno != EINTR) return -errno;
    }
}

void clms_confined_kill(int process) {
    // Until it has a session of its own, its group is another's.
    kill(process, SIGKILL);
    if (getpgid(process) == process) kill(-process, SIGKILL);
}

int clms_pipe(int *reading, int *writing) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    *reading = ends[0];
    *writing = ends[1];
    return 0;
}

long clms_read_within(int descriptor, void *bytes, size_t count, int milliseconds) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    for (;;) {
        int ready = poll(&wanted, 1, milliseconds);
        if (ready == 0 || (ready < 0 && errno == EINTR)) return -EAGAIN;
        if (ready < 0) return -errno;
        ssize_t got = read(descriptor, bytes, count);
        if (got >= 0) return got;
        if (errno != EINTR) return -errno;
    }
}
