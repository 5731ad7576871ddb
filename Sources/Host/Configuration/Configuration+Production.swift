// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSPostgresDriver
internal import LMSTenancy

/// What must not be in production: nothing there is a default, an example or in the clear.
extension Configuration {
    func productionProblems(isDebugging: Bool) -> [String] {
        var problems: [String] = []
        if isDebugging { problems.append("LMS_DEBUG must be off in production") }
        if baseDomains.contains(where: { $0 == "localhost" || $0.hasPrefix("example.") || $0.contains(".example") }) {
            problems.append("LMS_BASE_DOMAINS must be your own domains in production")
        }
        problems += databaseProblems
        problems += secretProblems
        problems += redis?.productionProblems ?? []
        if http.certificateFile == nil, http.trustedProxies.isEmpty {
            problems.append(
                "production needs TLS: set LMS_TLS_CERTIFICATE_FILE and LMS_TLS_KEY_FILE, or LMS_TRUSTED_PROXIES to the proxy that ends TLS"
            )
        }
        return problems
    }

    private var databaseProblems: [String] {
        guard let serving = database.serving else {
            return ["DATABASE_URL is missing: production does not use the embedded PostgreSQL"]
        }
        var problems: [String] = []
        let urls = [("DATABASE_URL", serving)] + (database.provisioner.map { [("LMS_PROVISIONER_URL", $0)] } ?? [])
        for (name, url) in urls {
            if !url.address.isEncrypted {
                problems.append("\(name) must not send data in the clear: add sslmode=verify-full, or use a socket")
            }
            if Configuration.isGuessable(url.password) {
                problems.append("\(name) has no password, or one that is too short or well known")
            }
        }
        if database.administration != nil {
            problems.append("LMS_DATABASE_ADMIN_URL is a superuser's and is only for lms database harden: unset it")
        }
        return problems
    }

    private var secretProblems: [String] {
        var problems: [String] = []
        for key in secrets.masterKeys where Set(key.bytes.reveal()).count < 8 {
            let variable =
                key.name == MasterKeyFile.environmentName ? "LMS_MASTER_KEY" : "LMS_MASTER_KEY_FILE: \(key.name)"
            problems.append("\(variable) is not random")
        }
        if secrets.masterKeys.isEmpty {
            problems.append("LMS_MASTER_KEY is missing; make one with: lms doctor --new-key")
        }
        if let file = secrets.masterKeyFile, MasterKeyFile.isExposed(file) {
            problems.append("LMS_MASTER_KEY_FILE can be read by others than its owner: chmod 600")
        }
        return problems
    }

    static func isGuessable(_ password: Secret<String>) -> Bool {
        let text = password.reveal().lowercased()
        let examples = ["postgres", "password", "changeme", "change-me", "secret", "example", "admin", "lms", "test"]
        return text.utf8.count < 16 || Set(text).count < 6 || examples.contains(text)
    }
}
