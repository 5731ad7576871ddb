// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
public import LMSKit
public import LMSTenancy

extension AzureBlobStore {
    /// Stores the empty blob that an upload is known by.
    public func beginUpload(of key: BlobKey) async throws(BlobError) -> BlobUpload {
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        let token = String(repeating: "0", count: Self.tokenLength - number.count) + number
        let upload = BlobUpload(key, token: token, begunAt: client.clock.now())
        let fields = [(name: "x-ms-blob-type", value: "BlockBlob")]
        _ = try await client.send(.put, try name(upload), fields: fields).success()
        return upload
    }

    /// Sends a part as a block that no blob has yet.
    public func add(
        _ content: [UInt8],
        as number: Int,
        to upload: BlobUpload
    ) async throws(BlobError) -> BlobPart {
        guard (1...10_000).contains(number), (1...partSize).contains(content.count) else { throw .incomplete }
        // The service would take blocks for any name.
        _ = try await client.send(.head, try name(upload)).success()
        let query = [(name: "comp", value: "block"), (name: "blockid", value: Self.block(number, of: upload))]
        _ = try await client.send(.put, name(upload.key), query: query, body: content).success()
        return BlobPart(number: number, byteCount: content.count, tag: "")
    }

    /// Makes a blob of its blocks; the blocks of other uploads of the same file are gone then.
    public func complete(_ upload: BlobUpload, parts: [BlobPart]) async throws(BlobError) {
        guard parts.isWhole(partSize: partSize) else { throw .incomplete }
        _ = try await client.send(.head, try name(upload)).success()
        // Also those of the blob: whoever completed it may not have come to forget the upload.
        let kept = try await blocks(of: upload.key, "all") ?? [:]
        let names = parts.map { Self.block($0.number, of: upload) }
        guard zip(names, parts).allSatisfy({ kept[$0] == $1.byteCount }) else { throw .incomplete }
        let list = names.map { "<Latest>\($0)</Latest>" }.joined()
        let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>\(list)</BlockList>"
        let query = [(name: "comp", value: "blocklist")]
        let fields = [(name: "x-ms-blob-content-type", value: "application/octet-stream")]
        let name = name(upload.key)
        _ = try await client.send(.put, name, query: query, fields: fields, body: Array(body.utf8)).success()
        try await delete(try self.name(upload))
    }

    /// Forgets an upload and has its blocks taken away, also for a task that was cancelled.
    public func abort(_ upload: BlobUpload) async throws(BlobError) {
        try await client.requests.withoutCancellation {
            do throws(BlobError) {
                return .success(try await abortNow(upload))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Lists the empty blobs that uploads are known by.
    public func uploads(of tenant: TenantID) async throws(BlobError) -> [BlobUpload] {
        let prefix = "\(client.configuration.prefix)\(Self.folder)/\(tenant)/"
        return try await first(1000, of: prefix).compactMap { blob in
            let parts = blob.name.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let file = StoredFile.ID(parts[0]), Self.isToken(parts[1]) else { return nil }
            return BlobUpload(BlobKey(file, of: tenant), token: String(parts[1]), begunAt: blob.changedAt)
        }
    }

    private func abortNow(_ upload: BlobUpload) async throws(BlobError) {
        let name = try name(upload)
        // Of the same file: blocks can only be taken away from all of its uploads together.
        let begun = try await first(2, of: String(name.dropLast(Self.tokenLength))).map(\.name)
        guard begun.count < 2 else { return try await delete(name) }
        guard begun == [name] else { return }
        // First the blocks, so that who is interrupted finds the upload again.
        try await discardBlocks(of: upload)
        try await delete(name)
    }

    /// Takes away an upload's blocks by a blob without content, which is the only way that the service has.
    ///
    /// It is marked as no file and removed at once. If there is a file under the name already it stays as it is, and
    /// the blocks go with what is stored there next or a week after the last of them.
    private func discardBlocks(of upload: BlobUpload) async throws(BlobError) {
        guard let kept = try await blocks(of: upload.key, "uncommitted") else { return }
        let name = name(upload.key)
        if !kept.isEmpty {
            let fields = [
                (name: "x-ms-blob-type", value: "BlockBlob"), (name: "if-none-match", value: "*"),
                (name: Self.discarded, value: "1"),
            ]
            let reply = try await client.send(.put, name, fields: fields)
            if let error = reply.refusal?.error, error != .changed { throw error }
        }
        let reply = try await client.send(.head, name)
        if reply.refusal?.error == .missing { return }
        let found = try reply.success()
        guard found.field(Self.discarded) != nil, let version = found.field("etag") else { return }
        try await delete(name, version: version)
    }

    /// The names and lengths of blocks; `nil` if there are neither a blob nor blocks.
    private func blocks(of key: BlobKey, _ kind: String) async throws(BlobError) -> [String: Int]? {
        let query = [(name: "comp", value: "blocklist"), (name: "blocklisttype", value: kind)]
        let reply = try await client.send(.get, name(key), query: query, limit: 16 << 20)
        if reply.refusal?.error == .missing { return nil }
        var kept: [String: Int] = [:]
        let root = try reply.document()
        // In this order: of two blocks with one name the one that no blob has is the later one.
        for list in ["CommittedBlocks", "UncommittedBlocks"] {
            for block in root.first(list)?.elements ?? [] {
                guard let name = block.first("Name")?.text, let count = block.first("Size").flatMap({ Int($0.text) })
                else { continue }
                kept[name] = count
            }
        }
        return kept
    }

    private static let folder = ".uploads"
    private static let tokenLength = 16

    private static func isToken(_ text: some StringProtocol) -> Bool {
        text.utf8.count == tokenLength
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The name of the blob that an upload is known by.
    private func name(_ upload: BlobUpload) throws(BlobError) -> String {
        // A token may have been outside meanwhile.
        guard Self.isToken(upload.token) else { throw .missing }
        return "\(client.configuration.prefix)\(Self.folder)/\(upload.key.tenant)/\(upload.key.file).\(upload.token)"
    }

    /// The name of a block: all of a blob have to be of one length.
    static func block(_ number: Int, of upload: BlobUpload) -> String {
        let digits = "\(number)"
        let text = "\(upload.token).\(String(repeating: "0", count: max(0, 7 - digits.count)))\(digits)"
        return Data(text.utf8).base64EncodedString()
    }
}
