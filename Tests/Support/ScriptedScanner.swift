// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSKit
import Synchronization

/// A scanner that finds EICAR, unless it is told that it does not answer.
public final class ScriptedScanner: MalwareScanner {
    private let state = Mutex(State())

    private struct State {
        var failure: MalwareScannerError?
        var scans = 0
    }

    /// Makes one that answers.
    public init() {}

    /// What it fails with; `nil` if it answers.
    public var failure: MalwareScannerError? {
        get { state.withLock(\.failure) }
        set { state.withLock { $0.failure = newValue } }
    }

    /// How many contents it has looked through.
    public var scans: Int { state.withLock(\.scans) }

    /// Looks through a content.
    public func scan(_ content: any BlobSource) async throws(MalwareScannerError) -> MalwareVerdict {
        try await probe()
        var bytes: [UInt8] = []
        do throws(BlobError) {
            while let piece = try await content.next() { bytes += piece }
        } catch {
            throw .content(error)
        }
        state.withLock { $0.scans += 1 }
        guard bytes.count <= ClamdServer.contentLimit else { return .beyondLimits }
        let text = String(decoding: bytes, as: UTF8.self)
        let isBad = text.contains(String(decoding: EICAR.bytes, as: UTF8.self))
        return isBad ? .found(MalwareName(EICAR.name) ?? .unknown) : .clean
    }

    /// Fails as it was told.
    public func probe() async throws(MalwareScannerError) {
        if let failure { throw failure }
    }
}
