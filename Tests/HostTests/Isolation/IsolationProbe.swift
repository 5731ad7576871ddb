// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

@testable import LMSHost

/// Tries a route with what is not the actor's, and finds what the replies give away.
///
/// What may not be seen must look like what never was: a reply leaks if it differs from the reply for an identifier that was
/// never issued, if it holds anything of the other tenant, or if a row changed.
struct IsolationProbe {
    let world: IsolationWorld
    let route: Route
    private let examples: IsolationExamples
    private let places: [IsolationKind]

    init(_ route: Route, in world: IsolationWorld) throws(IsolationGap) {
        self.route = route
        self.world = world
        examples = IsolationExamples(for: world.session)
        places = try IsolationRequest.places(of: route)
    }

    /// Tries the route.
    ///
    /// - Returns: Everything that leaked, in words; empty for a route that isolates.
    /// - Throws: If the suite cannot try it.
    func findings() async throws -> [String] {
        if case .host = route.handler { return [] }
        var findings = try await afterForeignReading()
        for own in world.own {
            for choice in choices {
                let never = try await ask(choice, own, tried: nil)
                findings += try await foreignFindings(choice, own, never)
                findings += try await strangerFindings(choice, own, never)
                findings += try await shownFindings(choice, own)
            }
        }
        let (home, abroad) = try await world.changes()
        if !abroad.isEmpty { findings.append("changed rows of the other tenant: \(abroad)") }
        if !home.isEmpty { findings.append("changed rows by requests that name what is not the actor's: \(home)") }
        return findings.map { "\(route.name) as \(world.actor.testDescription): \($0)" }
    }

    /// The places that are filled with what is not the actor's: each by itself, then all.
    private var choices: [Set<Int>] {
        let single = places.indices.map { Set([$0]) }
        return single.count > 1 ? single + [Set(places.indices)] : single
    }

    /// Has the other tenant read its own things first, so that a cache that forgets the tenant has something to give away.
    private func afterForeignReading() async throws -> [String] {
        guard route.method == .get else { return [] }
        for estate in world.foreign {
            let request = try IsolationRequest(route, examples: examples) { estate[$1] }
            _ = try await world.host.send(request, to: world.abroad, token: world.keeper.access)
            if route.access.isOpen { _ = try await world.host.send(request, to: world.abroad, token: nil) }
        }
        guard places.isEmpty else { return [] }
        let request = try IsolationRequest(route, examples: examples) { $1.neverIssued }
        return foreignText(in: try await world.send(request), besides: [])
    }

    private func foreignFindings(_ choice: Set<Int>, _ own: Estate, _ never: Answer) async throws -> [String] {
        var findings: [String] = []
        for estate in world.foreign {
            let theirs = try await ask(choice, own, tried: estate)
            if theirs.shape != never.shape {
                findings.append("\(name(choice, estate)) answers \(theirs.shape), never issued \(never.shape)")
            }
            findings += foreignText(in: theirs.reply, besides: choice.map { estate[places[$0]] })
        }
        return findings
    }

    private func strangerFindings(_ choice: Set<Int>, _ own: Estate, _ never: Answer) async throws -> [String] {
        let kinds = choice.map { places[$0] }
        guard world.session != nil || route.access.isOpen, kinds.allSatisfy({ $0.reading != nil }) else { return [] }
        let mayRead = kinds.allSatisfy { holdsForAll($0.reading) } || holdsForAll(route.permission)
        let mayChange = kinds.allSatisfy { holdsForAll(route.permission ?? $0.changing) }
        let isTheirs = IsolationProbe.chooses.union(IsolationProbe.watches).contains(route.name)
        if mayRead, route.method == .get || mayChange || isTheirs { return [] }
        let theirs = try await ask(choice, own, tried: world.stranger)
        if mayRead, IsolationProbe.answersEach.contains(route.name) { return [] }
        if mayRead, !IsolationProbe.passesOver.contains(route.name) {
            return theirs.reply.status < 300 ? ["\(name(choice, world.stranger)) was changed"] : []
        }
        return theirs.shape == never.shape
            ? [] : ["\(name(choice, world.stranger)) answers \(theirs.shape), never issued \(never.shape)"]
    }

    /// What everybody may see is still changed by its owner and those who hold the permission for all, and by nobody else.
    private func shownFindings(_ choice: Set<Int>, _ own: Estate) async throws -> [String] {
        let kinds = choice.map { places[$0] }
        guard world.session != nil, route.method != .get, !IsolationProbe.takesPart.contains(route.name),
            kinds.contains(where: { $0.changing != nil }),
            // A lesson beside an enrollment is what the enrollment is about; whose the enrollment is decides.
            kinds.contains(.enrollment) || !places.contains(.enrollment),
            !kinds.allSatisfy({ holdsForAll(route.permission ?? $0.changing) })
        else { return [] }
        let reply = try await ask(choice, own, tried: world.shown).reply
        return reply.status < 300 ? ["\(name(choice, world.shown)) was changed: \(reply.status)"] : []
    }

