// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
public import LMSKit

/// An archive that is being received: a file without a name, which vanishes when it is released.
public final class Upload: Sendable {
    let file: FileDescriptorOwner

    /// Makes an empty file; this and `append` block, so run them on a `SidePool`.
    ///
    /// - Parameter directory: Where the disk has room.
    /// - Throws: `CourseArchiveError.unreadable` if the directory refuses.
    public init(in directory: String) throws(CourseArchiveError) {
        file = try FileDescriptorOwner.unnamed(in: directory)
    }

    /// Writes bytes behind those that are there.
    ///
    /// - Parameter bytes: What has arrived.
    /// - Throws: `CourseArchiveError.unreadable` if the disk refuses.
    public func append(_ bytes: [UInt8]) throws(CourseArchiveError) {
        try file.write(bytes, count: bytes.count)
    }
}
