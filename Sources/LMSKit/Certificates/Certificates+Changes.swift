// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Certificates {
    /// Issues a corrected certificate with a new number in place of one, with the names and the grade as they are now.
    ///
    /// One that was revoked may have expired since: the new one is then valid as long as a renewed one.
    ///
    /// - Parameters:
    ///   - id: The certificate, which may be revoked; it is superseded.
    ///   - reason: Why, 1–500 characters.
    ///   - session: The tenant's open transaction.
    /// - Returns: The new one, with the dates of the old one but that of its issue, and that of its end if that is over.
    /// - Throws: `CertificateError.notFound`; `.forbidden` without `certificate:manage`; `.notCurrent` if another took its
    ///   place already, or it expired without being revoked; `.notActive` if the place in the course was dropped or waits for its payment.
    public func reissue(
        _ id: Certificate.ID,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> Certificate {
        try await replace(id, .reissue, because: reason, "certificate.reissued", session: session)
    }

    /// Issues the successor of a certificate that expires, with the validity of the course's rule from now on.
    ///
    /// - Parameters:
    ///   - id: The certificate, which may be expired; it is superseded.
    ///   - session: The tenant's open transaction.
    /// - Returns: The new one.
    /// - Throws: `CertificateError.notFound`; `.forbidden` without `certificate:manage`; `.notCurrent` if another took its
    ///   place already, or it was revoked; `.notActive` if the place in the course was dropped or waits for its payment.
    public func renew(
        _ id: Certificate.ID,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> Certificate {
        try await replace(id, .renewal, because: nil, "certificate.renewed", session: session)
    }

    /// Takes a certificate back; whoever checks it is told so at once.
    ///
    /// Doing it again changes nothing. A revoked certificate never becomes valid again; a corrected one can be issued.
    ///
    /// - Parameters:
    ///   - id: The certificate.
    ///   - reason: What everybody is told of why.
    ///   - note: What is kept of why, for those who manage certificates, 1–500 characters.
    ///   - version: The version that the caller read, or `nil` for whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The certificate.
    /// - Throws: `CertificateError.notFound`; `.forbidden` without `certificate:manage`; `.versionMismatch`.
    public func revoke(
        _ id: Certificate.ID,
        because reason: Certificate.Revocation.Reason,
        note: String,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> Certificate {
        let principal = session.principal
        return try await CertificateError.translating {
            let certificate = try await lock(id, session: session)
            guard certificate.revocation == nil else { return certificate }
            if let version, version != certificate.version {
                throw CertificateError.versionMismatch(current: certificate.version)
            }
            let revocation = Certificate.Revocation(at: clock.now(), reason: reason, note: note)
            let event = Event(
                identifiers.next(),
                .certificateRevoked,
                of: id,
                payload: [
                    JSONMember("certificateId", id),
                    JSONMember("certificateNumber", text: certificate.number.description),
                    JSONMember("userId", certificate.user), JSONMember("reason", text: reason.rawValue),
                    JSONMember("revokedAt", revocation.at),
                ],
                at: revocation.at
            )
            let act = AuditEvent(
                "certificate.revoked",
                on: id,
                after: AuditState { state in
                    state.field("reason", reason.rawValue)
                    state.field("note", note)
                }
            )
            let replies = try await session.batch(
                SQL.revokeCertificate(id, revocation) + [
                    .recordEvent(event, by: principal), audit.recording(act, by: principal),
                    // What outlives the tenant has to say it too.
                    .enqueueJob(.certificate, id.uuid, at: revocation.at), .selectCertificate(id),
                ]
            )
            guard let row = replies.last?.only else { throw CertificateError.notFound }
            return try Certificate(row: row)
        }
    }

    private func replace(
        _ id: Certificate.ID,
        _ cause: Certificate.Cause,
        because reason: String?,
        _ action: StaticString,
        session: borrowing TenantSession
    ) async throws(CertificateError) -> Certificate {
        let principal = session.principal
        return try await CertificateError.translating {
            let old = try await lock(id, session: session)
            if let row = try await session.execute(.selectPlaceStatus(of: id)).only {
                let status: Enrollment.Status = try row[0]
                guard status != .dropped, status != .pendingPayment else { throw CertificateError.notActive(status) }
            }
            let new = made(cause, because: reason)
            guard old.supersededAt == nil else { throw CertificateError.notCurrent(.superseded) }
            let status = old.status(at: new.issuedAt)
            // What expires is renewed and what was revoked is corrected, also where it would have expired by now.
            guard status != (cause == .renewal ? .revoked : .expired) else { throw CertificateError.notCurrent(status) }
            let replies = try await session.batch(
                SQL.supersedeCertificate(id, at: new.issuedAt) + [.insertNextCertificate(new, after: id)]
            )
            guard let row = replies.last?.only else { throw CertificateError.notFound }
            var certificate = try Certificate(row: row)
            // A grade is often what is corrected; what is renewed says what was achieved then.
            if cause == .reissue { certificate = try await graded(certificate, session: session) }
            let event = AuditEvent(action, on: certificate.id, after: AuditState { $0.field("reason", reason) })
            try await session.batch(
                following(certificate, by: principal) + [audit.recording(event, by: principal)]
            )
            return certificate
        }
    }

    /// Locks a certificate for those who manage them; for others it is not there, or not theirs to change.
    private func lock(_ id: Certificate.ID, session: borrowing TenantSession) async throws -> Certificate {
        let principal = session.principal
        let locks = principal.may(.certificateManage, on: .foreign) ? SQL.lockCertificate(id) : []
        let replies = try await session.batch(locks + [.selectCertificate(id, for: principal.user)])
        guard let rows = replies.last else { throw CertificateError.notFound }
        let certificate = try Self.visible(rows, to: principal)
        guard principal.may(.certificateManage, on: .foreign) else { throw CertificateError.forbidden }
        return certificate
    }
}
