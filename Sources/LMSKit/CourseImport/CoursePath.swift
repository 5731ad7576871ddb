// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Checks the paths of an archive's entries, whatever reads the archive.
public enum CoursePath {
    /// Returns an entry's path in the form in which files are looked up.
    ///
    /// - Parameter name: The name as the archive holds it.
    /// - Returns: The path without `./` and a closing slash; `nil` for the archive's own top directory.
    /// - Throws: `CourseArchiveError.badEntry` if it leads out of the archive, or is too long or too deep.
    public static func normalized(_ name: String) throws(CourseArchiveError) -> String? {
        guard name.utf8.count <= 1_024 else { throw .badEntry(name: String(name.prefix(100)) + "…", .longPath) }
        guard !name.isEmpty, !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }),
            name.utf8.first != UInt8(ascii: "/"), !isDrive(name)
        else { throw .badEntry(name: name, .escapingPath) }
        let parts = name.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        guard !parts.contains("..") else { throw .badEntry(name: name, .escapingPath) }
        guard parts.count <= 32 else { throw .badEntry(name: name, .longPath) }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    private static func isDrive(_ name: String) -> Bool {
        let bytes = Array(name.utf8.prefix(2))
        return bytes.count == 2 && bytes[1] == UInt8(ascii: ":") && bytes[0].isASCIILetter
    }
}
