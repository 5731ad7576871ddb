// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

#if Compression
    @Suite struct BadgeTests {
        @Test func `a badge is checked offline from its bundle, by two verifiers that know nothing of us`() async throws
        {
            try await CertificateWorld.with { world in
                try await world.rename(world.student, to: "Ada Lovelace")
                let certificate = try await world.certify(world.student)
                let bundle = try await self.bundle(of: certificate, in: world)
                #expect(try BadgeVerifiers.own(bundle.text) == "valid Physics")
                #expect(
                    try BadgeVerifiers.openBadgesLib(bundle.text, world.student.email)
                        == "valid Physics | Ada Lovelace | True"
                )
                #expect(
                    try BadgeVerifiers.openBadgesLib(bundle.text, "somebody@example.org")
                        == "valid Physics | Ada Lovelace | False"
                )
                let token = try await world.send(
                    "GET",
                    "certificates/\(certificate.certificateID)/badge.jwt",
                    as: world.student
                )
                #expect(token.text == bundle.json["credential"]?.text)
            }
        }

        @Test func `attack: a badge vouches for no address that its learner only typed`() async throws {
            try await CertificateWorld.with { world in
                try await world.rename(world.student, to: "Ada Lovelace")
                try await world.forgetProof(of: world.student)
                let certificate = try await world.certify(world.student)
                let bundle = try await self.bundle(of: certificate, in: world)
                #expect(try BadgeVerifiers.own(bundle.text) == "valid Physics")
                #expect(
                    try BadgeVerifiers.openBadgesLib(bundle.text, world.student.email)
                        == "valid Physics | Ada Lovelace | False"
                )
                let parts = try #require(bundle.json["credential"]?.text).split(separator: ".").map(String.init)
                let claims = try JSONValue.parse(try #require(Base64URL.decode(parts[1])))
                let identity = claims["credentialSubject"]?["identifier"]?[1]
                #expect(identity?["identityType"]?.text == "accountId")
                let salted = world.student.user + (identity?["salt"]?.text ?? "")
                let digest = world.host.platform.cryptography.sha256(Array(salted.utf8))
                    .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(identity?["identityHash"]?.text == "sha256$\(digest)")
            }
        }

        @Test func `what is baked into pictures is the badge`() async throws {
            try await CertificateWorld.with { world in
                let certificate = try await world.certify(world.student)
                let bundle = try await self.bundle(of: certificate, in: world).text
                for kind in ["svg", "png"] {
                    let path = "certificates/\(certificate.certificateID)/badge.\(kind)"
                    let picture = try await world.send("GET", path, as: world.student)
                    #expect(picture.status == 200)
                    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).\(kind)")
                    try Data(picture.bytes).write(to: file)
                    defer { try? FileManager.default.removeItem(at: file) }
                    let found = try BadgeVerifiers.openBadgesLib(bundle, world.student.email, kind, file.path)
                    #expect(found.hasPrefix("valid Physics"), "\(kind): \(found)")
                }
            }
        }

        @Test func `revoked, superseded and erased ones are set in the status list at once, and no others`()
            async throws
        {
            try await CertificateWorld.with { world in
                let certificate = try await world.certify(world.student)
                let other = try await world.certify(world.other)
                let before = try await bundle(of: certificate, in: world).text
                #expect(try await world.revoke(certificate.certificateID, as: world.admin).status == 200)
                let after = try await bundle(of: certificate, in: world, as: world.admin).text
                #expect(try BadgeVerifiers.own(after) == "revoked")
                #expect(try BadgeVerifiers.openBadgesLib(after, world.student.email).contains("'revocation' is set"))
                // What was saved before says what was known then.
                #expect(try BadgeVerifiers.own(before) == "valid Physics")
                let theirs = try await bundle(of: other, in: world, as: world.other)
                #expect(try BadgeVerifiers.own(theirs.text) == "valid Physics")
                let user = try #require(User.ID(world.other.user))
                try await world.tenant.transaction { session in
                    _ = try await world.host.platform.lms.users.erase(user, session: session)
                }
                let list = try await world.send("GET", "certificates/status-lists/0", as: nil)
                #expect(list[.cacheControl] == "no-store")
                let stale = theirs.json["statusList"]?["credential"]?.text ?? ""
                #expect(try BadgeVerifiers.own(theirs.text.replacing(stale, with: list.text)) == "revoked")
                #expect(try await world.send("GET", "certificates/status-lists/1", as: nil).status == 404)
            }
        }

        @Test func `a status list is signed once for what it says, and anew when that changes or grows old`()
            async throws
        {
            try await CertificateWorld.with { world in
                let certificate = try await world.certify(world.student)
                func list() async throws -> String {
                    try await world.send("GET", "certificates/status-lists/0", as: nil).text
                }
                let first = try await list()
                world.host.platform.clock.advance(by: 100)
                #expect(try await list() == first)
                #expect(try await world.revoke(certificate.certificateID, as: world.admin).status == 200)
                let revoked = try await list()
                #expect(revoked != first)
                // Another process, which knows nothing of what this one did, tells the same.
                let elsewhere = try await PlatformHost(clock: world.host.platform.clock)
                let target = "/api/v1/certificates/status-lists/0"
                #expect(try await elsewhere.send("GET", target, to: world.tenant).text == revoked)
                world.host.platform.clock.advance(by: 240)
                #expect(try await list() != revoked)
            }
        }

        @Test func `the issuer is found where did:web says, and its archive holds what badges name`() async throws {
            try await CertificateWorld.with { world in
                #expect(try await document(of: world).status == 404)
                let certificate = try await world.certify(world.student)
                let bundle = try await self.bundle(of: certificate, in: world)
                let document = try await document(of: world)
                #expect(document.json == bundle.json["didDocument"])
                #expect(document.json["id"]?.text == "did:web:localhost:issuers:\(world.tenant.id)")
                #expect(!document.text.contains(#""d":"#))
                let archive = try await world.send("GET", "certificates/issuer-archive", as: world.admin)
                #expect(archive.json["didDocument"] == document.json)
                let list = archive.json["statusLists"]?[0]
                #expect(list?["url"] == bundle.json["statusList"]?["url"])
                let stored = bundle.json["statusList"]?["credential"]?.text ?? ""
                let archived = bundle.text.replacing(stored, with: list?["credential"]?.text ?? "")
                #expect(try BadgeVerifiers.own(archived) == "valid Physics")
                #expect(try await world.send("GET", "certificates/issuer-archive", as: world.teacher).status == 403)
            }
        }

        @Test func `attack: who takes over the name of an organization is not the issuer of its badges`() async throws {
            try await withTwoTenants { home, abroad in
                let here = try await CertificateWorld(home)
                let there = try await CertificateWorld(abroad)
                let bundle = try await self.bundle(of: try await here.certify(here.student), in: here)
                _ = try await there.certify(there.student)
                let issuer = try #require(bundle.json["didDocument"]?["id"]?.text)
                #expect(!issuer.contains(home.tenant.slug.description))
                let own = try await document(of: here)
                #expect(own.json["id"]?.text == issuer)
                #expect(try await document(of: there).json["id"]?.text != issuer)
                for tenant in [home, abroad] {
                    let named = try await here.host.send("GET", "/.well-known/did.json", to: tenant)
                    #expect(named.status == 404)
                    // At an organization's address nobody is told who another one is.
                    let path = "/issuers/\(home.id)/did.json"
                    #expect(try await here.host.send("GET", path, to: tenant).status == 404)
                }
                let list = try #require(bundle.json["statusList"]?["url"]?.text)
                #expect(list == "https://localhost/issuers/\(home.id)/status-lists/0")
                let path = String(list.dropFirst("https://localhost".count))
                let stored = bundle.json["statusList"]?["credential"]?.text ?? ""
                let read = try await here.host.sendToPlatform("GET", path)
                #expect(try BadgeVerifiers.own(bundle.text.replacing(stored, with: read.text)) == "valid Physics")
                let never = try await here.host.sendToPlatform("GET", "/issuers/\(CertificateWorld.never)/did.json")
                #expect(never.status == 404 && never.code == "CERTIFICATE_NOT_FOUND")
            }
        }

        @Test func `an issuer that was named after the address of its organization stays who it is`() async throws {
            try await CertificateWorld.with { world in
                let certificate = try await world.certify(world.student)
                let host = "\(world.tenant.tenant.slug).localhost"
                try await world.tenant.transaction { session in
                    _ = try await session.execute("UPDATE credential_keys SET address = \("https://\(host)")")
                }
                let bundle = try await self.bundle(of: certificate, in: world)
                #expect(bundle.json["didDocument"]?["id"]?.text == "did:web:\(host)")
                #expect(bundle.json["didDocumentUrl"]?.text == "https://\(host)/.well-known/did.json")
                let url = "https://\(host)/api/v1/certificates/status-lists/0"
                #expect(bundle.json["statusList"]?["url"]?.text == url)
                let named = try await world.host.send("GET", "/.well-known/did.json", to: world.tenant)
                #expect(named.json == bundle.json["didDocument"])
                #expect(try BadgeVerifiers.own(bundle.text) == "valid Physics")
                #expect(try BadgeVerifiers.openBadgesLib(bundle.text, world.student.email).hasPrefix("valid Physics"))
            }
        }

        @Test func `a new key signs badges, and what the key before signed goes on being verified and revoked`()
            async throws
        {
            try await CertificateWorld.with { world in
                let lms = world.host.platform.lms
                await #expect(throws: CertificateError.notFound) {
                    _ = try await lms.certificates.rotateKey(of: world.tenant.id, tenants: world.tenant.tenants)
                }
                let certificate = try await world.certify(world.student)
                let before = try await bundle(of: certificate, in: world)
                let name = try await lms.certificates.rotateKey(of: world.tenant.id, tenants: world.tenant.tenants)
                let after = try await bundle(of: certificate, in: world)
                let keys = after.json["didDocument"]?["verificationMethod"]
                #expect(
                    keys?[0]?["id"]?.text == name && keys?[1] == before.json["didDocument"]?["verificationMethod"]?[0]
                )
                #expect(after.json["didDocument"]?["id"] == before.json["didDocument"]?["id"])
                #expect(try BadgeVerifiers.own(after.text) == "valid Physics")
                // What was downloaded before, against who the issuer is now.
                let (old, new) = (
                    try #require(before.json["credential"]?.text), try #require(after.json["credential"]?.text)
                )
                #expect(old != new)
                #expect(try BadgeVerifiers.own(after.text.replacing(new, with: old)) == "valid Physics")
                #expect(
                    try BadgeVerifiers.openBadgesLib(after.text.replacing(new, with: old), world.student.email)
                        .hasPrefix("valid Physics")
                )
                #expect(try await world.revoke(certificate.certificateID, as: world.admin).status == 200)
                let revoked = try await bundle(of: certificate, in: world, as: world.admin)
                let current = try #require(revoked.json["credential"]?.text)
                #expect(try BadgeVerifiers.own(revoked.text.replacing(current, with: old)) == "revoked")
            }
        }

        @Test func `the key that signs badges is sealed, and a new data key takes it over`() async throws {
            try await CertificateWorld.with { world in
                let certificate = try await world.certify(world.student)
                let before = try await bundle(of: certificate, in: world).json["credential"]
                let lms = world.host.platform.lms
                let resealed = try await lms.keyRotation.rotateDataKey(world.tenant.id, tenants: world.tenant.tenants)
                #expect(resealed.first { $0.column == "credential_keys.sealed_private_key" }?.count == 1)
                #expect(try await bundle(of: certificate, in: world).json["credential"] == before)
            }
        }

        @Test func `attack: altered, unsigned and foreign badges are refused`() async throws {
            try await withTwoTenants { home, abroad in
                let here = try await CertificateWorld(home)
                let there = try await CertificateWorld(abroad)
                let bundle = try await bundle(of: try await here.certify(here.student), in: here)
                let foreign = try await self.bundle(of: try await there.certify(there.student), in: there)
                let token = bundle.json["credential"]?.text ?? ""
                let parts = token.split(separator: ".").map(String.init)
                let claims = String(decoding: try #require(Base64URL.decode(parts[1])), as: UTF8.self)
                let forged = Base64URL.encode(claims.replacing("Physics", with: "Surgery").utf8)
                let none = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
                let header = String(decoding: try #require(Base64URL.decode(parts[0])), as: UTF8.self)
                let symmetric = Base64URL.encode(header.replacing("EdDSA", with: "HS256").utf8)
                let attempts = [
                    "\(parts[0]).\(forged).\(parts[2])", "\(none).\(parts[1]).", "\(none).\(forged).\(parts[2])",
                    "\(symmetric).\(parts[1]).\(parts[2])", foreign.json["credential"]?.text ?? "",
                ]
                for attempt in attempts {
                    let text = bundle.text.replacing(token, with: attempt)
                    #expect(try BadgeVerifiers.own(text).hasPrefix("refused"))
                    #expect(try BadgeVerifiers.openBadgesLib(text, here.student.email).hasPrefix("refused"))
                }
                let list = bundle.json["statusList"]?["credential"]?.text ?? ""
                let theirs = foreign.json["statusList"]?["credential"]?.text ?? ""
                #expect(try BadgeVerifiers.own(bundle.text.replacing(list, with: theirs)).hasPrefix("refused"))
            }
        }

        @Test func `a badge is verified from its bundle and by the operator's archive once its organization is purged`()
            async throws
        {
            let host = try await PlatformHost()
            let own = try await Self.tenant(host)
            let world = try await CertificateWorld(own, host: host)
            let (kept, taken) = (try await world.certify(world.student), try await world.certify(world.other))
            let before = try await bundle(of: kept, in: world)
            let revoked = try await bundle(of: taken, in: world, as: world.other)
            #expect(try await world.revoke(taken.certificateID, as: world.admin).status == 200)
            let archives = IssuerArchives(cell: own.installation.control)
            let certificates = host.platform.lms.certificates
            try await certificates.keepIssuer(of: own.id, in: archives, tenants: own.tenants)
            let live = try await document(of: world)
            let someone = try await host.operator()
            let gone = try await host.sendToPlatform(
                "DELETE",
                "/api/v1/platform/tenants/\(own.id)",
                token: someone.token
            )
            #expect(gone.status == 204)
            // Its grace is over, and not that of what other tests deleted just now.
            _ = try await own.installation.control.write(
                ["UPDATE tenants SET deleted_at = deleted_at - interval '2 days' WHERE id = \(own.id)"],
                scope: .control
            )
            #expect(try await own.installation.provisioner.purge(graceInDays: 1).contains(own.id))
            own.installation.directory.forget(own.id)
            #expect(try await own.installation.directory.find(id: own.id) == nil)
            #expect(try BadgeVerifiers.own(before.text) == "valid Physics")
            #expect(try await document(of: world).json == live.json)
            let url = try #require(before.json["didDocumentUrl"]?.text)
            #expect(url == "https://localhost/issuers/\(own.id)/did.json")
            let list = try await host.sendToPlatform("GET", "/issuers/\(own.id)/status-lists/0")
            for (bundle, verdict) in [(before, "valid Physics"), (revoked, "revoked")] {
                let stored = bundle.json["statusList"]?["credential"]?.text ?? ""
                #expect(try BadgeVerifiers.own(bundle.text.replacing(stored, with: list.text)) == verdict)
            }
            #expect(try await host.sendToPlatform("GET", "/issuers/\(own.id)/status-lists/1").status == 404)
            let archived = try await archives.find(own.id)
            for secret in [world.student.email, world.student.user, kept.certificateNumber, kept.certificateID] {
                #expect(!"\(String(describing: archived))".contains(secret))
            }
        }

        /// A tenant that is signed up here and may be purged.
        private static func tenant(_ host: PlatformHost) async throws -> TestTenant {
            let installation = try await TestInstallation.shared
            let someone = try await host.operator()
            let slug = "b\(IdentifierSource().next(Operator.self).description.suffix(12))"
            var made: TestReply
            repeat {
                // Another test may take the spare; the answer says to come again.
                try await installation.provisioner.build()
                made = try await host.sendToPlatform(
                    "POST",
                    "/api/v1/platform/tenants",
                    token: someone.token,
                    json: #"{"slug":"\#(slug)","name":"Leaves soon"}"#
                )
            } while made.json["code"]?.text == "NO_SPARE_TENANT"
            let id = try #require(made.json["id"]?.text.flatMap { TenantID($0) })
            return TestTenant(own: try #require(try await installation.directory.find(id: id)), in: installation)
        }

        private func bundle(
            of certificate: JSONValue,
            in world: CertificateWorld,
            as session: PlatformHost.Session? = nil
        ) async throws -> TestReply {
            let path = "certificates/\(certificate.certificateID)/badge"
            let reply = try await world.send("GET", path, as: session ?? world.student)
            guard reply.status == 200 else { throw TestFailure("\(reply.status) \(reply.text)") }
            return reply
        }

        private func document(of world: CertificateWorld) async throws -> TestReply {
            try await world.host.sendToPlatform("GET", "/issuers/\(world.tenant.id)/did.json")
        }
    }
#endif
