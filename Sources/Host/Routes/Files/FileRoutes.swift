// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Give out the files of courses.
struct FileRoutes: Sendable {
    let files: Files

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/files/{fileId}",
                "Read a file of a course",
                access: .publicRead,
                problems: [.fileNotFound, .forbidden, .notYetAvailable, .rangeNotSatisfiable, .unavailable],
                caching: .revalidated,
                handler: read
            )
        ]
    }

    private func read(
        _ input: Input<FilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let (file, content) = try await files.open(input.path.fileId, reader: context.reader)
        return try await context.giving(
            content,
            of: file.id,
            as: file.mediaType,
            named: file.name,
            isShown: file.isShown
        )
    }
}

extension RequestContext {
    /// The reply with a file, or with the part of it that the client asks for.
    ///
    /// - Parameters:
    ///   - content: Reads its bytes.
    ///   - id: What it is stored under.
    ///   - mediaType: What it is.
    ///   - name: The name under which it is saved.
    ///   - isShown: Whether a browser may show it instead of saving it.
    /// - Returns: The reply.
    /// - Throws: `Problem.rangeNotSatisfiable`; `FileError.store`.
    func giving<Entity>(
        _ content: any BlobReader,
        of id: Identifier<Entity>,
        as mediaType: String,
        named name: String,
        isShown: Bool
    ) async throws -> Reply<FileContent> {
        // What is stored under an identifier stays what it is.
        let etag = ETag(quoted: "\"\(id)\"")
        var fields = HTTPFields()
        // Whatever an author uploaded runs nothing here and reaches nothing.
        fields.append("content-security-policy", "default-src 'none'; sandbox")
        fields.append(
            "content-disposition",
            "\(isShown ? "inline" : "attachment"); filename*=UTF-8''\(name.percentEncoded)"
        )
        return try await FileContent.reply(partWish, of: content, as: mediaType, etag, adding: fields)
    }
}

/// `…/files/{fileId}`.
struct FilePath: PathParameters {
    let fileId: StoredFile.ID

    init(fields: inout FieldReader) {
        fileId = fields.required("fileId", .id())
    }
}

extension ProblemCode {
    static let fileNotFound = ProblemCode(
        "FILE_NOT_FOUND",
        404,
        en: "There is no such file.",
        es: "No existe ese archivo.",
        ar: "لا يوجد ملف كهذا."
    )
}

extension FileError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound, .store(.missing): Problem(.fileNotFound)
        case .forbidden: Problem(.forbidden)
        case .notYetAvailable(let instant): .notYetAvailable(until: instant)
        case .store(.busy), .store(.unavailable), .store(.changed): Problem(.unavailable)
        case .store(.damaged), .store(.interrupted), .store(.incomplete): Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension String {
    /// RFC 8187 §3.2.1: everything but letters, digits, dash, dot and underscore as percent and two digits.
    fileprivate var percentEncoded: String {
        var text = ""
        for byte in utf8 {
            if byte.isLowerLetter || byte.isDigit || (0x41...0x5A).contains(byte) || "-._".utf8.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
