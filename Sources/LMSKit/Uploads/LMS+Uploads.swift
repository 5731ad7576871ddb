// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension LMS {
    /// The service that takes files.
    ///
    /// - Parameters:
    ///   - store: Keeps their bytes.
    ///   - ports: What tells files apart, digests them and looks for malware in them.
    ///   - direct: Whether files may be sent to the store itself.
    /// - Returns: The service.
    public func uploads(store: any BlobStore, ports: UploadPorts, direct: DirectUploads = .off) -> Uploads {
        Uploads(
            store: store,
            keys: tenantKeys,
            ports: ports,
            direct: direct,
            clock: courses.clock,
            identifiers: courses.identifiers,
            audit: audit
        )
    }
}
