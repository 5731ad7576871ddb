// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
public import LMSKit

/// Reads the files of a course from a directory, a zip archive or a tar archive, plain or with gzip.
///
/// Reading blocks: run it on a `SidePool`.
public enum CourseArchive {
    /// Whether this build reads archives; directories are always read.
    public static var readsArchives: Bool {
        #if Archive
            true
        #else
            false
        #endif
    }

    /// Reads all files of a course into a private spool.
    ///
    /// One bad entry refuses the whole archive: a path that leads out of it, a link, a device, an encrypted or a repeated
    /// entry, and whatever is beyond the limits.
    ///
    /// - Parameters:
    ///   - path: A directory or an archive.
    ///   - limits: How much is accepted.
    ///   - spool: A directory for the spool, on a disk with room for `limits.totalBytes`.
    /// - Returns: The files. Their space on the disk is free again when this value is released.
    /// - Throws: `CourseArchiveError` that names the entry and the fault.
    public static func open(
        _ path: String,
        limits: ArchiveLimits = ArchiveLimits(),
        spool: String = "/tmp"
    ) throws(CourseArchiveError) -> Spool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .unreadable(reason: "\(path): \(SystemMessage.of(errno))") }
        var writer = try SpoolWriter(in: spool, limits: limits)
        if status.st_mode & S_IFMT == S_IFDIR {
            try DirectoryWalk.read(path, into: &writer)
        } else {
            #if Archive
                try ArchiveWalk.read(path, size: Int(status.st_size), limits: limits, into: &writer)
            #else
                throw .notBuilt
            #endif
        }
        return writer.finish()
    }
}
