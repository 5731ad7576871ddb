// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Take files in pieces, by tus 1.0.0 once they are begun.
struct UploadRoutes: Sendable {
    let uploads: Uploads
    let cryptography: any Cryptography

    /// The type of what is appended (tus 1.0.0, PATCH).
    static let mediaType = "application/offset+octet-stream"
    /// The longest request with a checksum: it is in memory until the checksum is known to be right.
    static let checkedLimit = 8 << 20

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/uploads",
                "Begin to upload a file",
                access: .signedIn,
                status: .created,
                problems: [
                    .courseNotFound, .forbidden, .fileTypeNotAllowed, .fileTooLarge, .storageFull, .tooManyUploads,
                    .uploadsNotBuilt, .directUploadsOff, .directUploadTooLarge,
                ],
                idempotency: .accepted,
                handler: begin
            ),
            Route(
                .post,
                "/api/v1/uploads/{uploadId}/complete",
                "Say that all of a file is at the store",
                access: .signedIn,
                problems: [.uploadNotFound, .uploadExpired, .uploadIncomplete, .unavailable],
                handler: complete
            ),
            Route(
                .get,
                "/api/v1/uploads/{uploadId}",
                "Show how much of a file was received",
                access: .signedIn,
                problems: [.uploadNotFound, .uploadExpired, .tusVersion],
                handler: show
            ),
            .upload(
                "/api/v1/uploads/{uploadId}",
                "Append to a file",
                access: .signedIn,
                mediaTypes: [Self.mediaType],
                method: .patch,
                status: .noContent,
                problems: [
                    .uploadNotFound, .uploadExpired, .uploadClosed, .uploadDirect, .uploadBusy, .uploadOffset,
                    .uploadTooLong,
                    .uploadChecksum, .uploadField, .tusVersion, .contentTooLarge, .requestTimeout, .unavailable,
                    .malwareScannerUnavailable,
                ],
                rate: .write,
                bodyLimit: Uploads.fileLimit,
                handler: append
            ),
            Route(
                .delete,
                "/api/v1/uploads/{uploadId}",
                "Give up an upload, or forget one that is over",
                access: .signedIn,
                status: .noContent,
                problems: [.uploadNotFound, .uploadBusy, .tusVersion],
                handler: terminate
            ),
        ]
    }

    private func begin(
        _ input: Input<Nothing, Nothing, NewUploadRequest>,
        _ context: RequestContext
    ) async throws -> Reply<UploadBody> {
        try await context.idempotently { session in
            let upload = try await uploads.begin(input.body.upload, session: session)
            let link = uploads.link(for: upload, of: context.tenant.id)
            var reply = Reply.created(UploadBody(upload, link), at: "/api/v1/uploads/\(upload.id)")
            reply.fields = Tus.fields(upload)
            return reply
        }
    }

    private func show(
        _ input: Input<UploadPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UploadBody> {
        try Tus.requireVersion(context)
        let upload = try await uploads.find(input.path.uploadId, reader: context.reader)
        var reply = Reply.ok(UploadBody(upload, uploads.link(for: upload, of: context.tenant.id)))
        reply.fields = Tus.fields(upload)
        return reply
    }

    private func complete(
        _ input: Input<UploadPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UploadBody> {
        let upload = try await uploads.complete(
            input.path.uploadId,
            of: context.tenant.id,
            as: context.principal,
            tenants: context.tenants
        )
        return .ok(UploadBody(upload, nil))
    }

    private func append(
        _ input: Input<UploadPath, Nothing, Nothing>,
        _ request: HTTPRequest,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try Tus.requireVersion(context)
        let offset = try Tus.offset(context)
        let body = RequestBodySource(request.body)
        var source: any BlobSource = body
        if let checked = try await checked(request, context) { source = checked }
        do throws(UploadError) {
            let upload = try await uploads.append(
                source,
                at: offset,
                to: input.path.uploadId,
                of: context.tenant.id,
                as: context.principal,
                tenants: context.tenants
            )
            var reply = Reply<Nothing>.noContent
            reply.fields = Tus.fields(upload)
            return reply
        } catch {
            if case .interrupted = error { throw body.failure ?? .disconnected }
            throw error
        }
    }

    /// The content of a request that says what its checksum is, once that is known to be right.
    private func checked(_ request: HTTPRequest, _ context: RequestContext) async throws -> BlobBytes? {
        guard let field = context["upload-checksum"] else { return nil }
        let parts = field.split(separator: " ")
        guard parts.count == 2, parts[0] == "sha256", let digest = Data(base64Encoded: String(parts[1])),
            digest.count == 32
        else { throw Problem(.uploadField) }
        let bytes = try await request.body.collect(limit: Self.checkedLimit)
        guard cryptography.sha256(bytes) == Array(digest) else { throw UploadError.checksumMismatch }
        return BlobBytes(bytes)
    }

    private func terminate(
        _ input: Input<UploadPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try Tus.requireVersion(context)
        try await uploads.terminate(
            input.path.uploadId,
            of: context.tenant.id,
            as: context.principal,
            tenants: context.tenants
        )
        return .noContent
    }
}

/// The fields of tus 1.0.0.
private enum Tus {
    static let version = "1.0.0"

    /// Refuses other versions; who does not speak tus names none.
    static func requireVersion(_ context: RequestContext) throws(Problem) {
        guard let wanted = context["tus-resumable"], wanted != version else { return }
        var problem = Problem(.tusVersion)
        problem.tusVersion = version
        throw problem
    }

    static func offset(_ context: RequestContext) throws(Problem) -> Int {
        guard let text = context["upload-offset"], (1...15).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit),
            let offset = Int(text)
        else { throw Problem(.uploadField) }
        return offset
    }

    static func fields(_ upload: FileUpload) -> HTTPFields {
        var fields = HTTPFields()
        fields.append("tus-resumable", version)
        fields.append("upload-offset", upload.receivedCount)
        fields.append("upload-length", upload.byteCount)
        if upload.status == .open {
            fields.append("upload-expires", HTTPDate.text(Int(upload.expiresAt.timeIntervalSince1970)))
        }
        return fields
    }
}

/// The body of a request, at the pace of the store.
private final class RequestBodySource: BlobSource {
    private let body: HTTPRequestBody
    private let failed = Mutex<HTTPBodyError?>(nil)

    init(_ body: HTTPRequestBody) {
        self.body = body
    }

    /// Why it ended before its end.
    var failure: HTTPBodyError? { failed.withLock { $0 } }

    func next() async throws(BlobError) -> [UInt8]? {
        do throws(HTTPBodyError) {
            return try await body.next()
        } catch {
            failed.withLock { $0 = error }
            throw .interrupted
        }
    }
}
