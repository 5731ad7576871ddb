// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
internal import LMSKit

/// Reads a directory tree without following links.
enum DirectoryWalk {
    static func read(_ path: String, into writer: inout SpoolWriter) throws(CourseArchiveError) {
        var pending = [""]
        while let prefix = pending.popLast() {
            for name in try names(in: prefix.isEmpty ? path : "\(path)/\(prefix)") {
                let relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
                if try add("\(path)/\(relative)", as: relative, to: &writer) { pending.append(relative) }
            }
        }
    }

    /// Adds one entry; `true` if it is a directory.
    private static func add(
        _ path: String,
        as name: String,
        to writer: inout SpoolWriter
    ) throws(CourseArchiveError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw .unreadable(reason: "\(path): \(SystemMessage.of(errno))") }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try writer.begin(name, isDirectory: true)
            return true
        case S_IFREG:
            try writer.begin(name, isDirectory: false)
            try copy(path, to: &writer)
            return false
        case S_IFLNK: throw .badEntry(name: name, .link)
        default: throw .badEntry(name: name, .special)
        }
    }

    private static func copy(_ path: String, to writer: inout SpoolWriter) throws(CourseArchiveError) {
        let number = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw .unreadable(reason: "\(path): \(SystemMessage.of(errno))") }
        let file = FileDescriptorOwner(number)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = unsafe Glibc.read(file.number, &chunk, chunk.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(reason: "\(path): \(SystemMessage.of(errno))") }
            if got == 0 { return }
            try writer.append(chunk, count: got)
        }
    }

    /// The names in a directory, in order, without `.` and `..`.
    private static func names(in path: String) throws(CourseArchiveError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            throw .unreadable(reason: "\(path): \(SystemMessage.of(errno))")
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw .badEntry(name: String(decoding: bytes, as: UTF8.self), .pathNotUTF8)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
