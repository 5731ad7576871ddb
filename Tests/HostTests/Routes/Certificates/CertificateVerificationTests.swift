// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CertificateVerificationTests {
    @Test func `anybody who has the number learns what it is worth, and no more than that`() async throws {
        try await CertificateWorld.with { world in
            let certificate = try await world.certify(world.student)
            let number = certificate.certificateNumber
            for typed in [number, number.lowercased(), number.replacing("-", with: "")] {
                let reply = try await world.send("GET", "certificates/verify/\(typed)", as: nil)
                #expect(reply.status == 200 && reply.json["isValid"]?.flag == true)
                #expect(reply[.cacheControl] == "no-store")
                guard case .object(let members) = reply.json else { throw TestFailure("no object") }
                #expect(
                    members.map(\.name) == [
                        "number", "status", "isValid", "organization", "learnerName", "courseTitle", "completedAt",
                        "issuedAt", "expiresAt", "supersededAt", "revokedAt", "revocationReason",
                    ]
                )
                for secret in [world.student.user, world.student.email, certificate.certificateID] {
                    #expect(!reply.text.contains(secret))
                }
            }
        }
    }

    @Test func `a revoked one says so at once, to everybody, with its public reason and not the note`() async throws {
        try await CertificateWorld.with { world in
            let certificate = try await world.certify(world.student)
            let id = certificate.certificateID
            for session in [world.student, world.teacher] {
                #expect(try await world.revoke(id, as: session).status == 403)
            }
            #expect(try await world.revoke(id, as: world.stranger).status == 403)
            let revoked = try await world.revoke(id, as: world.admin)
            #expect(revoked.status == 200 && revoked.json["revocationNote"]?.text == "Copied the examination.")
            #expect(try await world.revoke(id, as: world.admin).json == revoked.json)
            let reply = try await world.send("GET", "certificates/verify/\(certificate.certificateNumber)", as: nil)
            #expect(reply.json["status"]?.text == "revoked" && reply.json["revocationReason"]?.text == "misconduct")
            #expect(reply.json["revokedAt"]?.text != nil && !reply.text.contains("Copied"))
            let page = try await self.page(certificate.certificateNumber, in: world)
            #expect(page.text.contains("was revoked") && page.text.contains("Misconduct"))
            #expect(!page.text.contains("Copied"))
            let own = try await world.send("GET", "certificates/\(id)", as: world.student)
            #expect(own.json["status"]?.text == "revoked" && own.json["revocationNote"] == nil)
            for file in ["pdf", "badge", "badge.jwt", "badge.svg", "badge.png"] {
                let gone = try await world.send("GET", "certificates/\(id)/\(file)", as: world.student)
                #expect(gone.status == 410 && gone.code == "CERTIFICATE_REVOKED")
                #expect(try await world.send("GET", "certificates/\(id)/\(file)", as: world.admin).status == 200)
            }
            let place = certificate["enrollmentId"]?.text ?? ""
            let asked = try await world.send("POST", "enrollments/\(place)/certificate", as: world.student)
            #expect(asked.code == "CERTIFICATE_NOT_CURRENT")
            try await world.handOn()
            #expect(try await world.mine(world.student).count == 1)
            #expect(try await world.audited() == ["certificate.revoked"])
            let types: [String] = try await world.tenant.events().map { try $0["type"] }
            #expect(types.filter { $0 == "certificate.revoked" }.count == 1)
        }
    }

    @Test(arguments: [("en", "ltr", "valid"), ("es", "ltr", "válido"), ("ar", "rtl", "صالحة")])
    func `the page speaks the visitor's language`(language: String, direction: String, word: String) async throws {
        try await CertificateWorld.with { world in
            let certificate = try await world.certify(world.student)
            let page = try await self.page(certificate.certificateNumber, in: world, ["Accept-Language: \(language)"])
            #expect(page.status == 200)
            #expect(page.text.contains(#"<html lang="\#(language)" dir="\#(direction)">"#))
            #expect(page.text.contains(word) && page.text.contains(certificate.certificateNumber))
            #expect(!page.text.contains("<script") && !page.text.contains("style"))
            let missing = try await self.page("0000-0000-0000-0000-1", in: world, ["Accept-Language: \(language)"])
            #expect(missing.status == 404 && missing.text.contains(#"lang="\#(language)""#))
        }
    }

    @Test func `attack: a number cannot be found by trying, another tenant's is none, and misses look alike`()
        async throws
    {
        try await withTwoTenants { home, abroad in
            let here = try await CertificateWorld(home)
            let there = try await CertificateWorld(abroad)
            let foreign = try await there.certify(there.student).certificateNumber
            let own = try await here.certify(here.student).certificateNumber
            var replies: [TestReply] = []
            var neighbor = Array(own)
            neighbor[3] = neighbor[3] == "7" ? "8" : "7"
            for number in [foreign, String(neighbor), "0000-0000-0000-0000-0", "nothing", CertificateWorld.never] {
                replies.append(try await here.send("GET", "certificates/verify/\(number)", as: nil))
            }
            #expect(replies.allSatisfy { $0.status == 404 })
            #expect(Set(replies.map { $0.comparable.written }).count == 1)
            let route = try #require(
                here.host.routes.first { $0.path.description == "/api/v1/certificates/verify/{certificateNumber}" }
            )
            #expect(route.rateClass == .auth)
        }
    }

    @Test func `attack: what somebody calls themselves stays text on the page, and what was typed is not repeated`()
        async throws
    {
        try await CertificateWorld.with { world in
            let name = #"<script>alert(1)</script>"><img src=x onerror='alert(2)'>"#
            try await world.rename(world.student, to: name)
            let certificate = try await world.certify(world.student)
            let page = try await self.page(certificate.certificateNumber, in: world)
            #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img"))
            #expect(!page.text.contains("<script") && !page.text.contains("<img"))
            #expect(page["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            let typed = try await self.page("%3Cscript%3Ealert(1)%3C%2Fscript%3E", in: world)
            #expect(typed.status == 404 && !typed.text.contains("alert"))
        }
    }

    @Test func `attack: others' certificates are neither listed, shown, downloaded nor changed`() async throws {
        try await withTwoTenants { home, abroad in
            let here = try await CertificateWorld(home)
            let there = try await CertificateWorld(abroad)
            let own = try await here.certify(here.student).certificateID
            let foreign = try await there.certify(there.student).certificateID
            let reissue = #"{"reason":"Mine."}"#
            for (id, actors) in [(own, [here.other, here.stranger]), (foreign, [here.admin, here.student])] {
                for actor in actors {
                    for file in ["", "/pdf", "/badge", "/badge.jwt", "/badge.svg", "/badge.png"] {
                        let reply = try await here.send("GET", "certificates/\(id)\(file)", as: actor)
                        let never = try await here.send(
                            "GET",
                            "certificates/\(CertificateWorld.never)\(file)",
                            as: actor
                        )
                        #expect(reply.status == 404 && reply.comparable == never.comparable)
                    }
                    let reply = try await here.send("POST", "certificates/\(id)/reissue", as: actor, reissue)
                    #expect([403, 404].contains(reply.status))
                }
            }
            #expect(try await here.send("GET", "certificates", as: here.teacher).status == 403)
            let course = "courses/\(here.learning.course)/certificates"
            #expect(try await here.send("GET", course, as: here.teacher).items.count == 1)
            #expect(try await here.send("GET", course, as: here.stranger).status == 403)
            #expect(try await here.send("GET", course, as: here.student).status == 403)
            #expect(try await here.send("GET", "certificates", as: here.admin).items.map(\.certificateID) == [own])
        }
    }

    private func page(_ number: String, in world: CertificateWorld, _ fields: [String] = []) async throws -> TestReply {
        try await world.host.send("GET", "/verify/\(number)", to: world.tenant, fields: fields)
    }
}
