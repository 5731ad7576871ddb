// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// When operators of the platform acted as users, for the tenant's admins to see and to end.
struct ImpersonationRoutes: Sendable {
    let impersonations: Impersonations

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/impersonations",
                "List when operators of the platform acted as users",
                access: .permission(.impersonationRead),
                handler: list
            ),
            Route(
                .delete,
                "/api/v1/impersonations/{impersonationId}",
                "End an operator's acting as a user at once",
                access: .permission(.impersonationEnd),
                status: .noContent,
                problems: [.notFound],
                handler: end
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, ImpersonationQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<ImpersonationBody>> {
        let page = try await impersonations.list(
            after: try context.position(input.query.cursor),
            limit: PageLimit(input.query.limit),
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(ImpersonationBody.init), nextCursor: context.cursor(page.next)))
    }

    private func end(
        _ input: Input<ImpersonationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await impersonations.end(input.path.impersonationId, session: $0) }
        return .noContent
    }
}

/// `/impersonations/{impersonationId}`.
struct ImpersonationPath: PathParameters {
    let impersonationId: Impersonation.ID

    init(fields: inout FieldReader) {
        impersonationId = fields.required("impersonationId", .id())
    }
}

/// The query of `GET /api/v1/impersonations`.
struct ImpersonationQuery: QueryParameters {
    let limit: Int
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = fields.optional("limit", .integer(1...100), default: 20)
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Who acts as whom, why and until when: what a page says above everything else.
struct ImpersonationBody: ResponseBody {
    let impersonation: Impersonation

    init(_ impersonation: Impersonation) {
        self.impersonation = impersonation
    }

    static var example: ImpersonationBody {
        let began = Date(timeIntervalSince1970: 1_800_000_000)
        return ImpersonationBody(
            Impersonation(
                id: .example,
                user: .example,
                operator: .example,
                operatorName: "Support, first line",
                reason: "Ticket 4711: the learner sees no lessons",
                access: .read,
                beganAt: began,
                expiresAt: began.addingTimeInterval(900),
                endedAt: began.addingTimeInterval(60)
            )
        )
    }
    static var variations: [ImpersonationBody] {
        let it = example.impersonation
        return [
            ImpersonationBody(
                Impersonation(
                    id: it.id,
                    user: it.user,
                    operator: it.operator,
                    operatorName: it.operatorName,
                    reason: it.reason,
                    access: it.access,
                    beganAt: it.beganAt,
                    expiresAt: it.expiresAt,
                    endedAt: nil
                )
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", impersonation.id)
            object.field("userId", impersonation.user)
            object.field("operatorId", impersonation.operator)
            object.field("operatorName", impersonation.operatorName)
            object.field("reason", impersonation.reason)
            object.field("access", impersonation.access.rawValue)
            object.field("beganAt", impersonation.beganAt)
            object.field("expiresAt", impersonation.expiresAt)
            object.field("endedAt", impersonation.endedAt)
        }
    }
}

extension ImpersonationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .forbidden: Problem(.forbidden)
        case .userNotFound: Problem(.notFound)
        case .userInactive: Problem(.impersonationUserInactive)
        case .noConsent: Problem(.impersonationNotAllowed)
        case .noReason, .badDuration: Problem(.validationFailed)
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let impersonationNotAllowed = ProblemCode(
        "IMPERSONATION_NOT_ALLOWED",
        403,
        en: "The organization does not allow this; ask its owner to change the settings.",
        es: "La organización no lo permite; pida a su propietario que cambie la configuración.",
        ar: "لا تسمح المؤسسة بذلك؛ اطلب من مالكها تغيير الإعدادات."
    )
    static let impersonationUserInactive = ProblemCode(
        "USER_INACTIVE",
        409,
        en: "The user's account is not active.",
        es: "La cuenta del usuario no está activa.",
        ar: "حساب المستخدم غير نشط."
    )
}
