// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Accounts at the push services, with keys that sign.
enum PlantedPush {
    /// What the console of Firebase gives out.
    static let serviceAccount: JSONValue = .object([
        JSONMember(name: "type", value: "service_account"),
        JSONMember(name: "project_id", value: "academy"),
        JSONMember(name: "client_email", value: "push@academy.iam.gserviceaccount.com"),
        JSONMember(name: "private_key_id", value: "0123456789abcdef"),
        JSONMember(name: "private_key", value: .string(rsaKey)),
    ])

    /// A `.p8` file.
    static let appleKey = newKey("EC", "ec_paramgen_curve:P-256")
    private static let rsaKey = newKey("RSA", "rsa_keygen_bits:2048")

    /// Has a tenant tell browsers and apps.
    static func plant(at tenant: TestTenant, _ host: PlatformHost) async throws {
        let accounts = host.platform.lms.push.accounts
        // Made when it is first asked for, which the suite does not count as a change.
        _ = try await accounts.vapidKey(of: tenant.id, tenants: tenant.tenants)
        let fcm = try #require(
            FCMAccount(
                project: "academy",
                client: "push@academy.iam.gserviceaccount.com",
                keyName: "0123456789abcdef"
            )
        )
        let apns = try #require(
            APNsAccount(keyName: "ABC123DEFG", team: "DEF123GHIJ", topic: "org.example.academy", isSandbox: false)
        )
        try await tenant.transaction(as: Principal(.system("test"), grants: BuiltInRole.owner.grants)) { session in
            try await accounts.set(fcm, key: Secret(rsaKey), session: session)
            try await accounts.set(apns, key: Secret(appleKey), session: session)
        }
    }

    /// A key in PEM; no text without `openssl`, which the routes then refuse.
    private static func newKey(_ kind: String, _ option: String) -> String {
        let arguments = ["genpkey", "-algorithm", kind, "-pkeyopt", option, "-quiet"]
        // The routes that take the key say what is wrong.
        return (try? Program.run("/usr/bin/openssl", arguments).text) ?? ""
    }
}
