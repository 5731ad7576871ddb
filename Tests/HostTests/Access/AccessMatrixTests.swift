// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Who may call what, for every route of the table: a route that is added fails here until its row is in the file.
@Suite struct AccessMatrixTests {
    @Test func `every route answers every actor as the matrix says`() async throws {
        let matrix = try await measured()
        if ProcessInfo.processInfo.environment["LMS_WRITE_ACCESS_MATRIX"] != nil {
            try matrix.text.write(toFile: AccessMatrix.path, atomically: true, encoding: .utf8)
        }
        let expected = AccessMatrix(text: try AccessMatrix.reviewed)
        let findings = matrix.differences(from: expected)
        for finding in findings { Issue.record(Comment(rawValue: finding)) }
        if findings.isEmpty { #expect(matrix == expected, "the file is not as `make access-matrix` writes it") }
    }

    /// What the file may never come to say, whoever reviews it.
    @Test func `the matrix opens no route that asks for a sign-in`() throws {
        let matrix = AccessMatrix(text: try AccessMatrix.reviewed)
        let closed = Set(try RouteTable.described.filter { !$0.access.isOpen && !$0.access.isPlatform }.map(\.name))
        for (route, cells) in matrix.rows where closed.contains(route) {
            for (actor, cell) in zip(matrix.actors, cells) where ["nobody", "suspended", "expiredKey"].contains(actor) {
                #expect(cell.split(separator: "/").allSatisfy { $0 == "401" }, "\(route) answers \(actor) \(cell)")
            }
        }
    }

    @Test func `no route of the platform is there at a tenant's address`() throws {
        let matrix = AccessMatrix(text: try AccessMatrix.reviewed)
        let platform = Set(try RouteTable.described.filter { $0.access.isPlatform }.map(\.name))
        #expect(!platform.isEmpty)
        for (route, cells) in matrix.rows where platform.contains(route) {
            for (actor, cell) in zip(matrix.actors, cells) where actor != AccessActor.operator.rawValue {
                #expect(cell.split(separator: "/").allSatisfy { $0 == "404" }, "\(route) answers \(actor) \(cell)")
            }
        }
    }

    @Test func `the matrix lets an operator do nothing at a tenant's address`() throws {
        let matrix = AccessMatrix(text: try AccessMatrix.reviewed)
        let column = try #require(matrix.actors.firstIndex(of: AccessActor.operator.rawValue))
        let closed = Set(try RouteTable.described.filter { !$0.access.isOpen && !$0.access.isPlatform }.map(\.name))
        for (route, cells) in matrix.rows where closed.contains(route) {
            #expect(cells[column].split(separator: "/").allSatisfy { $0 == "401" }, "\(route) \(cells[column])")
        }
    }

    @Test func `the matrix lets an auditor change nothing but their own`() throws {
        let matrix = AccessMatrix(text: try AccessMatrix.reviewed)
        let column = try #require(matrix.actors.firstIndex(of: "auditor"))
        // Who links an identity links their own, with a provider that is the tenant's; who makes a key makes their own. What one is
        // told of a course that one may read is one's own choice; marks of others' notifications are passed over; whoever has the
        // link of a message ends such messages. Who may read a lesson may play it, and what one wishes for is one's own.
        let own: Set = [
            "POST /api/v1/auth/federated/{providerId}/link", "POST /api/v1/api-keys",
            "POST /api/v1/notification-preferences", "PUT /api/v1/notification-preferences",
            "POST /api/v1/notifications/preferences", "PUT /api/v1/notifications/preferences",
            "POST /api/v1/notifications/mark-as-read", "POST /api/v1/notifications/unsubscribe/{unsubscribeToken}",
            "POST /api/v1/media/{mediaId}/playback", "DELETE /api/v1/wishlist/{courseId}",
        ]
        for (route, cells) in matrix.rows where !route.hasPrefix("GET ") && !own.contains(route) {
            let parts = cells[column].split(separator: "/")
            if parts.count == 2 { #expect(!parts[1].hasPrefix("2"), "\(route) answers an auditor \(cells[column])") }
        }
    }

    @Test func `a changed cell, a missing route and a route that is gone are each named`() {
        var expected = AccessMatrix(actors: ["nobody", "owner"])
        expected.add("GET /a", ["401", "200"])
        expected.add("GET /gone", ["401", "200"])
        var actual = AccessMatrix(actors: ["nobody", "owner"])
        actual.add("GET /a", ["200", "200"])
        actual.add("GET /new", ["401", "200"])
        let findings = actual.differences(from: AccessMatrix(text: expected.text))
        #expect(
            findings == [
                "GET /a answers nobody 200, the file has 401", "GET /new is not in the file",
                "GET /gone is in the file and not served",
            ]
        )
    }

    private func measured() async throws -> AccessMatrix {
        let routes = try RouteTable.described
        let columns = try await withThrowingTaskGroup(of: (AccessActor, [String: String]).self) { group in
            for actor in AccessActor.allCases {
                group.addTask {
                    try await withTenant { tenant in
                        let world = try await AccessWorld(actor, at: tenant)
                        var cells: [String: String] = [:]
                        for route in world.host.routes { cells[route.name] = try await world.cell(route) }
                        return (actor, cells)
                    }
                }
            }
            var columns: [AccessActor: [String: String]] = [:]
            for try await (actor, cells) in group { columns[actor] = cells }
            return columns
        }
        var matrix = AccessMatrix(actors: AccessActor.allCases.map(\.rawValue))
        for route in routes {
            matrix.add(route.name, AccessActor.allCases.map { columns[$0]?[route.name] ?? "none" })
        }
        return matrix
    }
}
