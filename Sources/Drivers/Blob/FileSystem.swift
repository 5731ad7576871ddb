// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

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
            var done = 0
            while done < bytes.count {
                let written = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(file.number, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw refusal(temporary) }
                done += written
            }
            guard fsync(file.number) == 0 else { throw refusal(temporary) }
            guard unsafe rename(temporary, path) == 0 else { throw refusal(path) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        // The name is in the directory, which has to reach the disk too.
        let parent = try open(directory, O_RDONLY | O_DIRECTORY)
        guard fsync(parent.number) == 0 else { throw refusal(directory) }
    }

    static func read(_ path: String) throws(BlobError) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        let size = lseek(file.number, 0, SEEK_END)
        guard size >= 0 else { throw refusal(path) }
        var isWhole = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe pread(file.number, buffer.baseAddress?.advanced(by: count), size - count, off_t(count))
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

    static func remove(_ path: String) throws(BlobError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw refusal(path) }
    }

    private static func open(_ path: String, _ flags: Int32) throws(BlobError) -> Descriptor {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw refusal(path) }
        return Descriptor(number: number)
    }

    private static func refusal(_ path: String) -> BlobError {
        errno == ENOENT ? .missing : .unavailable(reason: "\(path): \(unsafe String(cString: strerror(errno)))")
    }
}

/// The one owner of a file descriptor.
private struct Descriptor: ~Copyable {
    let number: Int32

    deinit { close(number) }
}
