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
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
            guard number >= 0 else { throw .unreadable(reason: "\(path): \(SystemMessage.of(errno))") }
            return try open(FileDescriptorOwner(number), limits: limits, spool: spool)
        }
        var writer = try SpoolWriter(in: spool, limits: limits)
        try DirectoryWalk.read(path, into: &writer)
        return writer.finish()
    }

    /// Reads all files of a received archive into a private spool.
    ///
    /// - Parameters:
    ///   - upload: The archive, received whole.
    ///   - limits: How much is accepted.
    ///   - spool: A directory for the spool.
    /// - Returns: The files.
    /// - Throws: `CourseArchiveError` that names the entry and the fault.
    public static func open(
        _ upload: Upload,
        limits: ArchiveLimits = ArchiveLimits(),
        spool: String = "/tmp"
    ) throws(CourseArchiveError) -> Spool {
        try open(upload.file, limits: limits, spool: spool)
    }

    private static func open(
        _ file: borrowing FileDescriptorOwner,
        limits: ArchiveLimits,
        spool: String
    ) throws(CourseArchiveError) -> Spool {
        #if Archive
            var writer = try SpoolWriter(in: spool, limits: limits)
            try ArchiveWalk.read(file, limits: limits, into: &writer)
            return writer.finish()
        #else
            throw .notBuilt
        #endif
    }
}
