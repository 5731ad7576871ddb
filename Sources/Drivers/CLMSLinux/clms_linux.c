// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "clms_linux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static __thread void *current_loop;

// Otherwise glibc raises the thresholds to what was freed last, and each thread's arena keeps as much.
// Each keeps eight megabytes of smaller ones: what a reply of thousands of rows takes, page by page, for each row.
void clms_return_large_buffers(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 8 << 20);
}

__attribute__((noinline)) void *clms_current_loop(void) {
    __asm__ volatile("");
    return current_loop;
}

__attribute__((noinline)) void clms_set_current_loop(void *loop) {
    current_loop = loop;
}

int clms_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return epoll_ctl(epoll, operation, descriptor, &event) == 0 ? 0 : errno;
}

uint64_t clms_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct start {
    void (*entry)(void *);
    void *argument;
    char name[16];
};

static void *run_thread(void *opaque) {
    struct start start = *(struct start *)opaque;
    free(opaque);
    pthread_setname_np(pthread_self(), start.name);
    start.entry(start.argument);
    return NULL;
}

int clms_thread_start(unsigned long *thread, const char *name, void (*entry)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (!start) return ENOMEM;
    start->entry = entry;
    start->argument = argument;
    snprintf(start->name, sizeof start->name, "%s", name);
    pthread_t handle;
    int failed = pthread_create(&handle, NULL, run_thread, start);
    if (failed) {
        free(start);
        return failed;
    }
    if (thread)
        *thread = handle;
    else
        pthread_detach(handle);
    return 0;
}

void clms_thread_join(unsigned long thread) {
    pthread_join(thread, NULL);
}

static volatile int forwarded[65];

static void forward(int signal) {
    int kept = errno;
    uint64_t one = 1;
    if (write(forwarded[signal] - 1, &one, sizeof one) < 0) {
        // A full counter still wakes its reader, and a handler can do nothing else.
    }
    errno = kept;
}

int clms_signal_forward(int signal, int descriptor) {
    if (signal < 1 || signal > 64) return EINVAL;
    struct sigaction action = {.sa_handler = descriptor < 0 ? SIG_DFL : forward, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (descriptor >= 0) forwarded[signal] = descriptor + 1;
    return sigaction(signal, &action, NULL) == 0 ? 0 : errno;
}

void clms_signal_ignore_broken_pipe(void) {
    signal(SIGPIPE, SIG_IGN);
}

static int resolve(const char *host, uint16_t port, int flags, struct addrinfo **found) {
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
    return getaddrinfo(host, service, &hints, found);
}

int clms_tcp_listen(const char *host, uint16_t port, int backlog, int reuse_port) {
    struct addrinfo *found;
    if (resolve(host, port, AI_PASSIVE, &found) != 0) return -100000;
    int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failed = descriptor < 0 ? errno : 0;
    if (!failed) {
        int on = 1, off = 0;
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (reuse_port) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        if (found->ai_family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        if (bind(descriptor, found->ai_addr, found->ai_addrlen) < 0 || listen(descriptor, backlog) < 0) failed = errno;
    }
    freeaddrinfo(found);
    if (failed && descriptor >= 0) close(descriptor);
    return failed ? -failed : descriptor;
}

static void describe(const struct sockaddr_storage *address, char *text, uint16_t *port) {
    text[0] = 0;
    *port = 0;
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &four->sin_addr, text, CLMS_ADDRESS_LENGTH);
        *port = ntohs(four->sin_port);
    } else if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
            inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, CLMS_ADDRESS_LENGTH);
        else
            inet_ntop(AF_INET6, &six->sin6_addr, text, CLMS_ADDRESS_LENGTH);
        *port = ntohs(six->sin6_port);
    }
}

int clms_tcp_accept(int listener, char *address, uint16_t *port) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int descriptor = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return -errno;
    describe(&peer, address, port);
    return descriptor;
}

int clms_tcp_connect(const char *address, uint16_t port) {
    struct addrinfo *found;
    if (resolve(address, port, AI_NUMERICHOST, &found) != 0) return -100000;
    int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failed = descriptor < 0 ? errno : 0;
    if (!failed && connect(descriptor, found->ai_addr, found->ai_addrlen) < 0 && errno != EINPROGRESS) failed = errno;
    freeaddrinfo(found);
    if (failed && descriptor >= 0) close(descriptor);
    return failed ? -failed : descriptor;
}

int clms_unix_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    int failed = errno;
    close(descriptor);
    return -failed;
}

int clms_tcp_local_port(int descriptor) {
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    if (getsockname(descriptor, (struct sockaddr *)&own, &length) < 0) return -errno;
    char text[CLMS_ADDRESS_LENGTH];
    uint16_t port;
    describe(&own, text, &port);
    return port;
}

int clms_socket_error(int descriptor) {
    int value = 0;
    socklen_t length = sizeof value;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length) < 0) return errno;
    return value;
}

int clms_tcp_no_delay(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 ? 0 : errno;
}

void clms_tcp_reset_on_close(int descriptor) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

long clms_send(int descriptor, const void *bytes, size_t count) {
    for (;;) {
        ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}

long clms_receive(int descriptor, void *bytes, size_t count) {
    for (;;) {
        ssize_t received = recv(descriptor, bytes, count, 0);
        if (received >= 0) return received;
        if (errno != EINTR) return -errno;
    }
}

long clms_send_two(int descriptor, const void *first, size_t first_count, const void *second, size_t second_count) {
    struct iovec pieces[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    for (;;) {
        ssize_t sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}
