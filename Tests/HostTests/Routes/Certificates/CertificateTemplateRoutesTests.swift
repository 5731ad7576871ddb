// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CertificateTemplateRoutesTests {
    private static let texts =
        #"{"en":{"heading":"Diploma","statement":"has completed {course} at {organization}","detail":"{percentage} done"},"ar":{"heading":"شهادة"}}"#

    private func create(
        in world: CertificateWorld,
        _ texts: String = Self.texts,
        name: String = "Ours"
    ) async throws -> TestReply {
        let json = ##"{"name":"\##(name)","layout":"modern","accent":"#AA0000","texts":\##(texts)}"##
        return try await world.send("POST", "certificate-templates", as: world.admin, json)
    }

    @Test func `a template gives certificates its looks and words, in the language that the course asks for`()
        async throws
    {
        try await CertificateWorld.with { world in
            let made = try await create(in: world)
            #expect(made.status == 201 && made.json["accent"]?.text == "#aa0000")
            let id = made.json.certificateID
            let rule =
                #"{"issuance":"automatic","certificateTemplateId":"\#(id)","language":"ar"}"#
            let path = "courses/\(world.learning.course)/certificate-rule"
            #expect(try await world.send("PUT", path, as: world.teacher, rule).status == 200)
            let image = #"{"png":"\#(CertificateImageRequest.pixel)"}"#
            let logo = try await world.send("PUT", "certificate-templates/\(id)/images/logo", as: world.admin, image)
            #expect(logo.status == 200 && logo.json["version"]?.integer == 2)
            let arabic = try await drawn(world.student, in: world)
            for line in ["modern", "ar", "#aa0000", "heading: شهادة", "logo: 70 bytes"] {
                #expect(arabic.contains(line), "\(line) in \(arabic)")
            }
            let english = rule.replacing(#""ar""#, with: #""en""#)
            #expect(try await world.send("PUT", path, as: world.teacher, english).status == 200)
            let second = try await drawn(world.other, in: world)
            #expect(second.contains("statement: has completed Physics at "))
            #expect(second.contains("detail: 100 % done"))
            let used = try await world.send("DELETE", "certificate-templates/\(id)", as: world.admin)
            #expect(used.status == 409 && used.code == "CERTIFICATE_TEMPLATE_IN_USE")
            _ = try await world.send("PUT", path, as: world.teacher, #"{"issuance":"automatic"}"#)
            #expect(try await world.send("DELETE", "certificate-templates/\(id)", as: world.admin).status == 204)
            #expect(try await world.send("GET", "certificate-templates/\(id)", as: world.admin).status == 404)
        }
    }

    @Test func `a change of what was changed meanwhile is refused, and names are taken once`() async throws {
        try await CertificateWorld.with { world in
            let made = try await create(in: world)
            #expect(try await create(in: world).code == "CERTIFICATE_TEMPLATE_NAME_TAKEN")
            let path = "certificate-templates/\(made.json.certificateID)"
            let tag = try #require(made[.etag])
            let json = #"{"name":"Ours","texts":\#(Self.texts)}"#
            let changed = try await world.send("PUT", path, as: world.admin, json, fields: ["If-Match: \(tag)"])
            #expect(changed.status == 200 && changed.json["layout"]?.text == "classic")
            let late = try await world.send("PUT", path, as: world.admin, json, fields: ["If-Match: \(tag)"])
            #expect(late.status == 412)
            let image = #"{"png":"\#(CertificateImageRequest.pixel)"}"#
            let stale = try await world.send(
                "PUT",
                "\(path)/images/signature",
                as: world.admin,
                image,
                fields: ["If-Match: \(tag)"]
            )
            #expect(stale.status == 412)
            #expect(try await world.send("GET", "certificate-templates", as: world.admin).items.count == 1)
        }
    }

    @Test func `only those who manage certificates see templates`() async throws {
        try await CertificateWorld.with { world in
            let id = try await create(in: world).json.certificateID
            for session in [world.teacher, world.student] {
                for path in [
                    "certificate-templates", "certificate-templates/\(id)", "certificate-templates/\(id)/preview",
                ] {
                    #expect(try await world.send("GET", path, as: session).status == 403)
                }
            }
            let preview = try await world.send(
                "GET",
                "certificate-templates/\(id)/preview?language=ar",
                as: world.admin
            )
            #expect(preview.status == 200 && preview.text.contains("learner: محمد"))
        }
    }

    @Test(
        arguments: [
            (#"{"en":{"heading":"Hello {learner}"}}"#, 422), (#"{"en":{"heading":"A","statement":"{password}"}}"#, 422),
            (#"{"en":{"heading":"A","statement":"{{learner}}"}}"#, 422),
            (#"{"en":{"heading":"A","detail":"{learner"}}"#, 422), (#"{"en":{"heading":"A","detail":"}"}}"#, 422),
            (#"{"en":{"heading":"\u200b"}}"#, 422), ("{}", 422), (#"{"fr":{"heading":"A"}}"#, 400),
            (#"{"en":{"heading":"A","presentation":"{learner}: {number}"}}"#, 201),
        ]
    )
    func `attack: braces stand for what there is and nothing else`(texts: String, status: Int) async throws {
        try await CertificateWorld.with { world in
            let reply = try await create(in: world, texts)
            #expect(reply.status == status, "\(reply.text)")
        }
    }

    @Test func `attack: a name in braces is a name`() async throws {
        try await CertificateWorld.with { world in
            let made = try await create(in: world, #"{"en":{"heading":"A","statement":"{learner} knows {course}"}}"#)
            let rule = #"{"issuance":"automatic","certificateTemplateId":"\#(made.json.certificateID)"}"#
            _ = try await world.send(
                "PUT",
                "courses/\(world.learning.course)/certificate-rule",
                as: world.teacher,
                rule
            )
            try await world.rename(world.student, to: "{number} <b>{course}</b>")
            let text = try await drawn(world.student, in: world)
            #expect(text.contains("learner: {number} <b>{course}</b>"))
            #expect(text.contains("statement: {number} <b>{course}</b> knows Physics"))
        }
    }

    @Test(arguments: ["R0lGODlhAQABAAAAACw=", "PHN2Zz48c2NyaXB0Lz48L3N2Zz4=", "not base 64!", "AAAA"])
    func `attack: an image is what its bytes say, whatever they are called`(bytes: String) async throws {
        try await CertificateWorld.with { world in
            let id = try await create(in: world).json.certificateID
            let path = "certificate-templates/\(id)/images/logo"
            let reply = try await world.send("PUT", path, as: world.admin, #"{"png":"\#(bytes)"}"#)
            #expect(reply.status == 422 && reply.code == "CERTIFICATE_IMAGE_REFUSED")
        }
    }

    /// What is drawn of the certificate that somebody earns.
    private func drawn(_ session: PlatformHost.Session, in world: CertificateWorld) async throws -> String {
        let id = try await world.certify(session).certificateID
        return try await world.send("GET", "certificates/\(id)/pdf", as: session).text
    }
}
