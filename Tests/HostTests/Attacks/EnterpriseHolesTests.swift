// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The holes that were found in a system like this one, by their numbers in its inventory; each test fails on its hole.
@Suite struct EnterpriseHolesTests {
    @Test func `S1: no route that is open to everybody makes anybody more than a student`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let examples = IsolationExamples(for: nil)
            var tried = 0
            for route in host.routes where route.access.isOpen {
                let request = try IsolationRequest(route, examples: examples) { $1.neverIssued }
                guard route.shape.bodyFormats.contains("application/json"), let body = request.body else { continue }
                let members = body.dropFirst().dropLast()
                for wish in [#""role":"admin""#, #""roles":["owner"]"#] {
                    let json = "{" + [wish, String(members)].filter { !$0.isEmpty }.joined(separator: ",") + "}"
                    let reply = try await host.send(request.method, request.target, to: tenant, json: json)
                    #expect(!reply.text.contains(#""admin""#) && !reply.text.contains(#""owner""#), "\(route.name)")
                    tried += 1
                }
            }
            #expect(tried > 15)
            let rows = try await tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT count(*) AS users, count(*) FILTER (WHERE r.built_in IS DISTINCT FROM 'student') AS others
                    FROM users u LEFT JOIN user_roles r ON r.user_id = u.id
                    """
                )
            }
            #expect(try rows.only?["users"] == 1)
            #expect(try rows.only?["others"] == 0)
        }
    }

    @Test func `S2: what a client says of itself opens no route and buys no guesses`() async throws {
        try await withTenant { tenant in
            var settings = PipelineSettings()
            settings.rateLimits = RateLimits(auth: RateLimit(perSecond: 0.01, burst: 2))
            let host = try await PlatformHost(serving: settings)
            let admin = try await host.member("admin", .admin, of: tenant)
            let fields = [
                "X-Authenticated-By: API_KEY", "X-User-Id: \(admin.user)", "X-Roles: ADMIN", "X-User-Roles: ADMIN",
                "X-Forwarded-User: \(admin.email)", "X-Original-URL: /swagger-ui", "X-Forwarded-For: 127.0.0.1",
            ]
            var number = 0
            for route in host.routes where !route.access.isOpen {
                let request = try IsolationRequest(route, examples: IsolationExamples()) { $1.neverIssued }
                for target in [request.target, request.target + "?next=/swagger-ui", request.target + "?/v3/api-docs"] {
                    // An address each: asking without a token is limited too.
                    let peer = "198.18.\(number / 250).\(number % 250)"
                    number += 1
                    let reply = try await host.send(request.method, target, to: tenant, fields: fields, peer: peer)
                    // The platform's own routes are not there at a tenant's address.
                    let isMissing = reply.status == 404 && target.hasPrefix("/api/v1/platform/")
                    #expect(reply.status == 401 || isMissing, "\(route.name): \(reply.status)")
                }
            }
            for path in ["/swagger-ui/../api/v1/users", "/api/v1/users/swagger-ui", "/v3/api-docs/api/v1/users"] {
                let status = try await host.send("GET", path, to: tenant, fields: fields).status
                #expect([400, 401, 404].contains(status), "\(path)")
            }
            let guess = #"{"email":"admin@example.org","password":"wrong horse"}"#
            var statuses: [Int] = []
            for number in 0..<3 {
                statuses.append(
                    try await host.send(
                        "POST",
                        "/api/v1/auth/login",
                        to: tenant,
                        fields: ["X-User-Id: \(number)", "X-Forwarded-For: 10.0.0.\(number)"],
                        json: guess,
                        peer: "198.51.100.9"
                    )
                    .status
                )
            }
            #expect(statuses == [401, 401, 429])
        }
    }

    @Test func `S4: a token is believed only in its header and under the tenant's own asymmetric key`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: tenant)
            for name in ["token", "access_token", "jwt"] {
                let reply = try await host.send("GET", "/api/v1/auth/me?\(name)=\(ada.access)", to: tenant)
                #expect(reply.status == 400 || reply.status == 401, "\(name)")
            }
            let keys = try await host.send("GET", "/.well-known/jwks.json", to: tenant)
            let published = try #require(keys.json["keys"]?[0]?["x"]?.text.flatMap { Base64URL.decode($0) })
            let parts = ada.access.split(separator: ".").map(String.init)
            let header = String(decoding: try #require(Base64URL.decode(parts[0])), as: UTF8.self)
            for algorithm in ["HS256", "none"] {
                let forged = Base64URL.encode(Array(header.replacing("EdDSA", with: algorithm).utf8)) + "." + parts[1]
                let tag = host.platform.cryptography.hmacSHA256(Array(forged.utf8), key: published)
                let token = forged + "." + (algorithm == "none" ? "" : Base64URL.encode(tag))
                let reply = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token)
                #expect(reply.status == 401, "\(algorithm)")
            }
        }
    }

    @Test func `S5: signing out, a lost role and deactivation end live tokens on every host`() async throws {
        try await withTenant { tenant in
            let here = try await PlatformHost()
            let there = try await PlatformHost(clock: here.platform.clock)
            let admin = try await here.member("admin", .admin, of: tenant)
            func status(of session: PlatformHost.Session, _ path: String = "/api/v1/auth/me") async throws -> Int {
                try await there.send("GET", path, to: tenant, token: session.access).status
            }
            let out = try await here.register("out", at: tenant)
            let aide = try await here.member("aide", .admin, of: tenant)
            let gone = try await here.register("gone", at: tenant)
            #expect(try await status(of: out) == 200)
            #expect(try await status(of: aide, "/api/v1/roles") == 200)
            #expect(try await status(of: gone) == 200)
            _ = try await here.send("POST", "/api/v1/auth/logout", to: tenant, token: out.access, json: "{}")
            let path = "/api/v1/users/\(aide.user)/roles"
            _ = try await here.send("PUT", path, to: tenant, token: admin.access, json: #"{"roles":["student"]}"#)
            _ = try await here.send("DELETE", "/api/v1/users/\(gone.user)", to: tenant, token: admin.access)
            here.platform.clock.advance(by: 1)
            #expect(try await status(of: out) == 401)
            #expect(try await status(of: aide, "/api/v1/roles") == 403)
            #expect(try await status(of: gone) == 401)
            for session in [out, gone] {
                let json = #"{"refreshToken":"\#(session.refresh)"}"#
                #expect(try await there.send("POST", "/api/v1/auth/refresh", to: tenant, json: json).status == 401)
            }
        }
    }

    @Test func `S6: no filter and no path shows a draft to who may not see it`() async throws {
        try await withTenant { tenant in
            let school = try await School(tenant)
            let draft = try await school.course("Draft")
            let other = try await school.course("Other")
            for token in [nil, school.student] {
                for query in ["?status=draft", "?search=Draft", "?status=archived"] {
                    let reply = try await school.see("/api/v1/courses\(query)", as: token)
                    #expect(!reply.text.contains("Draft"), "\(query)")
                }
                #expect(try await school.see(try school.path(of: draft), as: token).status == 404)
            }
            let module = try await school.write("POST", "\(try school.path(of: draft))/modules", #"{"title":"M"}"#)
            let astray = "\(try school.path(of: other))/modules/\(try school.id(of: module))"
            let reply = try await school.write("PATCH", astray, #"{"title":"Moved"}"#)
            #expect(reply.status == 404)
        }
    }

    @Test func `S7: a tag opens nothing, and what is for one person is in no shared cache`() async throws {
        try await withTenant { tenant in
            let world = try await AccessWorld(.owner, at: tenant)
            let other = try await PlatformHost(clock: world.host.platform.clock)
            let stranger = try await other.member("stranger", .student, of: tenant)
            let examples = IsolationExamples(for: world.session)
            var tagged = 0
            for route in world.host.routes where route.method == .get && !route.access.isOpen {
                let request = try IsolationRequest(route, examples: examples) { world.own[0][$1] }
                let reply = try await world.host.send(request, to: tenant, token: world.session?.access)
                #expect(reply[.cacheControl]?.contains("public") != true, "\(route.name)")
                guard reply.status == 200, let tag = reply[.etag] else { continue }
                tagged += 1
                let fields = ["If-None-Match: \(tag)"]
                for token in [nil, stranger.access] {
                    let plain = try await world.host.send(request, to: tenant, token: token)
                    let again = try await world.host.send(request, to: tenant, fields: fields, token: token)
                    // Who sees the same reply may be told that it is the same.
                    let isSame = plain.status == 200 && plain[.etag] == tag
                    #expect(again.status == (isSame ? 304 : plain.status), "\(route.name)")
                }
            }
            #expect(tagged > 40)
        }
    }

    @Test func `S8: nothing that is served holds a password hash, and nothing internal is served`() async throws {
        try await withTenant { tenant in
            let world = try await AccessWorld(.owner, at: tenant)
            let examples = IsolationExamples(for: world.session)
            for route in world.host.routes where route.method == .get {
                for estate in world.own + [world.other] {
                    let request = try IsolationRequest(route, examples: examples) { estate[$1] }
                    let reply = try await world.host.send(request, to: tenant, token: world.session?.access)
                    #expect(!reply.text.contains("$y$"), "\(route.name)")
                    #expect(!reply.text.lowercased().contains("passwordhash"), "\(route.name)")
                }
            }
            let paths = world.host.routes.map(\.path.description)
            #expect(paths.allSatisfy { !$0.contains("/internal/") })
        }
    }

    @Test func `S9: no address, password, token or key is in the log, an audit row or a refusal`() async throws {
        try await withTenant { tenant in
            var settings = TestHost.quiet
            settings.isLogging = true
            let host = try await PlatformHost(serving: settings)
            let owner = try await host.member("owner", .owner, of: tenant)
            let member = try await host.register("zuleika", at: tenant)
            let key = "lms_" + String(repeating: "q", count: 48)
            func send(_ method: String, _ path: String, _ json: String? = nil, by token: String? = nil) async throws {
                let reply = try await host.send(method, "/api/v1/\(path)", to: tenant, token: token, json: json)
                guard reply.status >= 400 else { return }
                for secret in ["wrong horse", member.access, member.refresh, key] {
                    #expect(!reply.text.contains(secret), "\(path)")
                }
            }
            try await send("POST", "auth/login", #"{"email":"zuleika@example.org","password":"wrong horse"}"#)
            try await send("POST", "auth/forgot-password", #"{"email":"zuleika@example.org"}"#)
            try await send("POST", "auth/reset-password", #"{"token":"\#(member.refresh)","password":"wrong horse"}"#)
            try await send("GET", "users?search=zuleika%40example.org", by: owner.access)
            try await send("GET", "users/zuleika@example.org", by: owner.access)
            try await send("GET", "users?api_key=\(key)", by: owner.access)
            try await send("GET", "auth/me?token=\(member.access)")
            try await send("GET", "auth/me", by: member.access + "x")
            try await send("POST", "auth/refresh", #"{"refreshToken":"\#(member.refresh)"}"#)
            try await send("POST", "auth/refresh", #"{"refreshToken":"\#(member.refresh)"}"#)
            try await host.platform.lms.audit.flush(.all, tenants: tenant.tenants)
            let mailed = host.platform.mail.sent(to: "zuleika@example.org").compactMap(\.token)
            #expect(!mailed.isEmpty)
            let rows = try await tenant.transaction { session in
                try await session.execute("SELECT string_agg(to_jsonb(e)::text, ' ') AS text FROM audit_events e")
            }
            let audit: String = try rows.only?["text"] ?? ""
            let log = String(decoding: host.pipeline.recorder.takeLog(), as: UTF8.self)
            #expect(audit.contains("user.signed_in") && log.contains("/auth/login"))
            for secret in ["zuleika", "@example", "wrong horse", "correct horse", member.access, member.refresh, key]
                + mailed
            {
                #expect(!log.contains(secret), "the log has \(secret)")
                #expect(!audit.contains(secret), "the audit log has \(secret)")
            }
        }
    }

    @Test func `S14: a write whose answer was lost is not tried again by us, and once by its key`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let database = DisturbedDatabase(tenant.installation.cell)
            let host = try await PlatformHost(
                tenants: tenant.installation.tenants(over: database),
                clock: world.host.platform.clock
            )
            func enroll() async throws -> TestReply {
                try await host.send(
                    "POST",
                    "/api/v1/enrollments",
                    to: tenant,
                    fields: ["Idempotency-Key: once"],
                    token: world.student.access,
                    json: #"{"courseId":"\#(world.course)"}"#
                )
            }
            database.disturbance = .lostCommits
            let lost = try await enroll()
            #expect(lost.status == 503)
            #expect(database.commits == 1)
            database.disturbance = .none
            let again = try await enroll()
            #expect(again.status == 201)
            #expect(again["idempotent-replayed"] == "true")
            let rows = try await tenant.transaction { session in
                try await session.execute("SELECT count(*) AS count FROM enrollments")
            }
            #expect(try rows.only?["count"] == 1)
        }
    }

    @Test func `S15: while it cannot be decided who may read, nobody may, and nothing is written`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let place = try await world.enroll(world.student)
            let database = DisturbedDatabase(tenant.installation.cell)
            let host = try await PlatformHost(
                tenants: tenant.installation.tenants(over: database),
                clock: world.host.platform.clock
            )
            let lesson = "/api/v1/courses/\(world.course)/lessons/\(world.lessons[0])"
            let complete = "/api/v1/enrollments/\(place)/lessons/\(world.lessons[0])/complete"
            #expect(try await host.send("GET", lesson, to: tenant, token: world.student.access).status == 200)
            database.disturbance = .down
            for token in [world.student.access, nil] {
                #expect(try await host.send("GET", lesson, to: tenant, token: token).status == 503)
            }
            #expect(try await host.send("POST", complete, to: tenant, token: world.student.access).status == 503)
            #expect(database.commits == 0)
        }
    }

    @Test func `S16: progress is of the course's own lessons and never passes 100 percent`() async throws {
        try await withTwoTenants { tenant, abroad in
            let world = try await LearningWorld(tenant, lessons: 1)
            let elsewhere = try await LearningWorld(abroad, lessons: 1)
            let place = try await world.enroll(world.student)
            let draft = CurriculumDraft(modules: [.init(title: "M", lessons: [.init(title: "L", kind: .reading)])])
            let lms = world.host.platform.lms
            let another = try await tenant.transaction { session in
                let course = try await lms.courses.create(NewCourse(title: "Another"), session: session)
                return try await lms.lessons.sync(draft, to: course.id, session: session).modules[0].lessons[0].id
            }
            for lesson in [another, elsewhere.lessons[0]] {
                let path = "v1/enrollments/\(place)/lessons/\(lesson)/complete"
                #expect(try await world.send("POST", path, as: world.student).status == 404)
            }
            for _ in 0..<3 {
                let path = "v1/enrollments/\(place)/lessons/\(world.lessons[0])/complete"
                #expect(try await world.send("POST", path, as: world.student).status == 200)
            }
            let shown = try await world.send("GET", "v1/enrollments/\(place)", as: world.student)
            #expect(shown.text.contains(#""progressPercent":100"#))
        }
    }

    @Test func `S17: every list caps its limit and sorts by what is listed alone`() async throws {
        try await withTenant { tenant in
            let world = try await AccessWorld(.owner, at: tenant)
            let examples = IsolationExamples(for: world.session)
            var tried = 0
            for route in world.host.tenantRoutes {
                for field in route.shape.query where ["limit", "size", "sort", "order"].contains(field.name) {
                    var request = try IsolationRequest(route, examples: examples) { world.own[0][$1] }
                    let value = field.name == "sort" || field.name == "order" ? "password_hash" : "100000"
                    request.target += (request.target.contains("?") ? "&" : "?") + "\(field.name)=\(value)"
                    let reply = try await world.host.send(request, to: tenant, token: world.session?.access)
                    #expect(reply.status == 400, "\(route.name) takes \(field.name)=\(value)")
                    tried += 1
                }
            }
            #expect(tried > 5)
        }
    }

    @Test func `S19: guesses at an account are slowed, unknown accounts cost as much, and the owner gets in`()
        async throws
    {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            func login(_ name: String, _ password: String, _ more: String = "", from peer: String) async throws
                -> TestReply
            {
                let json = #"{"email":"\#(name)@example.org","password":"\#(password)"\#(more)}"#
                return try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json, peer: peer)
            }
            let entered = try await login("ada", "correct horse", #","rememberDevice":true"#, from: "192.0.2.77")
            let device = try #require(entered.json["deviceToken"]?.text)
            var hashed: [String: Int] = [:]
            for name in ["ada", "nobody"] {
                let before = host.platform.hashing.calls
                for number in 0..<60 {
                    let reply = try await login(name, "wrong horse", from: "10.0.\(name.utf8.count).\(number)")
                    #expect(reply.status == 401 || reply.status == 429)
                }
                hashed[name] = host.platform.hashing.calls - before
            }
            #expect(hashed["ada"] == hashed["nobody"])
            #expect((hashed["ada"] ?? 60) <= 11)
            let owner = try await login("ada", "correct horse", #","deviceToken":"\#(device)""#, from: "192.0.2.78")
            #expect(owner.status == 200)
        }
    }

    @Test func `S20: what is denied is said to be denied, and nothing that is described fails or is missing`() throws {
        let matrix = AccessMatrix(text: try AccessMatrix.reviewed)
        #expect(matrix.rows.count == (try RouteTable.described.count))
        for (route, cells) in matrix.rows {
            for (actor, cell) in zip(matrix.actors, cells) {
                let isAnswered = cell.split(separator: "/").allSatisfy { !$0.hasPrefix("5") }
                #expect(isAnswered, "\(route) answers \(actor) \(cell)")
            }
        }
    }
}
