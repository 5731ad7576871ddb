// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Where somebody is signed in.
struct SessionRoutes: Sendable {
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/users/me/sessions",
                "Show where I am signed in",
                access: .signedIn,
                handler: showMine
            ),
            Route(
                .delete,
                "/api/v1/users/me/sessions",
                "Sign me out everywhere else and forget my devices",
                access: .signedIn,
                status: .noContent,
                handler: endMine
            ),
            Route(
                .delete,
                "/api/v1/users/me/sessions/{sessionId}",
                "End one of my sessions",
                access: .signedIn,
                status: .noContent,
                problems: [.notFound],
                handler: endOne
            ),
            Route(
                .get,
                "/api/v1/users/{userId}/sessions",
                "Show where a user is signed in",
                access: .permission(.userDeactivate),
                problems: [.notFound],
                handler: show
            ),
            Route(
                .delete,
                "/api/v1/users/{userId}/sessions",
                "Sign a user out everywhere and forget their devices",
                access: .permission(.userDeactivate),
                status: .noContent,
                problems: [.notFound],
                handler: end
            ),
        ]
    }

    private func showMine(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SessionListBody> {
        try await list(try context.ownID, context)
    }

    private func show(
        _ input: Input<UserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SessionListBody> {
        try await list(input.path.userId, context)
    }

    private func list(_ user: User.ID, _ context: RequestContext) async throws -> Reply<SessionListBody> {
        let sessions = try await signIn.sessions(of: user, reader: context.reader)
        return .ok(SessionListBody(sessions: sessions, current: context.token?.session))
    }

    private func endMine(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let (id, kept) = (try context.ownID, context.token?.session)
        try await context.transaction { try await signIn.endSessions(of: id, but: kept, session: $0) }
        return .noContent
    }

    private func endOne(
        _ input: Input<SessionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await signIn.endOwn(input.path.sessionId, session: $0) }
        return .noContent
    }

    private func end(
        _ input: Input<UserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await signIn.endSessions(of: input.path.userId, session: $0) }
        return .noContent
    }
}

/// `…/sessions/{sessionId}`.
struct SessionPath: PathParameters {
    let sessionId: SignInSession.ID

    init(fields: inout FieldReader) {
        sessionId = fields.required("sessionId", .id())
    }
}

/// Where somebody is signed in.
struct SessionListBody: ResponseBody {
    let sessions: [SessionEntry]
    /// The session of whoever asks.
    let current: SignInSession.ID?

    static var example: SessionListBody { example(agent: "Mozilla/5.0") }
    static var variations: [SessionListBody] { [example(agent: nil)] }

    private static func example(agent: String?) -> SessionListBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let entry = SessionEntry(
            id: .example,
            createdAt: time,
            lastUsedAt: agent == nil ? nil : time,
            expiresAt: time,
            methods: [.password, .oneTimeCode, .multiple],
            address: agent == nil ? nil : "192.0.2.1",
            userAgent: agent
        )
        return SessionListBody(sessions: [entry], current: .example)
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", sessions.map { SessionBody(entry: $0, isCurrent: $0.id == current) })
        }
    }
}

/// One session.
struct SessionBody: JSONWritable {
    let entry: SessionEntry
    let isCurrent: Bool

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", entry.id)
            object.field("isCurrent", isCurrent)
            object.field("methods", entry.methods.map(\.rawValue))
            object.field("address", entry.address)
            object.field("userAgent", entry.userAgent)
            object.field("createdAt", entry.createdAt)
            object.field("lastUsedAt", entry.lastUsedAt)
            object.field("expiresAt", entry.expiresAt)
        }
    }
}
