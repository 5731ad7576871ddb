// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `POST /api/v1/uploads`.
struct NewUploadRequest: RequestBody {
    let upload: NewUpload

    init(fields: inout FieldReader) {
        let course = fields.required("courseId", .id(Course.self))
        let use = fields.required("use", .choice(FileUpload.Use.courseAsset))
        let name = fields.required("name", .fileName)
        let byteCount = fields.required("byteCount", .integer(1...Uploads.fileLimit))
        let sha256 = fields.optional("sha256", .sha256)
        let way = fields.optional("via", .choice(FileUpload.Way.pieces), default: .pieces)
        // The store takes these bytes and no others, so it has to be known which.
        if way == .storage, sha256 == nil { fields.refuse("sha256", .required) }
        upload = NewUpload(name, byteCount: byteCount, for: use, in: course, sha256: sha256, by: way)
    }
}

/// `…/uploads/{uploadId}`.
struct UploadPath: PathParameters {
    let uploadId: FileUpload.ID

    init(fields: inout FieldReader) {
        uploadId = fields.required("uploadId", .id())
    }
}

/// An upload.
struct UploadBody: ResponseBody {
    let id: FileUpload.ID
    let courseId: Course.ID
    let use: FileUpload.Use
    let name: String
    let byteCount: Int
    let receivedBytes: Int
    let status: FileUpload.Status
    let refusal: FileUpload.Refusal?
    let fileId: StoredFile.ID?
    let expiresAt: Date?
    /// Where it is sent, if it goes to the store.
    let storage: UploadLinkBody?

    init(_ upload: FileUpload, _ link: UploadLink?) {
        self.init(
            upload.id,
            upload.course,
            upload.use,
            upload.name,
            (upload.byteCount, upload.receivedCount),
            upload.status,
            upload.refusal,
            upload.status == .stored ? upload.file : nil,
            upload.status == .open ? upload.expiresAt : nil,
            link.map { UploadLinkBody(link: $0) }
        )
    }

    private init(
        _ id: FileUpload.ID,
        _ courseId: Course.ID,
        _ use: FileUpload.Use,
        _ name: String,
        _ bytes: (count: Int, received: Int),
        _ status: FileUpload.Status,
        _ refusal: FileUpload.Refusal?,
        _ fileId: StoredFile.ID?,
        _ expiresAt: Date?,
        _ storage: UploadLinkBody?
    ) {
        self.id = id
        self.courseId = courseId
        self.use = use
        self.name = name
        (byteCount, receivedBytes) = bytes
        self.status = status
        self.refusal = refusal
        self.fileId = fileId
        self.expiresAt = expiresAt
        self.storage = storage
    }

    private static func example(_ status: FileUpload.Status) -> UploadBody {
        UploadBody(
            .example,
            .example,
            .courseAsset,
            FileName.example.description,
            (2_147_483_648, status == .open ? 8_388_608 : 2_147_483_648),
            status,
            status == .refused ? .checksum : nil,
            status == .stored ? .example : nil,
            status == .open ? Date(timeIntervalSince1970: 1_800_000_000) : nil,
            status == .open ? .example : nil
        )
    }

    static var example: UploadBody { example(.open) }
    static var variations: [UploadBody] { [example(.stored), example(.refused)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("courseId", courseId)
            object.field("use", use.rawValue)
            object.field("name", name)
            object.field("byteCount", byteCount)
            object.field("receivedBytes", receivedBytes)
            object.field("status", status.rawValue)
            object.field("refusal", refusal?.rawValue)
            object.field("fileId", fileId)
            object.field("expiresAt", expiresAt)
            object.field("storage", storage)
        }
    }
}

/// Where the store takes a file, in one request.
struct UploadLinkBody: ResponseBody {
    let link: UploadLink

    static var example: UploadLinkBody {
        UploadLinkBody(
            link: UploadLink(
                url: Secret("https://files.storage.example.org/0a/0b?X-Amz-Signature=0c"),
                fields: [UploadFieldBody.example.field],
                expiresAt: Date(timeIntervalSince1970: 1_800_000_000)
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("method", "PUT")
            object.field("url", link.url.reveal())
            object.field("headers", link.fields.map { UploadFieldBody(field: $0) })
            object.field("expiresAt", link.expiresAt)
        }
    }
}

/// A field that a request to the store must have.
struct UploadFieldBody: ResponseBody {
    let field: (name: String, value: String)

    static var example: UploadFieldBody { UploadFieldBody(field: ("content-length", "2147483648")) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("name", field.name)
            object.field("value", field.value)
        }
    }
}

extension FieldRule where Self == ParsedRule<FileName> {
    fileprivate static var fileName: ParsedRule<FileName> {
        .parsed(
            format: "file-name",
            1...FileName.limit,
            example: FileName.example.description,
            placeholder: .example
        ) { FileName($0) }
    }
}

extension FieldRule where Self == ParsedRule<[UInt8]> {
    fileprivate static var sha256: ParsedRule<[UInt8]> {
        let example = String(repeating: "0a", count: 32)
        return .parsed(format: "sha256", 64...64, example: example, placeholder: []) { text in
            let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 64 else { return nil }
            var bytes: [UInt8] = []
            for index in stride(from: 0, to: 64, by: 2) {
                guard let high = digits[index], let low = digits[index + 1] else { return nil }
                bytes.append(UInt8(high << 4 | low))
            }
            return bytes
        }
    }
}
