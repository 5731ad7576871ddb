// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Archive
    internal import CLMSArchive
    internal import Glibc
    internal import LMSKit

    /// The one owner of a libarchive reader.
    @safe struct ArchiveHandle: ~Copyable {
        let pointer: OpaquePointer

        init?(_ pointer: OpaquePointer?) {
            guard let pointer = unsafe pointer else { return nil }
            unsafe self.pointer = pointer
        }

        deinit { unsafe archive_read_free(pointer) }

        /// What libarchive says about its last failure.
        var message: String {
            unsafe archive_error_string(pointer).map { unsafe String(cString: $0) } ?? "it is damaged"
        }
    }

    /// Reads the entries of a zip or tar archive through libarchive; no other format is switched on.
    enum ArchiveWalk {
        private static let ratioFloor = 16 << 20

        static func read(
            _ file: borrowing FileDescriptorOwner,
            limits: ArchiveLimits,
            into writer: inout SpoolWriter
        ) throws(CourseArchiveError) {
            let size = Int(lseek(file.number, 0, SEEK_END))
            lseek(file.number, 0, SEEK_SET)
            // libarchive turns names into the locale's encoding; this makes it UTF-8 on this thread alone.
            let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
            let previous = unsafe uselocale(locale)
            defer {
                unsafe uselocale(previous)
                if let locale = unsafe locale { unsafe freelocale(locale) }
            }
            guard let archive = unsafe ArchiveHandle(archive_read_new()) else { throw .unreadable(reason: "no memory") }
            unsafe archive_read_support_filter_gzip(archive.pointer)
            unsafe archive_read_support_format_tar(archive.pointer)
            // Not the streaming kind, which takes a zip that lost its directory, and perhaps files, for a whole one.
            unsafe archive_read_support_format_zip_seekable(archive.pointer)
            guard unsafe archive_read_open_fd(archive.pointer, file.number, 65_536) == ARCHIVE_OK else {
                throw .unreadable(reason: "it is neither zip nor tar (\(archive.message))")
            }
            var isEmpty = true
            while let entry = try unsafe next(archive) {
                isEmpty = false
                let name = try unsafe checkedName(of: entry)
                let isDirectory = unsafe archive_entry_filetype(entry) == S_IFDIR
                try writer.begin(name, isDirectory: isDirectory)
                if unsafe !isDirectory && archive_entry_size_is_set(entry) != 0,
                    unsafe archive_entry_size(entry) > Int64(limits.fileBytes)
                {
                    throw .badEntry(name: name, .tooLarge(limit: limits.fileBytes))
                }
                try copy(archive, size: size, limits: limits, into: &writer)
            }
            guard !isEmpty else { throw .unreadable(reason: "it holds nothing") }
        }

        private static func next(_ archive: borrowing ArchiveHandle) throws(CourseArchiveError) -> OpaquePointer? {
            var entry: OpaquePointer?
            switch unsafe archive_read_next_header(archive.pointer, &entry) {
            case ARCHIVE_OK, ARCHIVE_WARN: return unsafe entry
            case ARCHIVE_EOF: return nil
            default: throw .unreadable(reason: archive.message)
            }
        }

        /// The name of an entry that is an ordinary file or directory.
        private static func checkedName(of entry: OpaquePointer) throws(CourseArchiveError) -> String {
            guard let raw = unsafe archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else {
                throw .badEntry(name: "(unprintable)", .pathNotUTF8)
            }
            guard let name = unsafe String(validatingCString: raw) else {
                throw unsafe .badEntry(name: String(cString: raw), .pathNotUTF8)
            }
            guard unsafe archive_entry_hardlink(entry) == nil, unsafe archive_entry_symlink(entry) == nil else {
                throw .badEntry(name: name, .link)
            }
            switch unsafe archive_entry_filetype(entry) {
            case S_IFREG, S_IFDIR: break
            case S_IFLNK: throw .badEntry(name: name, .link)
            case 0 where name.hasSuffix("/") == false: break  // a zip made without attributes
            default: throw .badEntry(name: name, .special)
            }
            guard unsafe archive_entry_is_encrypted(entry) == 0 else { throw .badEntry(name: name, .encrypted) }
            return name
        }

        private static func copy(
            _ archive: borrowing ArchiveHandle,
            size: Int,
            limits: ArchiveLimits,
            into writer: inout SpoolWriter
        ) throws(CourseArchiveError) {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let got = unsafe archive_read_data(archive.pointer, &chunk, chunk.count)
                guard got >= 0 else { throw .unreadable(reason: archive.message) }
                if got == 0 { return }
                try writer.append(chunk, count: got)
                guard writer.total <= ratioFloor || writer.total / max(size, 1) < limits.ratio else {
                    throw .tooCompressed(limit: limits.ratio)
                }
            }
        }
    }
#endif
