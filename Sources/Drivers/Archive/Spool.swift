// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
public import LMSKit

/// Where the files of an archive lie while they are read: one after another in one file that no longer has a name.
///
/// No name of the archive ever becomes a name on the disk, so none can lead anywhere, and nothing is left behind even
/// after a crash. Memory holds the paths only.
public final class Spool: CourseFiles {
    private let file: FileDescriptorOwner
    private let places: [String: Range<Int>]

    init(file: consuming FileDescriptorOwner, places: [String: Range<Int>]) {
        self.file = file
        self.places = places
    }

    /// The size of each file in bytes, by its path.
    public var sizes: [String: Int] { places.mapValues(\.count) }

    /// Reads a file.
    public func read(_ path: String) throws(CourseArchiveError) -> [UInt8] {
        guard let place = places[path] else { throw .unreadable(reason: "there is no \(path)") }
        return try read(place)
    }

    private func read(_ place: Range<Int>) throws(CourseArchiveError) -> [UInt8] {
        let descriptor = file.number
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: place.count) { buffer, count in
            while count < place.count {
                let got = unsafe pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: count),
                    place.count - count,
                    off_t(place.lowerBound + count)
                )
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    failure = got < 0 ? errno : EIO
                    return
                }
                count += got
            }
        }
        guard failure == 0 else { throw .unreadable(reason: SystemMessage.of(failure)) }
        return bytes
    }
}

/// Takes the entries of an archive one after another, refuses bad ones, and becomes a `Spool`.
struct SpoolWriter: ~Copyable {
    private let file: FileDescriptorOwner
    private let limits: ArchiveLimits
    private var places: [String: Range<Int>] = [:]
    private var directories: Set<String> = []
    private var entries = 0
    private var end = 0
    private var start = 0
    private var current = ""

    init(in directory: String, limits: ArchiveLimits) throws(CourseArchiveError) {
        file = try FileDescriptorOwner.unnamed(in: directory)
        self.limits = limits
    }

    /// How many bytes were written.
    var total: Int { end }

    /// Counts an entry and checks its path.
    mutating func begin(_ name: String, isDirectory: Bool) throws(CourseArchiveError) {
        entries += 1
        guard entries <= limits.entries else { throw .tooManyEntries(limit: limits.entries) }
        let path = try CoursePath.normalized(name)
        guard !isDirectory else {
            if let path { directories.insert(path) }
            return
        }
        guard let path else { throw .badEntry(name: name, .escapingPath) }
        guard places[path] == nil, !directories.contains(path) else { throw .badEntry(name: name, .duplicate) }
        current = path
        start = end
        places[path] = start..<start
    }

    /// Adds bytes to the file that was begun.
    mutating func append(_ buffer: [UInt8], count: Int) throws(CourseArchiveError) {
        guard end - start + count <= limits.fileBytes else {
            throw .badEntry(name: current, .tooLarge(limit: limits.fileBytes))
        }
        guard end + count <= limits.totalBytes else { throw .tooLarge(limit: limits.totalBytes) }
        try file.write(buffer, count: count)
        end += count
        places[current] = start..<end
    }

    consuming func finish() -> Spool {
        Spool(file: file, places: places)
    }
}
