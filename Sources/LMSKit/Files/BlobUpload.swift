// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A file that is being stored in parts.
public struct BlobUpload: Sendable, Hashable {
    /// Where the file belongs.
    public let key: BlobKey
    /// What the store knows it by.
    public let token: String
    /// When it was begun, in UTC; `nil` where the store has not said.
    public let begunAt: Date?

    /// Describes an upload.
    ///
    /// - Parameters:
    ///   - key: Where the file belongs.
    ///   - token: What the store knows it by.
    ///   - begunAt: When it was begun.
    public init(_ key: BlobKey, token: String, begunAt: Date? = nil) {
        self.key = key
        self.token = token
        self.begunAt = begunAt
    }
}

/// A part that was stored.
public struct BlobPart: Sendable, Hashable {
    /// Which one, from 1.
    public let number: Int
    /// How long it is.
    public let byteCount: Int
    /// What the store knows it by.
    public let tag: String

    /// Describes a part.
    ///
    /// - Parameters:
    ///   - number: Which one, from 1.
    ///   - byteCount: How long it is.
    ///   - tag: What the store knows it by.
    public init(number: Int, byteCount: Int, tag: String) {
        self.number = number
        self.byteCount = byteCount
        self.tag = tag
    }
}

extension [BlobPart] {
    /// Returns whether these are all parts of a file, in order.
    ///
    /// - Parameter size: How long each but the last one has to be.
    /// - Returns: `true` if none is missing.
    public func isWhole(partSize size: Int) -> Bool {
        guard let last, (1...size).contains(last.byteCount), dropLast().allSatisfy({ $0.byteCount == size }) else {
            return false
        }
        return enumerated().allSatisfy { $0.element.number == $0.offset + 1 }
    }
}

/// Some files of a tenant.
public struct BlobPage: Sendable {
    /// The files.
    public let blobs: [StoredBlob]
    /// Where the next page begins; `nil` after the last one.
    public let next: String?

    /// Describes a page.
    ///
    /// - Parameters:
    ///   - blobs: The files.
    ///   - next: Where the next page begins.
    public init(blobs: [StoredBlob], next: String?) {
        self.blobs = blobs
        self.next = next
    }
}

/// A file as the store has it.
public struct StoredBlob: Sendable, Hashable {
    /// Where it belongs.
    public let key: BlobKey
    /// How long it is in the store.
    public let byteCount: Int
    /// When it was stored, in UTC.
    public let storedAt: Date

    /// Describes a file.
    ///
    /// - Parameters:
    ///   - key: Where it belongs.
    ///   - byteCount: How long it is in the store.
    ///   - storedAt: When it was stored.
    public init(_ key: BlobKey, byteCount: Int, storedAt: Date) {
        self.key = key
        self.byteCount = byteCount
        self.storedAt = storedAt
    }
}

/// An address by which whoever has it reads or stores one file at the store itself.
///
/// The store gives and takes the bytes as they are: what is sealed comes out sealed, and what is sent there is not sealed.
public struct BlobLink: Sendable {
    /// The address; whoever knows it may use it.
    public let url: Secret<String>
    /// The fields that the request must have.
    public let fields: [(name: String, value: String)]

    /// What an address is good for.
    public enum Use: Sendable, Hashable {
        /// Reading the file as a medium of this type, saved under a name if there is one.
        case read(mediaType: String, name: String?)
        /// Storing these bytes and no others.
        case store(byteCount: Int, sha256: [UInt8])
    }

    /// Describes an address.
    ///
    /// - Parameters:
    ///   - url: The address.
    ///   - fields: The fields that the request must have.
    public init(url: Secret<String>, fields: [(name: String, value: String)] = []) {
        self.url = url
        self.fields = fields
    }
}
