// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
internal import LMSKit

/// The one owner of a file descriptor.
struct FileDescriptorOwner: ~Copyable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit { close(number) }

    /// Opens a file that has no name and vanishes when it is closed.
    static func unnamed(in directory: String) throws(CourseArchiveError) -> FileDescriptorOwner {
        let path = directory + "/course-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let number = unsafe Glibc.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw .unreadable(reason: "\(directory): \(SystemMessage.of(errno))") }
        unsafe unlink(path)
        return FileDescriptorOwner(number)
    }

    /// Writes the first bytes of a buffer at the end.
    func write(_ buffer: [UInt8], count: Int) throws(CourseArchiveError) {
        var done = 0
        while done < count {
            let written = unsafe buffer.withUnsafeBytes { bytes in
                unsafe Glibc.write(number, bytes.baseAddress?.advanced(by: done), count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .unreadable(reason: "the spool: \(SystemMessage.of(errno))") }
            done += written
        }
    }
}

/// What the system says about an error number.
enum SystemMessage {
    static func of(_ number: Int32) -> String {
        unsafe String(cString: strerror(number))  // glibc's text is each thread's own
    }
}
