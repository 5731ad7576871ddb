// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
#if Compression
    internal import LMSZlibDriver
#endif

extension Platform {
    /// What draws, keeps and compresses certificates, as far as it was built.
    ///
    /// - Parameter store: Keeps the files.
    /// - Returns: The ports.
    /// - Throws: If the system has no threads left.
    static func certificatePorts(store: any BlobStore) throws -> CertificatePorts {
        CertificatePorts(store: store, press: try CertificatePresses.make(), compress: compress)
    }

    private static var compress: (@Sendable ([UInt8]) throws -> [UInt8])? {
        #if Compression
            { bytes in try Gzip.compress(bytes) }
        #else
            nil
        #endif
    }
}
