// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

#if Paper && Compression
    /// With the press that serves, read by programs that are not ours.
    @Suite struct CertificateFileTests {
        @Test(
            arguments: [
                ("Ada Lovelace", "en", "Certificate of Completion"), ("محمد الخوارزمي", "ar", "شهادة إتمام"),
            ]
        )
        func `a learner downloads a PDF with their name, a code that leads to the check, and the badge inside`(
            name: String,
            language: String,
            heading: String
        ) async throws {
            try await withTenant { tenant in
                let host = try await PlatformHost(certificates: .plain(press: try CertificatePresses.make()))
                let world = try await CertificateWorld(tenant, host: host)
                try await world.rename(world.student, to: name)
                let rule = #"{"issuance":"automatic","language":"\#(language)"}"#
                let path = "courses/\(world.learning.course)/certificate-rule"
                #expect(try await world.send("PUT", path, as: world.teacher, rule).status == 200)
                let certificate = try await world.certify(world.student)
                let number = certificate.certificateNumber
                let own = "certificates/\(certificate.certificateID)"
                let pdf = try await world.send("GET", "\(own)/pdf", as: world.student)
                #expect(pdf.status == 200 && pdf["content-type"] == "application/pdf")
                let folder = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: folder) }
                let file = folder.appending(path: "certificate.pdf").path
                try Data(pdf.bytes).write(to: URL(filePath: file))
                let text = try read("pdftotext", file, "-").plain
                for words in [name, heading, "Physics", number] {
                    #expect(text.contains(words.plain), "\(words) in \(text)")
                }
                let page = folder.appending(path: "page").path
                _ = try read("pdftoppm", "-r", "110", "-png", "-singlefile", file, page)
                #expect(try read("zbarimg", "--quiet", "--raw", "\(page).png").contains("/verify/\(number)"))
                let attached = folder.appending(path: "badge.jwt")
                _ = try read("pdfdetach", "-savefile", "badge.jwt", "-o", attached.path, file)
                let badge = try await world.send("GET", "\(own)/badge.jwt", as: world.student)
                #expect(try String(contentsOf: attached, encoding: .utf8) == badge.text)
                let picture = folder.appending(path: "badge.png")
                try Data(try await world.send("GET", "\(own)/badge.png", as: world.student).bytes).write(to: picture)
                let bundle = try await world.send("GET", "\(own)/badge", as: world.student).text
                let python = try PeerPrograms.installed("python")
                let peer = PeerPrograms.file("Tests/Peers/badge_peer.py")
                let found = try Program.run(
                    python,
                    [peer, world.student.email, "png", picture.path],
                    input: .text(bundle)
                )
                #expect(found.text.hasPrefix("valid Physics | \(name) | True"), "\(found.text)")
            }
        }

        private func read(_ program: String, _ arguments: String...) throws -> String {
            let run = try Program.run(program, arguments)
            try #require(run.status == 0, "\(program): \(run.text)")
            return run.text
        }
    }

    extension String {
        /// Without what poppler puts around words that are read from the right, and with lam and alef apart.
        fileprivate var plain: String {
            String(String.UnicodeScalarView(unicodeScalars.filter { !(0x202A...0x202C).contains($0.value) }))
                .precomposedStringWithCompatibilityMapping
        }
    }
#endif
