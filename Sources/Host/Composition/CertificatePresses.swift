// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit

#if Paper
    internal import LMSPaperDriver
#endif

/// What draws certificates in this build.
enum CertificatePresses {
    /// Makes a press with a thread of its own; `nil` in a build without pango and cairo.
    ///
    /// A sheet takes some 20 ms of a core, and a process draws one at a time; 64 wait at most, and whoever comes then is told to
    /// come again.
    ///
    /// - Returns: The press.
    /// - Throws: `SystemError` if the system has no thread left.
    static func make() throws(SystemError) -> (any CertificatePress)? {
        #if Paper
            try PangoPress(pool: SidePool(threads: 1, queueLimit: 64, name: "paper"), qrCodes: QRCodes.encoder)
        #else
            nil
        #endif
    }
}
