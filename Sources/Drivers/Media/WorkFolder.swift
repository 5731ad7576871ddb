// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import Glibc
internal import LMSKit

/// The directory in which one medium is worked on.
struct WorkFolder: Sendable {
    let path: String
    /// The medium's file in it: a fixed name, so that nothing that an author chose is ever an argument.
    static let source = "source"
    /// Work does not last so long: what is older was left by a process that ended.
    static let stale: TimeInterval = 24 * 3_600

    /// Makes an empty one, and removes those that were left behind.
    init(in directory: String) throws {
        path = "\(directory)/\(UUID().uuidString.lowercased())"
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            for name in try files.contentsOfDirectory(atPath: directory) where UUID(uuidString: name) != nil {
                let other = "\(directory)/\(name)"
                // Another process may remove it at the same time.
                let attributes = try? files.attributesOfItem(atPath: other)
                let madeAt = attributes?[.modificationDate] as? Date
                if let madeAt, madeAt.timeIntervalSinceNow < -Self.stale { try? files.removeItem(atPath: other) }
            }
        } catch {
            throw MediaWorkError.unavailable(reason: "no room to work")
        }
    }

    /// Adds bytes to the medium's file.
    func append(_ bytes: [UInt8]) throws {
        let file = unsafe open("\(path)/\(Self.source)", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw MediaWorkError.unavailable(reason: "no room to work") }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw MediaWorkError.unavailable(reason: "no room to work") }
            done += written
        }
    }

    /// Reads a small file that a program made.
    func read(_ name: String, atMost limit: Int) throws -> [UInt8] {
        let file = try WorkFile("\(path)/\(name)")
        guard (1...limit).contains(file.byteCount) else { throw MediaWorkError.damaged }
        return try file.read(at: 0, file.byteCount)
    }

    func remove() {
        // What cannot be removed now is stale tomorrow.
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A file that a program made: what it is while it is open, whatever is done to its name.
final class WorkFile: Sendable {
    let byteCount: Int
    private let descriptor: Int32

    init(_ path: String) throws(MediaWorkError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .damaged }
        self.descriptor = descriptor
        byteCount = Int(max(0, lseek(descriptor, 0, SEEK_END)))
    }

    deinit { close(descriptor) }

    func read(at offset: Int, _ count: Int) throws(MediaWorkError) -> [UInt8] {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = unsafe buffer.baseAddress?.advanced(by: filled)
                let got = unsafe pread(descriptor, rest, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard bytes.count == count else { throw .damaged }
        return bytes
    }
}
