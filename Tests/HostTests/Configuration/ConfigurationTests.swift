// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct ConfigurationTests {
    private let sound = [
        "LMS_ENV": "production",
        "LMS_BASE_DOMAINS": "learn.acme.org",
        "DATABASE_URL": "postgres://lms_directory:kD83-hnqP-0Zm2-wv5T@db.internal/lms?sslmode=verify-full",
        "LMS_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "LMS_TRUSTED_PROXIES": "10.0.0.0/8",
        "LMS_SMTP_URL": "smtp://postmaster:pw@mail.acme.org",
    ]

    private func problems(_ changes: [String: String]) -> [String] {
        do {
            _ = try Configuration(sound.merging(changes) { $1 })
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `an empty environment is a development one`() throws {
        let configuration = try Configuration([:])
        #expect(configuration.environment == .development)
        #expect(configuration.http.port == 8080)
        #expect(configuration.baseDomains == ["localhost"])
        #expect(configuration.showsReference)
        #expect(configuration.database.serving == nil)
    }

    @Test func `a sound production environment starts and shows no reference`() throws {
        let configuration = try Configuration(sound)
        #expect(!configuration.showsReference)
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("LMS_MASTER_KEY", "", "LMS_MASTER_KEY is missing"),
            ("LMS_MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "LMS_MASTER_KEY is not random"),
            ("LMS_MASTER_KEY", "c2hvcnQ", "LMS_MASTER_KEY must be at least 32 bytes"),
            (
                "DATABASE_URL", "postgres://lms:changeme@db/lms?sslmode=verify-full",
                "DATABASE_URL has no password, or one that"
            ),
            (
                "DATABASE_URL", "postgres://lms:kD83-hnqP-0Zm2-wv5T@db/lms",
                "DATABASE_URL must not send data in the clear"
            ),
            ("DATABASE_URL", "", "DATABASE_URL is missing"),
            ("DATABASE_URL", "mysql://db/lms", "DATABASE_URL: The database URL is not valid"),
            ("LMS_BASE_DOMAINS", "localhost", "LMS_BASE_DOMAINS must be your own"),
            ("LMS_TRUSTED_PROXIES", "", "production needs TLS"),
            ("LMS_DEBUG", "on", "LMS_DEBUG must be off"),
            ("REDIS_URL", "redis://:kD83-hnqP-0Zm2-wv5T@cache.internal", "REDIS_URL must not send data in the clear"),
            ("REDIS_URL", "rediss://:changeme@cache.internal", "REDIS_URL has no password, or one that"),
            ("REDIS_URL", "rediss://cache.internal", "REDIS_URL has no password, or one that"),
            ("REDIS_URL", "http://cache.internal", "REDIS_URL must be like redis://"),
            ("LMS_TLS_KEY_FILE", "key.pem", "belong together"),
            ("LMS_HTTP_PORT", "eighty", "LMS_HTTP_PORT must be a whole number from 0 to 65535, not \"eighty\""),
        ]
    )
    func `production does not start with this`(name: String, value: String, problem: String) {
        let problems = problems([name: value])
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }

    @Test(arguments: [
        "redis://127.0.0.1:6379", "redis://localhost/3", "rediss://app:kD83-hnqP-0Zm2-wv5T@cache.internal:6380/1",
    ])
    func `production starts with a Redis that is on this machine, or encrypted and with a good password`(
        url: String
    ) throws {
        #expect(problems(["REDIS_URL": url]).isEmpty)
        let configuration = try Configuration(sound.merging(["REDIS_URL": url]) { $1 })
        #expect(configuration.redis != nil)
        #expect(!"\(configuration)".contains("kD83-hnqP"), "a secret is shown")
    }

    @Test func `all problems are told at once and none shows a secret`() {
        let problems = problems([
            "DATABASE_URL": "postgres://lms:changeme@db/lms", "LMS_MASTER_KEY": "aHVudGVyMg", "LMS_HTTP_PORT": "-1",
            "LMS_DOCS": "maybe", "REDIS_URL": "redis://me:changeme@host:x",
        ])
        #expect(problems.count >= 4)
        #expect(!problems.joined().contains("changeme"))
        #expect(!problems.joined().contains("aHVudGVyMg"))
    }

    @Test func `a misspelled setting is a warning`() throws {
        let configuration = try Configuration(["LMS_HTTP_PROT": "9000", "LMS_TEST_DATABASE_URL": "x"])
        #expect(configuration.warnings == ["LMS_HTTP_PROT is no setting of this version and was ignored"])
    }
}
