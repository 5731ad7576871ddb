// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// An assignment of ten points that several learners handed in, and that is due.
struct PeerWorld {
    let world: AssignmentWorld
    let learners: [PlatformHost.Session]
    let assignment: String
    /// What each of them handed in.
    let submissions: [String]

    var teacher: PlatformHost.Session { world.teacher }
    var path: String { "assignments/\(assignment)/peer-review" }

    /// Has learners hand in, and says how they review each other's work.
    ///
    /// - Parameters:
    ///   - count: How many learners.
    ///   - settings: Members of the reviewing besides when it is due and how many review, with a comma before.
    ///   - each: How many review a submission.
    ///   - more: Members of the assignment, with a comma before.
    ///   - examples: Which submissions are examples of seven points.
    ///   - isAllocated: Whether it is drawn who reviews what.
    ///   - body: What is tried.
    /// - Throws: What `body` throws.
    static func with(
        _ count: Int = 3,
        settings: String = "",
        each: Int = 2,
        more: String = "",
        examples: [Int] = [],
        isAllocated: Bool = true,
        _ body: (PeerWorld) async throws -> Void
    ) async throws {
        try await AssignmentWorld.with { world in
            var learners = [world.ana, world.ben]
            for number in 2..<max(2, count) { learners.append(try await world.join("peer\(number)")) }
            let assignment = try await world.assignment(
                #","dueAt":\#(world.date(in: 100)),"submissionLimit":3\#(more)"#
            )
            var submissions: [String] = []
            for (number, learner) in learners.enumerated() {
                submissions.append(try await world.handIn("Work \(number).", of: assignment, as: learner))
            }
            let peers = PeerWorld(
                world: world,
                learners: learners,
                assignment: assignment,
                submissions: submissions
            )
            let json = #"{"reviewsPerSubmission":\#(each),"reviewsDueAt":\#(world.date(in: 400))\#(settings)}"#
            let set = try await world.send("PUT", peers.path, as: world.teacher, json)
            #expect(set.status == 200, "\(set.text)")
            for example in examples {
                let marked = try await peers.mark(submissions[example], #"{"points":7}"#)
                #expect(marked.status == 200, "\(marked.text)")
            }
            if isAllocated {
                world.advance(by: 101)
                let allocated = try await peers.allocate()
                #expect(allocated.status == 200, "\(allocated.text)")
            }
            try await body(peers)
        }
    }

    func allocate(as session: PlatformHost.Session? = nil) async throws -> TestReply {
        try await world.send("POST", "\(path)/allocate", as: session ?? teacher)
    }

    func release(as session: PlatformHost.Session? = nil) async throws -> TestReply {
        try await world.send("POST", "\(path)/release", as: session ?? teacher)
    }

    func mark(_ submission: String, _ json: String) async throws -> TestReply {
        try await world.send("PUT", "\(path)/examples/\(submission)", as: teacher, json)
    }

    /// The reviews that somebody writes, those of examples first.
    func reviews(of session: PlatformHost.Session, _ query: String = "") async throws -> [JSONValue] {
        let list = "courses/\(world.course)/peer-reviews/mine?assignmentId=\(assignment)\(query)"
        let items = try await world.send("GET", list, as: session).items
        return items.filter { $0["isCalibration"] == .bool(true) } + items.filter { $0["isCalibration"] != .bool(true) }
    }

    /// The identifiers of somebody's reviews, those of examples first.
    func ids(of session: PlatformHost.Session) async throws -> [String] {
        try await reviews(of: session).compactMap { $0["id"]?.text }
    }

    func save(
        _ review: String,
        _ json: String,
        as session: PlatformHost.Session,
        fields: [String] = []
    ) async throws -> TestReply {
        try await world.send("PUT", "peer-reviews/\(review)/draft", as: session, json, fields: fields)
    }

    func complete(_ review: String, as session: PlatformHost.Session) async throws -> TestReply {
        try await world.send("POST", "peer-reviews/\(review)/complete", as: session)
    }

    /// Saves and completes a review.
    func give(_ points: String, in review: String, as session: PlatformHost.Session) async throws {
        let saved = try await save(review, #"{"points":\#(points),"feedback":"Said."}"#, as: session)
        #expect(saved.status == 200, "\(saved.text)")
        let completed = try await complete(review, as: session)
        #expect(completed.json["status"]?.text == "completed", "\(completed.text)")
    }

    /// What somebody sees of the reviews of a submission.
    func feedback(to submission: String, as session: PlatformHost.Session) async throws -> TestReply {
        try await world.send("GET", "submissions/\(submission)/peer-reviews", as: session)
    }
}
