// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import Glibc
package import LMSKit

/// The calls to the file system that drivers make; they block.
package enum FileSystem {
    /// Makes a directory and those above it, for this user only.
    package static func makeDirectories(_ path: String) throws(BlobError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            if unsafe mkdir(made, 0o700) != 0, errno != EEXIST { throw refusal(made) }
        }
    }

    /// Writes a file under another name, waits until it is on the disk, and gives it its own.
    package static func write(_ bytes: [UInt8], to path: String, in directory: String) throws(BlobError) {
        let temporary = "\(path).\(UInt64.random(in: .min ... .max))"
        do throws(BlobError) {
            let file = try open(temporary, O_CREAT | O_EXCL | O_WRONLY)
            try write(bytes, at: 0, of: file, temporary)
            try move(temporary, to: path, in: directory)
        } catch {
            unsafe unlink(temporary)
            throw error
        }
    }

    /// The directory that a path is in.
    static func parent(of path: String) -> String {
        String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
    }

    /// Makes an empty file that was not there.
    static func create(_ path: String) throws(BlobError) {
        _ = try open(path, O_CREAT | O_EXCL | O_WRONLY)
    }

    /// Writes a part of a file that is there, and waits until it is on the disk.
    static func write(_ bytes: [UInt8], at offset: Int, of path: String) throws(BlobError) {
        let file = try open(path, O_WRONLY)
        try write(bytes, at: offset, of: file, path)
    }

    private static func write(
        _ bytes: [UInt8],
        at offset: Int,
        of file: borrowing Descriptor,
        _ path: String
    ) throws(BlobError) {
        let number = file.number
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe buffer.baseAddress?.advanced(by: done)
                return unsafe pwrite(number, rest, buffer.count - done, off_t(offset + done))
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw refusal(path) }
            done += written
        }
        guard fsync(number) == 0 else { throw refusal(path) }
    }

    /// Gives a file another name, and waits until that is on the disk.
    static func move(_ from: String, to path: String, in directory: String) throws(BlobError) {
        guard unsafe rename(from, path) == 0 else { throw refusal(path) }
        // The name is in the directory, which has to reach the disk too.
        let parent = try open(directory, O_RDONLY | O_DIRECTORY)
        guard fsync(parent.number) == 0 else { throw refusal(directory) }
    }

    static func remove(_ path: String) throws(BlobError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw refusal(path) }
    }

    /// What is in a directory, in order; nothing if it is not there.
    static func names(in directory: String) -> [String] {
        // A directory that cannot be read has nothing for us: all of them are made here, for this user.
        (try? FileManager.default.contentsOfDirectory(atPath: directory).sorted()) ?? []
    }

    /// How long a file is and when it was last changed; `nil` without one.
    static func facts(of path: String) -> (byteCount: Int, changedAt: Date)? {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else { return nil }
        let seconds = Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) / 1e9
        return (Int(facts.st_size), Date(timeIntervalSince1970: seconds))
    }

    private static func open(_ path: String, _ flags: Int32) throws(BlobError) -> Descriptor {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw refusal(path) }
        return Descriptor(number: number)
    }

    private static func refusal(_ path: String) -> BlobError {
        errno == ENOENT ? .missing : .unavailable(reason: "\(path): \(unsafe String(cString: strerror(errno)))")
    }

    /// A file that stays what it was when it was opened.
    final class OpenFile: Sendable {
        let byteCount: Int
        private let descriptor: Descriptor
        private let path: String

        init(_ path: String) throws(BlobError) {
            let descriptor = try FileSystem.open(path, O_RDONLY)
            let size = lseek(descriptor.number, 0, SEEK_END)
            guard size >= 0 else { throw refusal(path) }
            byteCount = Int(size)
            self.path = path
            self.descriptor = descriptor
        }

        /// Reads bytes that the file has.
        func read(_ range: Range<Int>) throws(BlobError) -> [UInt8] {
            var isWhole = true
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                while count < range.count {
                    let rest = unsafe buffer.baseAddress?.advanced(by: count)
                    let place = off_t(range.lowerBound + count)
                    let got = unsafe pread(descriptor.number, rest, range.count - count, place)
                    if got < 0, errno == EINTR { continue }
                    guard got > 0 else {
                        isWhole = false
                        return
                    }
                    count += got
                }
            }
            guard isWhole else { throw refusal(path) }
            return bytes
        }
    }
}

/// The one owner of a file descriptor.
private struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    deinit { close(number) }
}
