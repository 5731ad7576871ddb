// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Keeps the bytes of files encrypted: each under a random key of its own, which is sealed under the tenant's key.
///
/// The sealed key is stored in a row of the file's feature, as a `SealedColumn`, and not with the bytes: a new tenant key
/// takes over by changing rows, and without the tenant's keys no copy of the store can be read. What the store gives back is
/// checked chunk by chunk: another file's bytes, another order, a missing end or a changed bit are `BlobError.damaged`.
public struct SealedBlobs: Sendable {
    private let store: any BlobStore
    private let cryptography: any Cryptography

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - store: Keeps the encrypted bytes.
    ///   - cryptography: Encrypts them.
    public init(store: any BlobStore, cryptography: any Cryptography) {
        self.store = store
        self.cryptography = cryptography
    }

    /// Makes the key for a file's bytes; what the bytes are replaced by needs another one.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - tenantKey: The tenant's newest key.
    /// - Returns: The key, and how it is stored.
    /// - Throws: `KeyError.unusable` if the tenant's key is damaged.
    public func makeKey(for file: StoredFile.ID, under tenantKey: TenantKey) throws(KeyError) -> BlobKeyPair {
        let secret = Secret(cryptography.randomBytes(32))
        let sealed = try tenantKey.seal(secret, for: Self.purpose(file))
        return BlobKeyPair(secret: BlobSecret(material: secret), sealed: sealed, tenantKey: tenantKey.id)
    }

    /// Opens a stored key.
    ///
    /// - Parameters:
    ///   - sealed: What was stored.
    ///   - file: The file.
    ///   - tenantKey: The tenant's newest key, with the earlier ones.
    /// - Returns: The key.
    /// - Throws: `KeyError.unusable` if it was changed, or is another file's.
    public func open(
        _ sealed: [UInt8],
        for file: StoredFile.ID,
        under tenantKey: TenantKey
    ) throws(KeyError) -> BlobSecret {
        BlobSecret(material: try tenantKey.open(sealed, for: Self.purpose(file)))
    }

    /// Stores bytes that are made at once.
    ///
    /// - Parameters:
    ///   - content: Makes the bytes; called off the event loops, where they are encrypted too.
    ///   - key: Where they belong.
    ///   - secret: The key for them.
    /// - Throws: As `BlobStore.put(_:as:)`.
    public func put(
        _ content: @escaping @Sendable () throws -> [UInt8],
        as key: BlobKey,
        under secret: BlobSecret
    ) async throws(BlobError) {
        let cipher = cipher(key, secret)
        try await store.put({ try cipher.seal(whole: content()) }, as: key)
    }

    /// Stores content of any length.
    ///
    /// - Parameters:
    ///   - source: Gives the content.
    ///   - key: Where it belongs.
    ///   - secret: The key for it.
    /// - Returns: How long the content is.
    /// - Throws: As `BlobStore.put(_:as:)`, and what the source threw; nothing of it is kept then.
    @discardableResult
    public func put(
        _ source: any BlobSource,
        as key: BlobKey,
        under secret: BlobSecret
    ) async throws(BlobError) -> Int {
        let sealed = try await store.put(SealingSource(source, cipher(key, secret)), as: key)
        guard let count = BlobCipher.plainCount(of: sealed) else { throw .damaged }
        return count
    }

    /// Opens a file for reading any part of it.
    ///
    /// - Parameters:
    ///   - key: Where it belongs.
    ///   - secret: The key for it.
    /// - Returns: What reads its content.
    /// - Throws: `BlobError.missing`; `.damaged` if its length is none that an encrypted file has; `.unavailable`; `.busy`.
    ///   That the end is missing shows when the last bytes are read: compare the length with what is known of the file.
    public func open(_ key: BlobKey, under secret: BlobSecret) async throws(BlobError) -> any BlobReader {
        let reader = try SealedReader(try await store.open(key), cipher(key, secret))
        // Nobody reads an empty file, so nobody else would see that it was not empty.
        if reader.byteCount == 0 { _ = try await reader.bytes(0..<0) }
        return reader
    }

    /// Removes a file; does nothing if there is none.
    ///
    /// - Parameter key: Where it belongs.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    public func remove(_ key: BlobKey) async throws(BlobError) {
        try await store.remove(key)
    }

    func cipher(_ key: BlobKey, _ secret: BlobSecret) -> BlobCipher {
        BlobCipher(key: key, secret: secret, cryptography: cryptography)
    }

    static func purpose(_ file: StoredFile.ID) -> String { "files.sealed_key:\(file)" }
}

/// The key for the bytes of one file.
public struct BlobSecret: Sendable {
    let material: Secret<[UInt8]>
}

/// A new key for the bytes of a file, and how it is stored.
public struct BlobKeyPair: Sendable {
    /// The key.
    public let secret: BlobSecret
    /// The key, sealed.
    public let sealed: [UInt8]
    /// What it is sealed under.
    public let tenantKey: TenantKey.ID
}
