// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension CertificateWorld {
    private var course: String { "courses/\(learning.course)" }

    /// Has letters and an item of 20 points in the course.
    ///
    /// - Returns: The item.
    fileprivate func gradebook() async throws -> String {
        let letters =
            #"{"letters":[{"label":"A","minimum":90},{"label":"B","minimum":75},{"label":"F","minimum":0}]}"#
        #expect(try await send("PUT", "\(course)/gradebook", as: teacher, letters).status == 200)
        let added = try await send(
            "POST",
            "\(course)/grade-items",
            as: teacher,
            #"{"title":"Oral","maxPoints":20}"#
        )
        return try #require(added.json["id"]?.text)
    }

    fileprivate func grade(_ session: PlatformHost.Session, _ score: String, in item: String) async throws {
        let json = #"{"status":"graded","score":\#(score)}"#
        let path = "grade-items/\(item)/grades/\(session.user)"
        #expect(try await send("PUT", path, as: teacher, json).status == 200)
    }

    fileprivate func show(_ place: String) async throws {
        let json = #"{"issuance":"automatic","gradeShown":"\#(place)"}"#
        #expect(try await send("PUT", "\(course)/certificate-rule", as: teacher, json).status == 200)
    }

    fileprivate func checked(_ certificate: JSONValue) async throws -> (json: JSONValue, page: String) {
        let number = certificate.certificateNumber
        let json = try await send("GET", "certificates/verify/\(number)", as: nil).json
        return (json, try await host.send("GET", "/verify/\(number)", to: tenant).text)
    }
}

@Suite struct CertificateGradeTests {
    @Test func `a certificate has the grade of the day, for its learner and in the file, and not for who checks it`()
        async throws
    {
        try await CertificateWorld.with { world in
            let item = try await world.gradebook()
            try await world.show("certificate")
            _ = try await world.complete(as: world.student)
            try await world.grade(world.student, "17.5", in: item)
            try await world.handOn()
            try await world.prepare()
            try await world.grade(world.student, "19", in: item)
            let certificate = try #require(try await world.mine(world.student).first)
            #expect(certificate["grade"] == .number("87.5") && certificate["gradeLetter"]?.text == "B")
            let path = "certificates/\(certificate.certificateID)"
            let pdf = try await world.send("GET", "\(path)/pdf", as: world.student)
            #expect(pdf.text.contains("detail: Final grade: 87.5 % (B)"))
            let checked = try await world.checked(certificate)
            #expect(checked.json["isValid"]?.flag == true)
            #expect(checked.json["grade"] == nil && checked.json["gradeLetter"] == nil)
            #expect(!checked.page.contains("87.5") && !checked.page.contains("Final grade"))
            // Corrected, it has the grade of then, and its course lets everybody know.
            try await world.show("everywhere")
            let json = #"{"reason":"Graded again."}"#
            let new = try await world.send("POST", "\(path)/reissue", as: world.admin, json).json
            #expect(new["grade"] == .number("95") && new["gradeLetter"]?.text == "A")
            let told = try await world.checked(new)
            #expect(told.json["grade"] == .number("95") && told.json["gradeLetter"]?.text == "A")
            #expect(told.page.contains("95 % (A)"))
            let old = try await world.send("GET", path, as: world.student).json
            #expect(old["grade"] == .number("87.5"))
        }
    }

    @Test func `what is not released is in no certificate, and neither is a grade that the course does not show`()
        async throws
    {
        try await CertificateWorld.with { world in
            let item = try await world.gradebook()
            _ = try await world.complete(as: world.student)
            try await world.grade(world.student, "17.5", in: item)
            try await world.handOn()
            #expect(try #require(try await world.mine(world.student).first)["grade"] == .null)
            try await world.show("everywhere")
            #expect(try await world.send("POST", "grade-items/\(item)/mute", as: world.teacher).status == 200)
            _ = try await world.complete(as: world.other)
            try await world.grade(world.other, "20", in: item)
            try await world.handOn()
            let certificate = try #require(try await world.mine(world.other).first)
            #expect(certificate["grade"] == .null)
            #expect(try await world.checked(certificate).json["grade"] == nil)
        }
    }

    #if Compression
        @Test func `a badge has the grade as results that are described`() async throws {
            try await CertificateWorld.with { world in
                let item = try await world.gradebook()
                try await world.show("certificate")
                _ = try await world.complete(as: world.student)
                try await world.grade(world.student, "17.5", in: item)
                try await world.handOn()
                try await world.prepare()
                let certificate = try #require(try await world.mine(world.student).first)
                let path = "certificates/\(certificate.certificateID)/badge"
                let bundle = try await world.send("GET", path, as: world.student)
                let parts = try #require(bundle.json["credential"]?.text).split(separator: ".").map(String.init)
                let claims = try JSONValue.parse(try #require(Base64URL.decode(parts[1])))
                let subject = claims["credentialSubject"]
                let described = subject?["achievement"]?["resultDescription"]
                let results = subject?["result"]
                #expect(results?[0]?["value"]?.text == "87.5" && results?[1]?["value"]?.text == "B")
                #expect(described?[0]?["resultType"]?.text == "Percent")
                #expect(described?[1]?["resultType"]?.text == "LetterGrade")
                for index in 0..<2 {
                    #expect(results?[index]?["resultDescription"]?.text == described?[index]?["id"]?.text)
                }
                let python = try PeerPrograms.installed("python")
                let peer = PeerPrograms.file("Tests/Peers/badge_peer.py")
                let found = try Program.run(python, [peer, world.student.email], input: .text(bundle.text))
                #expect(found.text.hasPrefix("valid Physics"), "\(found.text)")
            }
        }
    #endif
}
