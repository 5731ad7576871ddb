// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Stands where no file is kept: nothing is there, and nothing can be stored.
public struct NoBlobStore: BlobStore {
    /// As long as anything.
    public let partSize = 1 << 20

    /// Makes one.
    public init() {}

    /// Stores nothing.
    public func put(_ content: @escaping @Sendable () throws -> [UInt8], as key: BlobKey) async throws(BlobError) {
        throw Self.refusal
    }

    /// Finds nothing.
    public func open(_ key: BlobKey) async throws(BlobError) -> any BlobReader { throw .missing }

    /// Does nothing.
    public func remove(_ key: BlobKey) async throws(BlobError) {}

    /// Lists nothing.
    public func list(of tenant: TenantID, after position: String?, limit: Int) async throws(BlobError) -> BlobPage {
        BlobPage(blobs: [], next: nil)
    }

    /// Begins nothing.
    public func beginUpload(of key: BlobKey) async throws(BlobError) -> BlobUpload { throw Self.refusal }

    /// Stores nothing.
    public func add(
        _ content: [UInt8],
        as number: Int,
        to upload: BlobUpload
    ) async throws(BlobError) -> BlobPart { throw Self.refusal }

    /// Completes nothing.
    public func complete(_ upload: BlobUpload, parts: [BlobPart]) async throws(BlobError) { throw .missing }

    /// Does nothing.
    public func abort(_ upload: BlobUpload) async throws(BlobError) {}

    /// Lists nothing.
    public func uploads(of tenant: TenantID) async throws(BlobError) -> [BlobUpload] { [] }

    /// None.
    public func link(to use: BlobLink.Use, _ key: BlobKey, for lifetime: Duration) -> BlobLink? { nil }

    private static let refusal = BlobError.unavailable(reason: "no store")
}
