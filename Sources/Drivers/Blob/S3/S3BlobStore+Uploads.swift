// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
public import LMSKit
public import LMSTenancy

extension S3BlobStore {
    /// Begins a multipart upload.
    public func beginUpload(of key: BlobKey) async throws(BlobError) -> BlobUpload {
        let reply = try await client.send(.post, name(key), query: [("uploads", "")])
        guard let token = try reply.document().first("UploadId")?.text, !token.isEmpty else {
            throw .unavailable(reason: "S3: no UploadId")
        }
        return BlobUpload(key, token: token, begunAt: client.clock.now())
    }

    /// Sends a part.
    public func add(
        _ content: [UInt8],
        as number: Int,
        to upload: BlobUpload
    ) async throws(BlobError) -> BlobPart {
        guard (1...10_000).contains(number), (1...partSize).contains(content.count) else { throw .incomplete }
        var query = try Self.query(upload)
        query.append((name: "partNumber", value: "\(number)"))
        let sent = try await client.send(.put, name(upload.key), query: query, body: content)
        guard let tag = try sent.success().field("etag") else {
            throw .unavailable(reason: "S3: a part without an ETag")
        }
        return BlobPart(number: number, byteCount: content.count, tag: tag)
    }

    /// Completes a multipart upload.
    public func complete(_ upload: BlobUpload, parts: [BlobPart]) async throws(BlobError) {
        guard parts.isWhole(partSize: partSize) else { throw .incomplete }
        let list = parts.map { part in
            // Tags come from the service, and from whoever wrote them down for it.
            let tag = part.tag.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            return "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(tag)</ETag></Part>"
        }
        let body =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list.joined())</CompleteMultipartUpload>"
        let sent = try await client.send(
            .post,
            name(upload.key),
            query: try Self.query(upload),
            body: Array(body.utf8)
        )
        guard let error = sent.refusal?.error else { return }
        // The reply to an earlier try may have been lost: then the upload is over and the file is there.
        let count = parts.reduce(0) { $0 + $1.byteCount }
        guard error == .missing, sent.attempts > 1, try await open(upload.key).byteCount == count else { throw error }
    }

    /// Aborts a multipart upload, also for a task that was cancelled.
    public func abort(_ upload: BlobUpload) async throws(BlobError) {
        try await client.requests.withoutCancellation {
            do throws(BlobError) {
                return .success(try await abortNow(upload))
            } catch {
                return .failure(error)
            }
        }
    }

    private func abortNow(_ upload: BlobUpload) async throws(BlobError) {
        let reply = try await client.send(.delete, name(upload.key), query: try Self.query(upload))
        if let error = reply.refusal?.error, error != .missing { throw error }
    }

    /// Lists multipart uploads.
    public func uploads(of tenant: TenantID) async throws(BlobError) -> [BlobUpload] {
        let prefix = "\(client.configuration.prefix)\(tenant)/"
        let query = [
            (name: "uploads", value: ""), (name: "prefix", value: prefix), (name: "max-uploads", value: "1000"),
        ]
        return try await client.send(.get, "", query: query, limit: 4 << 20).document().elements.compactMap { element in
            guard element.name == "Upload", let key = element.first("Key").flatMap({ key($0.text) }),
                let token = element.first("UploadId")?.text
            else { return nil }
            return BlobUpload(key, token: token, begunAt: element.first("Initiated").flatMap { Self.date($0.text) })
        }
    }

    /// Lists files in the order of their keys.
    public func list(of tenant: TenantID, after position: String?, limit: Int) async throws(BlobError) -> BlobPage {
        let prefix = "\(client.configuration.prefix)\(tenant)/"
        var query = [
            (name: "list-type", value: "2"), (name: "prefix", value: prefix), (name: "max-keys", value: "\(limit)"),
        ]
        if let position { query.append((name: "start-after", value: "\(client.configuration.prefix)\(position)")) }
        let root = try await client.send(.get, "", query: query, limit: 4 << 20).document()
        let blobs = root.elements.compactMap { element -> StoredBlob? in
            guard element.name == "Contents", let key = element.first("Key").flatMap({ key($0.text) }),
                let count = element.first("Size").flatMap({ Int($0.text) }),
                let date = element.first("LastModified").flatMap({ Self.date($0.text) })
            else { return nil }
            return StoredBlob(key, byteCount: count, storedAt: date)
        }
        let isTruncated = root.first("IsTruncated")?.text == "true"
        let last = root.elements.last { $0.name == "Contents" }?.first("Key")?.text
        let next = last.map { String($0.dropFirst(client.configuration.prefix.count)) }
        return BlobPage(blobs: blobs, next: isTruncated ? next : nil)
    }

    /// Without a name the same requests replace or remove the file itself.
    private static func query(_ upload: BlobUpload) throws(BlobError) -> [(name: String, value: String)] {
        guard !upload.token.isEmpty else { throw .missing }
        return [(name: "uploadId", value: upload.token)]
    }

    private static func date(_ text: String) -> Date? {
        // With and without fractions of a second; what is no date is left out like a foreign key.
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return try? Date(text, strategy: style)
    }
}
