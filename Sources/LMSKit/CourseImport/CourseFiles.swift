// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The files of a course as an archive or a directory holds them.
///
/// Whoever makes one has checked the paths: relative, with single slashes, without `.` and `..`, in UTF-8.
public protocol CourseFiles: Sendable {
    /// The size of each file in bytes, by its path.
    var sizes: [String: Int] { get }

    /// Reads a file.
    ///
    /// - Parameter path: A path that `sizes` names.
    /// - Returns: Its bytes.
    /// - Throws: `CourseArchiveError.unreadable` if it is not there or the disk refuses.
    func read(_ path: String) throws(CourseArchiveError) -> [UInt8]
}

/// Files in memory, for tests and small courses.
public struct InMemoryCourseFiles: CourseFiles {
    private let files: [String: [UInt8]]

    /// Wraps files.
    ///
    /// - Parameter files: The bytes of each, by path.
    public init(_ files: [String: [UInt8]]) {
        self.files = files
    }

    /// The size of each file in bytes, by its path.
    public var sizes: [String: Int] { files.mapValues(\.count) }

    /// Reads a file.
    public func read(_ path: String) throws(CourseArchiveError) -> [UInt8] {
        guard let bytes = files[path] else { throw .unreadable(reason: "there is no \(path)") }
        return bytes
    }
}
