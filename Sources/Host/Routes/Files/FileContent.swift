// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A file or parts of it: at once if that is little, else at the pace of the client.
struct FileContent: ResponseBody {
    let mediaType: String
    let body: HTTPResponse.Body

    static var example: FileContent { FileContent(mediaType: "application/octet-stream", body: .bytes([])) }
    var content: (mediaType: String, body: HTTPResponse.Body) { (mediaType, body) }
    func write(to json: inout JSONWriter) {}

    /// What is sent: bytes of the file, and what is around them.
    private enum Piece: Sendable {
        case text([UInt8])
        case part(Range<Int>)

        var count: Int {
            switch self {
            case .text(let bytes): bytes.count
            case .part(let range): range.count
            }
        }
    }

    /// Opens what is to be sent; what is little is read, so that whatever is wrong with it can still be told.
    private static func reading(
        _ pieces: [Piece],
        of content: any BlobReader,
        as mediaType: String
    ) async throws -> FileContent {
        let length = pieces.reduce(0) { $0 + $1.count }
        guard length > BlobPieces.defaultSize else {
            var bytes: [UInt8] = []
            for piece in pieces {
                switch piece {
                case .text(let text): bytes += text
                case .part(let range): bytes += try await read(range, of: content)
                }
            }
            return FileContent(mediaType: mediaType, body: .bytes(bytes))
        }
        let body = HTTPResponse.Body.stream(length: length) { writer in
            for piece in pieces {
                switch piece {
                case .text(let text): try await writer.write(text)
                case .part(let range):
                    let pieces = BlobPieces(of: content, range)
                    while let bytes = try await pieces.next() { try await writer.write(bytes) }
                }
            }
        }
        return FileContent(mediaType: mediaType, body: body)
    }

    private static func read(_ range: Range<Int>, of content: any BlobReader) async throws -> [UInt8] {
        do throws(BlobError) {
            return try await content.bytes(range)
        } catch {
            throw FileError.store(error)
        }
    }

    /// Answers with what a client asks for of a file: all of it, a part, or several parts as `multipart/byteranges` (RFC 9110 §14.6).
    ///
    /// - Parameters:
    ///   - wish: Which parts it asks for.
    ///   - content: Reads the file.
    ///   - mediaType: What the file is.
    ///   - etag: The file's version.
    ///   - fields: Further fields of the answer.
    /// - Returns: The answer.
    /// - Throws: `Problem.rangeNotSatisfiable`; `FileError.store`.
    static func reply(
        _ wish: ByteRanges.Wish,
        of content: any BlobReader,
        as mediaType: String,
        _ etag: ETag,
        adding fields: HTTPFields
    ) async throws -> Reply<FileContent> {
        let count = content.byteCount
        var (fields, status, type) = (fields, HTTPStatus.ok, mediaType)
        fields.append("accept-ranges", "bytes")
        let pieces: [Piece]
        switch try ByteRanges.wanted(wish, of: count, etag) {
        case .whole: pieces = [.part(0..<count)]
        case .one(let range):
            status = 206
            fields.append("content-range", Self.place(range, of: count))
            pieces = [.part(range)]
        case .several(let ranges):
            status = 206
            // Whoever wrote the file could not know it.
            let boundary = UUID().uuidString
            type = "multipart/byteranges; boundary=\(boundary)"
            pieces =
                ranges.flatMap { range in
                    let place = Self.place(range, of: count)
                    let head = "\r\n--\(boundary)\r\nContent-Type: \(mediaType)\r\nContent-Range: \(place)\r\n\r\n"
                    return [Piece.text(Array(head.utf8)), .part(range)]
                } + [.text(Array("\r\n--\(boundary)--\r\n".utf8))]
        }
        var reply = Reply(status, try await reading(pieces, of: content, as: type), etag: etag)
        reply.fields = fields
        return reply
    }

    private static func place(_ range: Range<Int>, of count: Int) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)"
    }
}
