// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads media and makes of them what players get; where it runs, and by what, is a driver's to say.
public protocol MediaWorkshop: Sendable {
    /// Takes a medium's file in.
    ///
    /// - Parameters:
    ///   - source: Gives the file.
    ///   - container: What it is by its content, and is read as.
    /// - Returns: Where it is worked on; to be closed, whatever happens.
    /// - Throws: `MediaWorkError`, after which nothing is left of it.
    func bench(for source: any BlobSource, as container: MediaContainer) async throws(MediaWorkError) -> any MediaBench
}

/// One medium in work.
public protocol MediaBench: Sendable {
    /// Reads what it is.
    ///
    /// - Returns: What the file says; nothing of it is checked.
    /// - Throws: `MediaWorkError`.
    func probe() async throws(MediaWorkError) -> MediaFacts

    /// Makes one rendition.
    ///
    /// - Parameters:
    ///   - rendition: Which one.
    ///   - facts: What the medium is.
    ///   - report: Is told now and then how much is done, in percent; what it throws ends the work.
    /// - Returns: What was made; it is there until the bench is closed.
    /// - Throws: `MediaWorkError`; what `report` threw; `CancellationError`.
    func render(
        _ rendition: MediaRendition,
        of facts: MediaFacts,
        report: (Int) async throws -> Void
    ) async throws -> RenderedMedia

    /// Takes a picture out of it.
    ///
    /// - Parameters:
    ///   - facts: What the medium is.
    ///   - size: How large the picture is to be.
    /// - Returns: A JPEG.
    /// - Throws: `MediaWorkError`; `CancellationError`.
    func picture(of facts: MediaFacts, size: MediaRendition.Size) async throws -> any BlobSource

    /// Ends what still runs and removes everything.
    func close() async
}

/// A rendition that was made.
public struct RenderedMedia: Sendable {
    /// Gives its bytes.
    public let source: any BlobSource
    /// Where its pieces are.
    public let index: MediaIndex
    /// How it is encoded (RFC 6381).
    public let codecs: String

    /// Describes a rendition.
    ///
    /// - Parameters:
    ///   - source: Gives its bytes.
    ///   - index: Where its pieces are.
    ///   - codecs: How it is encoded.
    public init(source: any BlobSource, index: MediaIndex, codecs: String) {
        self.source = source
        self.index = index
        self.codecs = codecs
    }
}

/// Why work on a medium failed.
@nonexhaustive
public enum MediaWorkError: Error, Sendable, Equatable {
    /// The file cannot be read as what it is.
    case damaged
    /// It took longer than it may.
    case timedOut
    /// It was ended: it asked for more memory, time or room than it may, or somebody ended it.
    case killed
    /// The source could not be read.
    case source(BlobError)
    /// The machine refused; the reason says nothing of the file.
    case unavailable(reason: String)
}

/// What media need of the outside.
public struct MediaPorts: Sendable {
    /// Keeps the files.
    let store: (any BlobStore)?
    /// Makes what players get.
    let workshop: (any MediaWorkshop)?

    /// No store and no workshop: nothing is made or played.
    public static let none = MediaPorts(store: nil, workshop: nil)

    /// Puts the ports together.
    ///
    /// - Parameters:
    ///   - store: Keeps the files; the one that the courses' files are in.
    ///   - workshop: Makes what players get; `nil` where nothing is made.
    public init(store: (any BlobStore)?, workshop: (any MediaWorkshop)?) {
        self.store = store
        self.workshop = workshop
    }
}
