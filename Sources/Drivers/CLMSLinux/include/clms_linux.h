// SPDX-License-Identifier: Apache-2.0
// The kernel interfaces that Swift cannot import: macros with casts, variadic calls, thread-local storage.
#ifndef CLMS_LINUX_H
#define CLMS_LINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// The event loop that runs on the calling thread, or NULL. Not inlined: a cached thread-local address would survive a
/// suspension point and name the wrong thread.
void *clms_current_loop(void);
void clms_set_current_loop(void *loop);

#endif
