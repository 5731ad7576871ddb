// SPDX-License-Identifier: Apache-2.0
// The kernel interfaces that Swift cannot import: macros with casts, variadic calls, thread-local storage, unions.
#ifndef CLMS_LINUX_H
#define CLMS_LINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// The event loop that runs on the calling thread, or NULL. Not inlined: a cached thread-local address would survive a
/// suspension point and name the wrong thread.
void *clms_current_loop(void);
void clms_set_current_loop(void *loop);

/// epoll_ctl with a 64-bit tag; 0 or an errno value.
int clms_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t tag);

/// Monotonic time in nanoseconds.
uint64_t clms_monotonic(void);

/// Starts a detached or joinable thread; 0 or an errno value.
int clms_thread_start(unsigned long *thread, const char *name, void (*entry)(void *), void *argument);
void clms_thread_join(unsigned long thread);

/// Has memory of a megabyte and more given back to the system when it is freed, from now on.
void clms_return_large_buffers(void);

/// Makes `signal` write 8 bytes to `descriptor` (an eventfd), or restores the default for -1; 0 or an errno value.
int clms_signal_forward(int signal, int descriptor);
/// Ignores SIGPIPE in the whole process.
void clms_signal_ignore_broken_pipe(void);

/// The longest text of an address, with its NUL.
#define CLMS_ADDRESS_LENGTH 64

/// Opens a non-blocking TCP listener. Returns the descriptor, or a negated errno, or -100000 for a host that does not resolve.
int clms_tcp_listen(const char *host, uint16_t port, int backlog, int reuse_port);
/// Accepts a non-blocking connection and tells the peer. Returns the descriptor or a negated errno.
int clms_tcp_accept(int listener, char *address, uint16_t *port);
/// Starts a non-blocking connection to a numeric address. Returns the descriptor (connected, or connecting) or a negated errno.
int clms_tcp_connect(const char *address, uint16_t port);
/// Starts a non-blocking connection to a Unix socket. Returns the descriptor, or a negated errno: EAGAIN if too many wait there.
int clms_unix_connect(const char *path);
/// The port a socket is bound to, or a negated errno.
int clms_tcp_local_port(int descriptor);
/// The error of a connection attempt: 0, or an errno value.
int clms_socket_error(int descriptor);
/// Sends small writes at once.
int clms_tcp_no_delay(int descriptor);
/// Closes so that the peer gets a reset and nothing lingers.
void clms_tcp_reset_on_close(int descriptor);
/// send without SIGPIPE. The number of bytes, or a negated errno.
long clms_send(int descriptor, const void *bytes, size_t count);
/// recv. The number of bytes, or a negated errno.
long clms_receive(int descriptor, void *bytes, size_t count);
/// Sends two pieces in one call. The number of bytes, or a negated errno.
long clms_send_two(int descriptor, const void *first, size_t first_count, const void *second, size_t second_count);

#endif
