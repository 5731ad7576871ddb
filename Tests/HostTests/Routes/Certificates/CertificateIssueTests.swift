// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CertificateIssueTests {
    @Test func `completing a course gives a certificate once, however often that is told`() async throws {
        try await CertificateWorld.with { world in
            let certificate = try await world.certify(world.student)
            #expect(certificate["status"]?.text == "valid")
            #expect(certificate["courseTitle"]?.text == "Physics")
            #expect(certificate["cause"]?.text == "completion")
            #expect(certificate["isPrepared"]?.flag == true)
            for _ in 0..<2 { try await world.handOn() }
            #expect(try await world.mine(world.student).count == 1)
            #expect(try await world.mine(world.other).isEmpty)
            let issued = try await world.tenant.events().filter { try $0["type"] == "certificate.issued" }
            #expect(issued.count == 1)
        }
    }

    @Test func `twenty who issue it at the same time issue one, and twenty who complete at once get one each`()
        async throws
    {
        try await CertificateWorld.with { world in
            let place = try await world.complete(as: world.student)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        if number.isMultiple(of: 2) {
                            try await world.handOn()
                        } else {
                            let path = "enrollments/\(place)/certificate"
                            let reply = try await world.send("POST", path, as: world.student)
                            #expect([200, 201].contains(reply.status), "\(reply.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.mine(world.student).count == 1)
            var learners: [PlatformHost.Session] = []
            for number in 0..<20 { learners.append(try await world.host.register("crowd\(number)", at: world.tenant)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for learner in learners { group.addTask { _ = try await world.complete(as: learner) } }
                try await group.waitForAll()
            }
            try await world.handOn()
            var numbers: Set<String> = []
            for learner in learners {
                let theirs = try await world.mine(learner)
                #expect(theirs.count == 1)
                numbers.formUnion(theirs.map(\.certificateNumber))
            }
            #expect(numbers.count == 20)
        }
    }

    @Test func `who did not complete the course gets none, also when they ask`() async throws {
        try await CertificateWorld.with { world in
            let place = try await world.complete(as: world.student, 1)
            try await world.handOn()
            #expect(try await world.mine(world.student).isEmpty)
            let reply = try await world.send("POST", "enrollments/\(place)/certificate", as: world.student)
            #expect(reply.status == 409 && reply.code == "CERTIFICATE_NOT_EARNED")
        }
    }

    @Test func `a place whose payment is not verified gets none, whoever tries`() async throws {
        try await withTenant { tenant in
            let world = try await CertificateWorld(tenant, priceInCents: 1_000)
            let place = try await world.learning.enroll(world.student)
            let asked = try await world.send("POST", "enrollments/\(place)/certificate", as: world.student)
            #expect(asked.status == 402)
            let json = #"{"enrollmentId":"\#(place)","reason":"A favor."}"#
            #expect(try await world.send("POST", "certificates", as: world.admin, json).status == 402)
            try await world.handOn()
            #expect(try await world.mine(world.student).isEmpty)
            let enrollment = try #require(Enrollment.ID(place))
            try await tenant.transaction { session in
                _ = try await world.host.platform.lms.enrollments.activate(enrollment, session: session)
            }
            #expect(try await world.send("POST", "certificates", as: world.admin, json).status == 201)
        }
    }

    @Test func `a course may ask for more than its threshold, and for asking`() async throws {
        try await withTenant { tenant in
            let world = try await CertificateWorld(tenant, lessons: 4)
            let rule = "courses/\(world.learning.course)/certificate-rule"
            var reply = try await world.send("GET", rule, as: world.teacher)
            #expect(reply.json["issuance"]?.text == "automatic" && reply.json["version"]?.integer == 0)
            let json = #"{"issuance":"automatic","minimumPercentage":100,"validityMonths":12,"language":"es"}"#
            let tag = try #require(reply[.etag])
            reply = try await world.send("PUT", rule, as: world.teacher, json, fields: ["If-Match: \(tag)"])
            #expect(reply.status == 200 && reply.json["version"]?.integer == 1)
            reply = try await world.send("PUT", rule, as: world.teacher, json, fields: ["If-Match: \(tag)"])
            #expect(reply.status == 412)
            #expect(try await world.send("PUT", rule, as: world.stranger, json).status == 403)
            #expect(try await world.send("PUT", rule, as: world.student, json).status == 403)
            try await tenant.transaction { session in
                _ = try await session.execute("UPDATE courses SET completion_threshold = 50")
            }
            let place = try await world.complete(as: world.student, 2)
            try await world.handOn()
            #expect(try await world.mine(world.student).isEmpty)
            for lesson in world.learning.lessons {
                _ = try await world.send("POST", "enrollments/\(place)/lessons/\(lesson)/complete", as: world.student)
            }
            try await world.handOn()
            let certificate = try #require(try await world.mine(world.student).first)
            #expect(certificate["expiresAt"]?.text != nil)
            let manual = #"{"issuance":"manual"}"#
            _ = try await world.send("PUT", rule, as: world.teacher, manual)
            let second = try await world.complete(as: world.other)
            let asked = try await world.send("POST", "enrollments/\(second)/certificate", as: world.other)
            #expect(asked.code == "CERTIFICATE_NOT_OFFERED")
            _ = try await world.send("PUT", rule, as: world.teacher, #"{"issuance":"on_request"}"#)
            try await world.handOn()
            #expect(try await world.mine(world.other).isEmpty)
            let path = "enrollments/\(second)/certificate"
            #expect(try await world.send("POST", path, as: world.other).status == 201)
            #expect(try await world.send("POST", path, as: world.other).status == 200)
        }
    }

    @Test func `an admin awards one for a reason, which is audited; a teacher and a learner do not`() async throws {
        try await CertificateWorld.with { world in
            let place = try await world.learning.enroll(world.student)
            let json = #"{"enrollmentId":"\#(place)","reason":"Passed the examination on site."}"#
            for session in [world.teacher, world.student] {
                #expect(try await world.send("POST", "certificates", as: session, json).status == 403)
            }
            let reply = try await world.send("POST", "certificates", as: world.admin, json)
            #expect(reply.status == 201)
            #expect(reply.json["completedAt"] == .null && reply.json["cause"]?.text == "award")
            #expect(reply.json["reason"]?.text == "Passed the examination on site.")
            #expect(try await world.mine(world.student).first?["reason"] == nil)
            let again = try await world.send("POST", "certificates", as: world.admin, json)
            #expect(again.status == 409 && again.code == "CERTIFICATE_EXISTS")
            #expect(try await world.audited() == ["certificate.awarded"])
        }
    }

    @Test func `later names and titles change nothing in what was issued, and a corrected one has them`() async throws {
        try await CertificateWorld.with { world in
            try await world.rename(world.student, to: "Ada Byron")
            let old = try await world.certify(world.student)
            try await world.rename(world.student, to: "Ada Lovelace")
            try await world.tenant.transaction { session in
                _ = try await session.execute("UPDATE courses SET title = 'Advanced Physics'")
            }
            let path = "certificates/\(old.certificateID)"
            let shown = try await world.send("GET", path, as: world.student)
            #expect(shown.json["learnerName"]?.text == "Ada Byron" && shown.json["courseTitle"]?.text == "Physics")
            let json = #"{"reason":"Married."}"#
            #expect(try await world.send("POST", "\(path)/reissue", as: world.student, json).status == 403)
            let new = try await world.send("POST", "\(path)/reissue", as: world.admin, json)
            #expect(new.status == 201 && new.json["learnerName"]?.text == "Ada Lovelace")
            #expect(new.json.certificateNumber != old.certificateNumber)
            #expect(new.json["completedAt"] == old["completedAt"])
            let checked = try await world.send("GET", "certificates/verify/\(old.certificateNumber)", as: nil)
            #expect(checked.json["status"]?.text == "superseded" && checked.json["isValid"]?.flag == false)
            #expect(
                try await world.send("POST", "\(path)/reissue", as: world.admin, json).code == "CERTIFICATE_NOT_CURRENT"
            )
        }
    }

    @Test func `who left a course keeps what they got, and gets no other one for it until they are back`() async throws
    {
        try await withTenant { tenant in
            let world = try await CertificateWorld(tenant, priceInCents: 1_000)
            let place = try #require(Enrollment.ID(try await world.learning.enroll(world.student)))
            try await tenant.transaction { session in
                _ = try await world.host.platform.lms.enrollments.activate(place, session: session)
            }
            let json = #"{"enrollmentId":"\#(place)","reason":"Passed the examination on site."}"#
            let awarded = try await world.send("POST", "certificates", as: world.admin, json)
            #expect(awarded.status == 201)
            let path = "certificates/\(awarded.json.certificateID)"
            let correction = #"{"reason":"Married."}"#
            func stands(_ status: String) async throws {
                try await tenant.transaction { session in
                    _ = try await session.execute("UPDATE enrollments SET status = \(status) WHERE id = \(place)")
                }
            }
            for (status, code) in [("dropped", 409), ("pending_payment", 402)] {
                try await stands(status)
                #expect(try await world.send("POST", "\(path)/reissue", as: world.admin, correction).status == code)
                #expect(try await world.send("POST", "\(path)/renew", as: world.admin).status == code)
                let verify = "certificates/verify/\(awarded.json.certificateNumber)"
                #expect(try await world.send("GET", verify, as: nil).json["status"]?.text == "valid")
                #expect(try await world.mine(world.student).count == 1)
            }
            try await stands("active")
            #expect(try await world.send("POST", "\(path)/reissue", as: world.admin, correction).status == 201)
        }
    }

    @Test func `what expires says so, and its successor is valid as long again`() async throws {
        try await CertificateWorld.with { world in
            let rule = "courses/\(world.learning.course)/certificate-rule"
            _ = try await world.send("PUT", rule, as: world.teacher, #"{"issuance":"automatic","validityMonths":1}"#)
            let old = try await world.certify(world.student)
            let verify = "certificates/verify/\(old.certificateNumber)"
            #expect(try await world.send("GET", verify, as: nil).json["status"]?.text == "valid")
            world.host.platform.clock.advance(by: 32 * 86_400)
            #expect(try await world.send("GET", verify, as: nil).json["status"]?.text == "expired")
            let admin = try await world.host.member("later", .admin, of: world.tenant)
            let path = "certificates/\(old.certificateID)/renew"
            let new = try await world.send("POST", path, as: admin)
            #expect(new.status == 201 && new.json["status"]?.text == "valid")
            #expect(new.json["cause"]?.text == "renewal" && new.json["expiresAt"] != old["expiresAt"])
            #expect(try await world.send("GET", verify, as: nil).json["status"]?.text == "superseded")
            #expect(try await world.send("POST", path, as: admin).code == "CERTIFICATE_NOT_CURRENT")
        }
    }

    @Test func `what was revoked is corrected also after it would have expired, and what expired is not given again`()
        async throws
    {
        try await CertificateWorld.with { world in
            let rule = "courses/\(world.learning.course)/certificate-rule"
            _ = try await world.send("PUT", rule, as: world.teacher, #"{"issuance":"automatic","validityMonths":1}"#)
            let old = try await world.certify(world.student)
            let place = try await world.complete(as: world.other)
            try await world.handOn()
            let path = "certificates/\(old.certificateID)"
            let revocation = #"{"reason":"issued_in_error","note":"The name is wrong."}"#
            #expect(try await world.send("POST", "\(path)/revoke", as: world.admin, revocation).status == 200)
            world.host.platform.clock.advance(by: 32 * 86_400)
            let admin = try await world.host.member("later", .admin, of: world.tenant)
            let renewed = try await world.send("POST", "\(path)/renew", as: admin)
            #expect(renewed.status == 409 && renewed.code == "CERTIFICATE_NOT_CURRENT")
            let new = try await world.send("POST", "\(path)/reissue", as: admin, #"{"reason":"The name was wrong."}"#)
            #expect(new.status == 201 && new.json["status"]?.text == "valid")
            #expect(new.json["cause"]?.text == "reissue" && new.json["expiresAt"] != old["expiresAt"])
            let verify = "certificates/verify/\(old.certificateNumber)"
            #expect(try await world.send("GET", verify, as: nil).json["status"]?.text == "revoked")

            let asked = try await world.send("POST", "enrollments/\(place)/certificate", as: admin)
            #expect(asked.status == 409 && asked.code == "CERTIFICATE_NOT_CURRENT")
            #expect(asked.json["detail"]?.text?.contains("expired") == true)
        }
    }

    @Test func `the file is drawn by a job, given to learner and staff, and removed with the learner`() async throws {
        let store = MemoryBlobStore()
        try await withTenant { tenant in
            let host = try await PlatformHost(certificates: .plain(store: store))
            let world = try await CertificateWorld(tenant, host: host)
            _ = try await world.complete(as: world.student)
            try await world.handOn()
            let certificate = try #require(try await world.mine(world.student).first)
            let path = "certificates/\(certificate.certificateID)/pdf"
            let early = try await world.send("GET", path, as: world.student)
            #expect(early.status == 409 && early.code == "CERTIFICATE_NOT_READY")
            try await world.prepare()
            try await world.prepare()
            for session in [world.student, world.teacher, world.admin] {
                let reply = try await world.send("GET", path, as: session)
                #expect(reply.status == 200 && reply.text.hasPrefix("%PDF"))
                #expect(reply.text.contains("number: \(certificate.certificateNumber)"))
            }
            #expect(try await world.send("GET", path, as: world.other).status == 404)
            #expect(try await world.send("GET", path, as: nil).status == 401)
            #expect(store.keys.count == 1)
            let user = try #require(User.ID(world.student.user))
            try await tenant.transaction { session in
                _ = try await host.platform.lms.users.erase(user, session: session)
            }
            try await world.prepare()
            #expect(store.keys.isEmpty)
            let verify = "certificates/verify/\(certificate.certificateNumber)"
            #expect(try await world.send("GET", verify, as: nil).status == 404)
        }
    }

    @Test func `a certificate that cannot be drawn for want of fonts or memory is tried again`() {
        for error in [CertificatePressError.noFonts, .failed(reason: "no memory"), .busy] {
            guard case .tryLater? = CertificateError.press(error).outcomeOfDrawing else {
                Issue.record("\(error) is given up")
                continue
            }
        }
        #expect(CertificateError.notFound.outcomeOfDrawing == nil)
    }

    @Test func `without a press certificates are issued and checked, and their files answer 501`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost(certificates: .none)
            let world = try await CertificateWorld(tenant, host: host)
            let certificate = try await world.certify(world.student)
            let path = "certificates/\(certificate.certificateID)"
            let pdf = try await world.send("GET", "\(path)/pdf", as: world.student)
            #expect(pdf.status == 501 && pdf.code == "CERTIFICATES_NOT_BUILT")
            let badge = try await world.send("GET", "\(path)/badge", as: world.student)
            #expect(badge.status == 501 && badge.code == "BADGES_NOT_BUILT")
            let verify = "certificates/verify/\(certificate.certificateNumber)"
            #expect(try await world.send("GET", verify, as: nil).json["isValid"]?.flag == true)
        }
    }
}
