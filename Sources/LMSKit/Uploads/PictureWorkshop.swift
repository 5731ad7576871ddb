// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads pictures as those who show them do; where that runs, and by what, is a driver's to say.
public protocol PictureWorkshop: Sendable {
    /// Reads a picture to its end.
    ///
    /// - Parameters:
    ///   - picture: Gives the file.
    ///   - form: What it is by its content, and is read as.
    /// - Returns: A digest of what is to be seen, unturned: the same for two files that show the same, bit by bit.
    /// - Throws: `MediaWorkError`, after which nothing is left of it.
    func look(at picture: any BlobSource, as form: PictureForm) async throws(MediaWorkError) -> String
}

/// The forms of pictures whose files say more than what is to be seen.
public enum PictureForm: String, Sendable, Hashable, CaseIterable {
    /// ISO/IEC 10918-1.
    case jpeg
    /// W3C Portable Network Graphics, third edition.
    case png
    /// RFC 9649.
    case webp

    /// The form of a media type; `nil` for what is not looked at.
    init?(mediaType: String) {
        switch mediaType {
        case "image/jpeg": self = .jpeg
        case "image/png": self = .png
        case "image/webp": self = .webp
        default: return nil
        }
    }
}

/// A file that is made of an upload.
struct UploadedFile: Sendable {
    let id: StoredFile.ID
    let mediaType: String
    let byteCount: Int
    let sha256: [UInt8]
    /// Its key if it is not the one that the upload was sealed with.
    let key: BlobKeyPair?

    init(_ id: StoredFile.ID, _ mediaType: String, byteCount: Int, sha256: [UInt8], key: BlobKeyPair? = nil) {
        self.id = id
        self.mediaType = mediaType
        self.byteCount = byteCount
        self.sha256 = sha256
        self.key = key
    }
}
