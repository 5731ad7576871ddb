// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux

/// What becomes of memory that is freed.
public enum LargeBuffers {
    /// Has the system get buffers of a megabyte and more back as soon as they are freed, in the whole process.
    ///
    /// A server that is sent gigabytes would else keep as much as was freed last in each of its threads; of smaller buffers each keeps eight
    /// megabytes. Call it first in `main`.
    public static func giveBack() {
        clms_return_large_buffers()
    }
}
