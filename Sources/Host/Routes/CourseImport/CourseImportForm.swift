// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSArchiveDriver
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The fields of an import's form: `file`, and perhaps `status` and `key`, which may come in any order.
struct CourseImportForm: Sendable {
    let archive: Upload
    let status: Course.Status
    let key: CourseImportKey?

    /// Receives the form, writing the archive to the disk as it comes.
    init(receiving request: HTTPRequest, limit: Int, importer: CourseImporter) async throws {
        do {
            try await self.init(reading: request, limit: limit, importer: importer)
        } catch let error as MultipartError {
            throw error.problem
        } catch let error as CourseArchiveError {
            throw CourseImportError.archive(error)
        } catch is SidePool.Busy {
            throw Problem(.unavailable)
        }
    }

    private init(reading request: HTTPRequest, limit: Int, importer: CourseImporter) async throws {
        var reader = try MultipartReader(contentType: request[.contentType] ?? "")
        let (pool, directory) = (importer.pool, importer.spool)
        var archive: Upload?
        var texts: [String: [UInt8]] = [:]
        var current = ""
        var received = 0
        while let bytes = try await request.body.next() {
            received += bytes.count
            guard received <= limit else { throw HTTPBodyError.tooLarge(limitInBytes: limit) }
            for event in try reader.feed(bytes) {
                switch event {
                case .part(let head):
                    current = head.name
                    guard texts[current] == nil, ["file", "status", "key"].contains(current) else {
                        throw MultipartError.malformed("the field \(current.debugDescription) is unknown or repeated")
                    }
                    texts[current] = []
                    if current == "file" { archive = try await pool.run { try Upload(in: directory) } }
                case .data(let data) where current == "file":
                    if let archive { try await pool.run { try archive.append(data) } }
                case .data(let data):
                    texts[current, default: []] += data
                    guard texts[current, default: []].count <= 1_000 else {
                        throw MultipartError.malformed("the field \(current) is too long")
                    }
                case .partEnd, .end: break
                }
            }
        }
        try reader.finish()
        guard let archive else { throw MultipartError.malformed("the field file is missing") }
        self.archive = archive
        let status = texts["status"].map { String(decoding: $0, as: UTF8.self) } ?? "draft"
        guard let status = Course.Status(rawValue: status) else {
            throw MultipartError.malformed("the status is none of draft, in_review, published, archived")
        }
        self.status = status
        guard let text = texts["key"] else {
            key = nil
            return
        }
        guard let key = CourseImportKey(String(decoding: text, as: UTF8.self)) else {
            throw MultipartError.malformed("the key has not 1 to 200 printable characters")
        }
        self.key = key
    }
}

extension MultipartError: ProblemConvertible {
    var problem: Problem {
        let detail =
            switch self {
            case .noBoundary: "Content-Type names no boundary."
            case .malformed(let what): "The form is malformed: \(what)."
            case .tooManyParts(let limit): "The form has more than \(limit) parts."
            case .truncated: "The form ends early."
            }
        return Problem(.malformedBody).detailed(en: detail, es: detail, ar: detail)
    }
}
