// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What one tenant handed out is shown to another: tokens, cursors, versions, keys of repeated requests, addresses.
@Suite struct IsolationReplayTests {
    private func withWorld(_ body: (IsolationWorld) async throws -> Void) async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            try await body(try await IsolationWorld(home, abroad, actor: .builtIn(.owner), host: host))
        }
    }

    private func request(_ route: Route, _ estate: Estate, _ examples: IsolationExamples) throws -> IsolationRequest {
        try IsolationRequest(route, examples: examples) { estate[$1] }
    }

    @Test func `another tenant's access token opens no route`() async throws {
        try await withWorld { world in
            for route in world.host.tenantRoutes where route.access != .host && route.access != .anonymous {
                for estate in [world.own[0], world.foreign[1]] {
                    let request = try request(route, estate, IsolationExamples(for: world.session))
                    let reply = try await world.send(request, token: world.keeper.access)
                    #expect(reply.status == 401, "\(route.name)")
                    let text = ReplyShape(reply, without: [estate[.slug]]).text
                    #expect(!text.contains(IsolationWorld.mark), "\(route.name)")
                }
            }
            let changed = try await world.changes().abroad
            #expect(changed == [])
        }
    }

    @Test func `another tenant's refresh token is one that never was, and still works at home`() async throws {
        try await withWorld { world in
            let theirs = IsolationExamples(for: world.keeper)
            let never = IsolationExamples(for: nil)
            var count = 0
            for route in world.host.tenantRoutes {
                let names = route.shape.body.map(\.name)
                guard names.contains("refreshToken") || names.contains("refresh_token") else { continue }
                count += 1
                let shown = try await world.host.send(
                    try request(route, world.own[0], theirs),
                    to: world.home,
                    token: nil
                )
                let unknown = try await world.host.send(
                    try request(route, world.own[0], never),
                    to: world.home,
                    token: nil
                )
                #expect(ReplyShape(shown, without: []) == ReplyShape(unknown, without: []), "\(route.name)")
                #expect(shown.json["accessToken"] == nil && shown.json["access_token"] == nil, "\(route.name)")
            }
            #expect(count >= 3)
            let refresh = try #require(world.host.routes.first { $0.name == "POST /api/v1/auth/refresh" })
            let request = try request(refresh, world.own[0], theirs)
            #expect(try await world.host.send(request, to: world.abroad, token: nil).status == 200)
        }
    }

    @Test func `another tenant's tokens are no tokens to whoever may ask about tokens`() async throws {
        try await withWorld { world in
            let route = try #require(world.host.routes.first { $0.name == "POST /api/v1/auth/introspect" })
            for token in [world.keeper.access, world.keeper.refresh] {
                var examples = IsolationExamples()
                examples.members["IntrospectionRequest"] = [JSONMember(name: "token", value: .string(token))]
                let reply = try await world.send(try request(route, world.own[0], examples))
                #expect(reply.json == .object([JSONMember(name: "active", value: .bool(false))]))
            }
        }
    }

    /// Nobody in the suite's courses is to be moved to another version: `CourseVersionRoutesTests` tries these cursors.
    private static let pageless: Set = ["GET /api/v1/courses/{courseId}/versions/{version}/migration-preview"]

    @Test func `a cursor is good for its own tenant, list and reader only`() async throws {
        try await withWorld { world in
            let examples = IsolationExamples(for: world.session)
            for route in world.host.tenantRoutes
            where route.shape.query.contains(where: { $0.name == "cursor" }) && !Self.pageless.contains(route.name) {
                func page(_ estate: Estate, _ cursor: String?) throws -> IsolationRequest {
                    var request = try request(route, estate, examples)
                    request.target += request.target.contains("?") ? "&limit=1" : "?limit=1"
                    request.target += cursor.map { "&cursor=\($0)" } ?? ""
                    return request
                }
                let first = try await world.host.send(
                    try page(world.foreign[1], nil),
                    to: world.abroad,
                    token: world.keeper.access
                )
                let metadata = first.json["metadata"] ?? first.json
                guard let cursor = metadata["nextCursor"]?.text else {
                    Issue.record("\(route.name) has no next page: \(first.text.prefix(300))")
                    continue
                }
                let next = try await world.host.send(
                    try page(world.foreign[1], cursor),
                    to: world.abroad,
                    token: world.keeper.access
                )
                #expect(next.status == 200, "\(route.name)")
                let shown = try await world.send(try page(world.own[1], cursor))
                let never = try await world.send(try page(world.own[1], "bmV2ZXItaXNzdWVk"))
                #expect(shown.code == "INVALID_CURSOR", "\(route.name)")
                #expect(ReplyShape(shown, without: [cursor]) == ReplyShape(never, without: []), "\(route.name)")
            }
        }
    }

    @Test func `another tenant's version tag matches nothing`() async throws {
        try await withWorld { world in
            let examples = IsolationExamples(for: world.session)
            for route in world.host.tenantRoutes where route.method == .get && route.access != .host {
                let theirs = try await world.host.send(
                    try request(route, world.foreign[1], examples),
                    to: world.abroad,
                    token: world.keeper.access
                )
                guard let tag = theirs[.etag] else { continue }
                let own = try await world.send(try request(route, world.own[1], examples))
                // Replies of the same bytes, such as an answer yes or no, have the same tag.
                guard own[.etag] != tag else { continue }
                let again = try await world.send(
                    try request(route, world.own[1], examples),
                    fields: ["If-None-Match: \(tag)"]
                )
                #expect(again.status == own.status, "\(route.name)")
            }
        }
    }

    @Test func `another tenant's version tag allows no change`() async throws {
        try await withWorld { world in
            let examples = IsolationExamples(for: world.session)
            let writes: Set<HTTPMethod> = [.put, .patch, .delete]
            for route in world.host.tenantRoutes where writes.contains(route.method) && route.answersPreconditions {
                let readings = world.host.routes.filter { $0.method == .get && route.isBelow($0) }
                let shown = try #require(readings.max { $0.path.segments.count < $1.path.segments.count })
                let theirs = try await world.host.send(
                    try request(shown, world.foreign[0], examples),
                    to: world.abroad,
                    token: world.keeper.access
                )
                // What is overridden of a course's grade has the tag of the learner; a review is shown to its reviewer alone, and the keeper's
                // assignment has no reviews.
                let named: [String: IsolationKind] = [
                    "PUT /api/v1/courses/{courseId}/grades/{userId}/override": .user,
                    "PUT /api/v1/peer-reviews/{peerReviewId}/draft": .peerReview,
                    "PUT /api/v1/assignments/{assignmentId}/peer-review": .assignment,
                    "DELETE /api/v1/assignments/{assignmentId}/peer-review": .assignment,
                ]
                let unseen = named[route.name].map { "\"\(world.foreign[0][$0])-0\"" }
                let tag = try #require(unseen ?? theirs[.etag], "\(shown.name)")
                let reply = try await world.send(
                    try request(route, world.own[0], examples),
                    fields: ["If-Match: \(tag)"]
                )
                #expect(reply.status == 412, "\(route.name) \(reply.text)")
            }
        }
    }

    @Test func `an idempotency key of another tenant or member replays nothing`() async throws {
        var waiting = try RouteTable.described.filter { $0.idempotency == .accepted }.map(\.name)[...]
        while !waiting.isEmpty {
            try await withWorld { world in
                let colleague = try await world.host.member("colleague", .owner, of: world.home)
                // What one route takes away another may need; that one is tried in a new world.
                var isNew = true
                while let name = waiting.first {
                    let works = try await replaysNothing(name, key: "same-\(waiting.count)", to: colleague, in: world)
                    if !works {
                        guard isNew else { return }
                        Issue.record("no request of \(name) works in both tenants")
                    }
                    waiting.removeFirst()
                    isNew = false
                }
            }
        }
    }

    /// Shows a route three times the same key: from another tenant, from the actor and from a colleague.
    ///
    /// - Returns: Whether a request of each tenant worked.
    private func replaysNothing(
        _ name: String,
        key: String,
        to colleague: PlatformHost.Session,
        in world: IsolationWorld
    ) async throws -> Bool {
        let route = try #require(world.host.routes.first { $0.name == name })
        let fields = ["Idempotency-Key: \(key)"]
        let theirs = try await first(route, world.foreign + world.foreignSpares, in: world) {
            try await world.host.send($0, to: world.abroad, fields: fields, token: world.keeper.access)
        }
        let ours = world.own + world.places + [world.stranger, world.spare, world.shown]
        let mine = try await first(route, ours, in: world) { try await world.send($0, fields: fields) }
        guard let theirs, let mine else { return false }
        #expect(mine["idempotent-replayed"] == nil, "\(name)")
        #expect(mine.json["id"] != theirs.json["id"], "\(name)")
        #expect(!mine.text.contains(IsolationWorld.mark), "\(name)")
        let other = try await world.host.send(
            try request(route, world.spare, IsolationExamples(for: colleague)),
            to: world.home,
            fields: fields,
            token: colleague.access
        )
        #expect(other["idempotent-replayed"] == nil, "\(name)")
        return true
    }

    /// The first request of a route that works, with one estate after the other; `nil` if none does.
    private func first(
        _ route: Route,
        _ estates: [Estate],
        in world: IsolationWorld,
        _ send: (IsolationRequest) async throws -> TestReply
    ) async throws -> TestReply? {
        for estate in estates {
            let reply = try await send(try request(route, estate, IsolationExamples(for: world.session)))
            if reply.status < 300 { return reply }
        }
        return nil
    }

    @Test func `an address and a header that name two tenants are refused on every route`() async throws {
        try await withWorld { world in
            for route in world.host.tenantRoutes where route.access != .host {
                let request = try request(route, world.foreign[1], IsolationExamples(for: world.session))
                let other = ["X-Tenant-ID: \(world.abroad.tenant.slug)"]
                let mismatch = try await world.send(request, fields: other)
                #expect(mismatch.isTenantMismatch, "\(route.name) \(mismatch.status) \(mismatch.text)")
                let twice = ["X-Tenant-ID: \(world.home.tenant.slug)"] + other
                #expect(try await world.send(request, fields: twice).isTenantMismatch, "\(route.name)")
            }
            let changes = try await world.changes()
            #expect(changes.home == [] && changes.abroad == [])
        }
    }

    @Test func `what a client says of its own address is not believed`() async throws {
        try await withWorld { world in
            let slug = world.abroad.tenant.slug
            let claims = [
                "X-Forwarded-Host: \(slug).localhost", "Forwarded: host=\(slug).localhost",
                "X-Original-Host: \(slug).localhost", "X-Tenant: \(slug)", "X-User-ID: \(world.keeper.user)",
            ]
            for route in world.host.tenantRoutes where route.method == .get && route.access != .host {
                let request = try request(route, world.foreign[1], IsolationExamples(for: world.session))
                let plain = try await world.send(request)
                let claimed = try await world.send(request, fields: claims)
                // A reading of the log is in the log that the next one shows.
                if let name = route.auditedAs?.description, name.hasPrefix("audit.") {
                    #expect(claimed.status == plain.status, "\(route.name)")
                    continue
                }
                #expect(ReplyShape(claimed, without: []) == ReplyShape(plain, without: []), "\(route.name)")
            }
        }
    }
}

extension TestReply {
    /// Whether the tenant was refused, also in the words of RFC 6749.
    fileprivate var isTenantMismatch: Bool {
        code == "TENANT_MISMATCH" || (status == 400 && json["error_description"] != nil && json["access_token"] == nil)
    }
}

extension Route {
    /// Whether another route shows the same thing or what it is part of.
    fileprivate func isBelow(_ other: Route) -> Bool { path.segments.starts(with: other.path.segments) }

    /// Whether it compares `If-Match` with a version.
    fileprivate var answersPreconditions: Bool { problems.contains(.preconditionFailed) }
}
