// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization
public import LMSTenancy

/// Content that fails at its end, or as soon as it is too long, unless it is what was announced.
///
/// A store that is given it keeps nothing that failed.
public final class CheckedSource: BlobSource {
    private let source: any BlobSource
    private let byteCount: Int
    private let sha256: [UInt8]?
    private let digest: any StreamDigest
    private let taken = Mutex(0)

    /// Prepares the check.
    ///
    /// - Parameters:
    ///   - source: Gives the content.
    ///   - byteCount: How long it has to be.
    ///   - sha256: The digest that it has to have, if one was announced.
    ///   - digesting: Makes digests.
    public init(_ source: any BlobSource, byteCount: Int, sha256: [UInt8]?, digesting: any StreamDigesting) {
        self.source = source
        self.byteCount = byteCount
        self.sha256 = sha256
        digest = digesting.makeSHA256()
    }

    /// Gives the next piece.
    ///
    /// - Returns: The piece, `nil` at the end.
    /// - Throws: `BlobError.damaged` if it is longer, shorter or another content than was announced; what the source threw.
    public func next() async throws(BlobError) -> [UInt8]? {
        guard let piece = try await source.next() else {
            guard taken.withLock({ $0 }) == byteCount else { throw .damaged }
            if let sha256, digest.finish() != sha256 { throw .damaged }
            return nil
        }
        let count = taken.withLock { taken in
            taken += piece.count
            return taken
        }
        guard count <= byteCount else { throw .damaged }
        if sha256 != nil { digest.update(piece) }
        return piece
    }
}
