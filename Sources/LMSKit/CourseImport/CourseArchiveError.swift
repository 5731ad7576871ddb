// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why the files of a course could not be had; an archive with one bad entry is refused whole.
@nonexhaustive
public enum CourseArchiveError: Error, Sendable, Equatable {
    /// It is no archive of a known kind, or damaged, or the disk refused.
    case unreadable(reason: String)
    /// An entry that no honest archive has.
    case badEntry(name: String, Fault)
    /// It has more entries than are read.
    case tooManyEntries(limit: Int)
    /// Its files are larger together than is accepted.
    case tooLarge(limit: Int)
    /// Its files are so much larger than the archive that it must be meant to fill the disk.
    case tooCompressed(limit: Int)
    /// This build reads directories only: the trait `Archive` was off.
    case notBuilt

    /// What is wrong with an entry.
    @nonexhaustive
    public enum Fault: Sendable, Hashable {
        /// Its path leads out of the archive: absolute, with `..`, a backslash, a NUL or a control character.
        case escapingPath
        /// Its path is longer than 1,024 bytes or deeper than 32 directories.
        case longPath
        /// Its path is not UTF-8.
        case pathNotUTF8
        /// Another entry has the same path.
        case duplicate
        /// It is a symbolic or hard link.
        case link
        /// It is a device, a pipe or a socket.
        case special
        /// It is encrypted.
        case encrypted
        /// It is larger than one file may be.
        case tooLarge(limit: Int)
    }
}

extension CourseArchiveError: CustomStringConvertible {
    /// What is wrong and with which entry.
    public var description: String {
        switch self {
        case .unreadable(let reason): "the archive cannot be read: \(reason)"
        case .badEntry(let name, let fault): "the archive is refused because of \(name.debugDescription): \(fault)"
        case .tooManyEntries(let limit): "the archive has more than \(limit) entries"
        case .tooLarge(let limit): "the archive's files are larger than \(limit) bytes together"
        case .tooCompressed(let limit): "the archive's files are more than \(limit) times its own size"
        case .notBuilt: "this build cannot read archives: give it a directory, or build it with the trait Archive"
        }
    }
}

extension CourseArchiveError.Fault: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .escapingPath: "its path leads out of the archive"
        case .longPath: "its path is too long or too deep"
        case .pathNotUTF8: "its path is not UTF-8"
        case .duplicate: "it is there twice"
        case .link: "it is a link"
        case .special: "it is neither a file nor a directory"
        case .encrypted: "it is encrypted"
        case .tooLarge(let limit): "it is larger than \(limit) bytes"
        }
    }
}
