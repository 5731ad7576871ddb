// SPDX-License-Identifier: Apache-2.0
#include "clms_linux.h"

static __thread void *current_loop;

__attribute__((noinline)) void *clms_current_loop(void) {
    __asm__ volatile("");
    return current_loop;
}

__attribute__((noinline)) void clms_set_current_loop(void *loop) {
    current_loop = loop;
}
