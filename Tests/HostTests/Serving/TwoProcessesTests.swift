// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Two serving processes over one database, as an operator runs them behind a proxy.
@Suite struct TwoProcessesTests {
    @Test(.timeLimit(.minutes(2)))
    func `who is signed out, suspended or demoted is so at the other process within a second`() async throws {
        try await withTenant { tenant in
            let here = try await ServingProcess(over: tenant)
            let there = try await ServingProcess(over: tenant)
            defer {
                _ = here.process.stop()
                _ = there.process.stop()
            }
            let admin = try here.register("admin", at: tenant)
            try await promote(admin, at: tenant)
            let out = try here.register("out", at: tenant)
            let held = try here.register("held", at: tenant)
            let aide = try here.register("aide", at: tenant)
            try await promote(aide, at: tenant)

            try expectLoss(at: there, of: out, asking: "/api/v1/auth/me", becomes: 401) {
                let reply = try here.send("POST", "/api/v1/auth/logout", to: tenant, token: out.access, json: "{}")
                #expect(reply.status == 204)
            }
            try expectLoss(at: there, of: held, asking: "/api/v1/auth/me", becomes: 401) {
                let path = "/api/v1/users/\(held.user)/status"
                let reply = try here.send(
                    "PATCH",
                    path,
                    to: tenant,
                    token: admin.access,
                    json: #"{"status":"suspended"}"#
                )
                #expect(reply.status == 200)
            }
            try expectLoss(at: there, of: aide, asking: "/api/v1/roles", becomes: 403) {
                let path = "/api/v1/users/\(aide.user)/roles"
                let reply = try here.send("PUT", path, to: tenant, token: admin.access, json: #"{"roles":["student"]}"#)
                #expect(reply.status == 200)
            }
        }

        func expectLoss(
            at process: ServingProcess,
            of session: ServingProcess.Session,
            asking path: String,
            becomes status: Int,
            after act: () throws -> Void
        ) throws {
            func ask() throws -> Int {
                try process.send("GET", path, to: session.tenant, token: session.access).status
            }
            #expect(try ask() == 200)
            try act()
            // Counted to the moment the question is put: what is put later than a second after the act must be refused, however
            // long the answer takes on a busy machine.
            let acted = ContinuousClock.now
            var lastGood = acted
            while true {
                let asked = ContinuousClock.now
                let answer = try ask()
                if answer == status { break }
                #expect(answer == 200)
                lastGood = asked
                guard asked - acted < .seconds(5) else { break }
            }
            #expect(lastGood - acted < .seconds(1), "\(path) was still answered")
        }
    }

    private func promote(_ session: ServingProcess.Session, at tenant: TestTenant) async throws {
        let platform = try TestPlatform()
        let id = try #require(User.ID(session.user))
        try await tenant.transaction { transaction in
            _ = try await platform.lms.users.replaceRoles(of: id, with: [Role.Name(.admin)], session: transaction)
        }
    }
}
