// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A blob as the service lists it.
struct AzureBlob {
    let name: String
    let byteCount: Int
    let changedAt: Date?
    /// Whether it is no file but takes away the blocks of an upload.
    let isDiscarded: Bool

    init?(_ element: MarkupElement) {
        guard element.name == "Blob", let name = element.first("Name")?.text,
            let properties = element.first("Properties")
        else { return nil }
        self.name = name
        byteCount = properties.first("Content-Length").flatMap { Int($0.text) } ?? 0
        changedAt = properties.first("Last-Modified").flatMap { AzureDate.read($0.text) }
        let mark = AzureBlobStore.discarded.dropFirst("x-ms-meta-".count)
        isDiscarded = element.first("Metadata")?.first(String(mark)) != nil
    }
}

extension AzureBlobStore {
    /// Asks for a page of names.
    ///
    /// - Parameters:
    ///   - prefix: What leads the names.
    ///   - position: What the page before ended with; only the service understands it.
    ///   - limit: The most blobs, 1 through 1000.
    /// - Returns: The blobs, possibly none, and where the next page begins.
    /// - Throws: `BlobError.unavailable`; `.busy`.
    func page(
        of prefix: String,
        after position: String? = nil,
        limit: Int
    ) async throws(BlobError) -> (blobs: [AzureBlob], next: String?) {
        var query = [
            (name: "restype", value: "container"), (name: "comp", value: "list"), (name: "prefix", value: prefix),
            (name: "maxresults", value: "\(limit)"), (name: "include", value: "metadata"),
        ]
        if let position { query.append((name: "marker", value: position)) }
        let root = try await client.send(.get, "", query: query, limit: 4 << 20).document()
        let blobs = (root.first("Blobs")?.elements ?? []).compactMap(AzureBlob.init)
        let next = root.first("NextMarker")?.text ?? ""
        return (blobs, next.isEmpty ? nil : next)
    }

    /// Asks for the first blobs whose names begin with something.
    func first(_ limit: Int, of prefix: String) async throws(BlobError) -> [AzureBlob] {
        var found: [AzureBlob] = []
        var position: String?
        repeat {
            let page = try await page(of: prefix, after: position, limit: limit)
            found += page.blobs
            position = page.next
        } while position != nil && found.count < limit
        return Array(found.prefix(limit))
    }
}
