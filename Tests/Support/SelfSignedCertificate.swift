// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation

/// A certificate that signed itself, with its key, in files that go with it.
public final class SelfSignedCertificate: Sendable {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "lms-tls-\(UUID().uuidString)")
    /// The path of the certificate.
    public var file: String { directory.appending(path: "certificate.pem").path }
    /// The path of its private key.
    public var key: String { directory.appending(path: "key.pem").path }

    /// Makes one.
    ///
    /// - Parameter names: What it is good for, as OpenSSL writes it.
    /// - Throws: If OpenSSL fails.
    public init(for names: String = "IP:127.0.0.1,DNS:localhost") throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let made = try Program.run(
            "openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
                + ["-subj", "/CN=test", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", file]
        )
        guard made.status == 0 else { throw TestFailure("openssl failed: \(made.text)") }
    }

    deinit { remove() }

    /// Removes the files.
    public func remove() {
        try? FileManager.default.removeItem(at: directory)  // a temporary directory that stays does no harm
    }
}
