// SPDX-License-Identifier: Apache-2.0
// Programs that may do little. Between fork and exec only raw system calls are allowed, so this cannot be Swift.
#ifndef CLMS_CONFINED_H
#define CLMS_CONFINED_H

#include <stddef.h>
#include <stdint.h>

/// What a program may take at most.
struct clms_confinement {
    /// Address space, in bytes.
    uint64_t memory;
    /// Processor time, in seconds.
    uint64_t processor;
    /// The length of each file that it writes, in bytes.
    uint64_t file;
};

/// Starts a program in a session, and if the kernel allows it, in a network of its own, without any descriptor but its output.
///
/// `arguments` are `count` texts, each with its NUL, one after the other; the first is the program's path. Returns its process, which
/// leads a group of its own, or a negated errno.
int clms_confined_start(
    const char *arguments, size_t count, const char *directory, int output, const struct clms_confinement *limits);

/// Whether a program ended: 1 with its wait status, 0 while it runs, or a negated errno.
int clms_confined_ended(int process, int *status);

/// Ends a program and all that it started.
void clms_confined_kill(int process);

/// Makes a pipe that no program inherits; 0 or an errno value.
int clms_pipe(int *reading, int *writing);

/// Waits and reads: the number of bytes, 0 at the end, -EAGAIN if nothing came in time, or another negated errno.
long clms_read_within(int descriptor, void *bytes, size_t count, int milliseconds);

#endif