    /// Routes that take a list and pass over what is not the actor's, as if it never was.
    private static let passesOver: Set<String> = ["POST /api/v1/notifications/mark-as-read"]

    /// Routes that answer for each object by itself; that no row changed is looked at all the same.
    private static let answersEach: Set<String> = ["POST /api/v1/courses/admin/bulk-status"]

    /// Routes by which anybody chooses what they are told of what they may read: the choice is their own.
    private static let chooses: Set<String> = [
        "PUT /api/v1/notification-preferences",
        "POST /api/v1/notification-preferences",
        "PUT /api/v1/notifications/preferences",
        "POST /api/v1/notifications/preferences",
        "DELETE /api/v1/wishlist/{courseId}",
    ]

    /// Routes by which anybody plays what they may read: the token and what was watched are their own.
    private static let watches: Set<String> = [
        "POST /api/v1/media/{mediaId}/playback",
        "POST /api/v1/media/{mediaId}/events",
    ]

    /// Routes by which anybody takes part in what is public: what they make or undo is their own.
    private static let takesPart: Set<String> = chooses.union(watches).union(answersEach).union([
        "POST /api/v1/enrollments",
        "POST /api/v1/courses/{courseId}/enroll",
        "DELETE /api/v1/courses/{courseId}/enroll",
        "POST /api/v1/courses/{courseId}/reviews",
        "PUT /api/v1/reviews/{reviewId}/helpful",
        "DELETE /api/v1/reviews/{reviewId}/helpful",
        "POST /api/v1/conversations",
        "PUT /api/v1/users/me/blocks/{userId}",
        "POST /api/v1/courses/{courseId}/threads",
        "POST /api/v1/threads/{threadId}/posts",
        "PUT /api/v1/threads/{threadId}/posts/{postId}/vote",
        "DELETE /api/v1/threads/{threadId}/posts/{postId}/vote",
        "PUT /api/v1/threads/{threadId}/subscription",
        "DELETE /api/v1/threads/{threadId}/subscription",
        "PUT /api/v1/threads/{threadId}/read",
        "POST /api/v1/threads/{threadId}/posts/{postId}/reports",
        "POST /api/v1/conversations/{conversationId}/messages/{messageId}/reports",
        "POST /api/v1/quizzes/{quizId}/attempts",
        "PUT /api/v1/assignments/{assignmentId}/draft",
        "PUT /api/v1/wishlist/{courseId}",
        // One's own course may ask for any that is public.
        "PUT /api/v1/courses/{courseId}/prerequisites",
    ])

    private typealias Answer = (reply: TestReply, shape: ReplyShape)

    private func ask(
        _ choice: Set<Int>,
        _ own: Estate,
        tried: Estate?
    ) async throws -> Answer {
        let request = try IsolationRequest(route, tried: choice.min(), examples: examples) { place, kind in
            choice.contains(place) ? tried?[kind] ?? kind.neverIssued : own[kind]
        }
        let reply = try await world.send(request)
        let triedIDs = choice.map { tried?[places[$0]] ?? places[$0].neverIssued }
        return (reply, ReplyShape(reply, without: triedIDs))
    }

    private func holdsForAll(_ permission: Permission?) -> Bool {
        permission.map { world.actor.grants.scope(of: $0) == .any } ?? false
    }

    private func name(_ choice: Set<Int>, _ estate: Estate) -> String {
        "\(choice.sorted().map { places[$0].rawValue }) of \(estate.name)"
    }

    /// Anything of the other tenant in a reply, besides the identifiers that the request named.
    private func foreignText(in reply: TestReply, besides tried: [String]) -> [String] {
        let text = ReplyShape(reply, without: tried).text
        if text.contains(IsolationWorld.mark) { return ["shows a text of the other tenant"] }
        for estate in world.foreign {
            for (kind, id) in estate.ids where kind != .slug && text.contains(id) {
                return ["shows a \(kind.rawValue) of the other tenant"]
            }
        }
        return []
    }
}

/// What of a reply must be the same for all that one may not see.
struct ReplyShape: Equatable, CustomStringConvertible {
    let status: Int
    let fields: [String]
    let text: String

    /// Takes a reply apart.
    ///
    /// - Parameters:
    ///   - reply: The reply.
    ///   - tried: The identifiers that the request named, which a reply may repeat.
    init(_ reply: TestReply, without tried: [String]) {
        status = reply.status
        fields = ["content-type", "cache-control", "www-authenticate", "retry-after", "location"].map {
            reply[HTTPFieldName($0)] ?? ""
        }
        text = tried.reduce(reply.comparable == .null ? reply.text : reply.comparable.written) {
            $0.replacing($1, with: "{tried}")
        }
    }

    var description: String { "\(status) \(text.prefix(200))" }
}

extension Route {
    /// What the router asks of the caller.
    fileprivate var permission: Permission? {
        if case .permission(let permission) = access { permission } else { nil }
    }
}
