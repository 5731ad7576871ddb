// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How much of an archive is accepted.
public struct ArchiveLimits: Sendable, Equatable {
    /// The most entries, directories included.
    public var entries: Int
    /// The most bytes in one file.
    public var fileBytes: Int
    /// The most bytes in all files together.
    public var totalBytes: Int
    /// The most times that the files may be larger than the archive, counted once they are beyond 16 MiB.
    public var ratio: Int

    /// Sets limits.
    ///
    /// - Parameters:
    ///   - entries: The most entries, directories included.
    ///   - fileBytes: The most bytes in one file.
    ///   - totalBytes: The most bytes in all files together.
    ///   - ratio: The most times that the files may be larger than the archive.
    public init(
        entries: Int = 20_000,
        fileBytes: Int = 512 << 20,
        totalBytes: Int = 2 << 30,
        ratio: Int = 100
    ) {
        self.entries = entries
        self.fileBytes = fileBytes
        self.totalBytes = totalBytes
        self.ratio = ratio
    }
}
