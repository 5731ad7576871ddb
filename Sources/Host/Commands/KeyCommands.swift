// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

struct KeyArguments: CommandArguments {
    let tenant: String?

    init(arguments: inout ArgumentReader) {
        tenant = arguments.optional("tenant", "SLUG", "Only this tenant; all unless said")
    }
}

struct SigningKeyArguments: CommandArguments {
    let tenant: String?
    let isUrgent: Bool

    init(arguments: inout ArgumentReader) {
        tenant = arguments.optional("tenant", "SLUG", "Only this tenant; all unless said")
        isUrgent = arguments.flag("now", "Refuse what earlier keys signed: everybody has to refresh their tokens")
    }
}

extension Command {
    /// `lms keys …`.
    static let keys: [Command] = [
        keysList, keysRotateSigning, keysRotateBadges, keysRotateTenant, keysReseal, keysRewrap,
    ]

    private static let keysList = Command(
        "keys list",
        "List the keys of tenants and what seals them",
        KeyArguments.self
    ) { arguments, console in
        let operations = try KeyOperations.connecting(console)
        console.print("Master key: \(operations.lms.keyRotation.currentMasterKey)")
        return try await operations.run(arguments.tenant, console) { tenant in
            let reader = operations.installation.tenants.reader(for: tenant.id, as: KeyOperations.principal)
            let status = try await operations.lms.keyRotation.status(reader: reader)
            var lines = status.dataKeys.map { "data \($0.id) under \($0.masterKey), \($0.createdAt.day)" }
            lines += status.signingKeys.map { "signing \($0.name) \($0.state.rawValue), \($0.createdAt.day)" }
            return (lines.isEmpty ? "no keys yet" : lines.map { "\n  \($0)" }.joined(), true)
        }
    }

    private static let keysRotateSigning = Command(
        "keys rotate-signing",
        "Let a new key sign access tokens, two minutes after it is published",
        SigningKeyArguments.self
    ) { arguments, console in
        let operations = try KeyOperations.connecting(console)
        return try await operations.run(arguments.tenant, console) { tenant in
            let signsAt = try await operations.lms.keyRotation.rotateSigningKey(
                tenant.id,
                arguments.isUrgent ? .immediately : .published,
                tenants: operations.installation.tenants
            )
            return ("the new key signs from \(signsAt.ISO8601Format())", true)
        }
    }

    private static let keysRotateBadges = Command(
        "keys rotate-badges",
        "Let a new key sign badges; what earlier ones signed is still verified",
        KeyArguments.self
    ) { arguments, console in
        let operations = try KeyOperations.connecting(console)
        return try await operations.run(arguments.tenant, console) { tenant in
            do {
                let name = try await operations.lms.certificates.rotateKey(
                    of: tenant.id,
                    tenants: operations.installation.tenants
                )
                try await operations.lms.certificates.keepIssuer(
                    of: tenant.id,
                    in: IssuerArchives(cell: operations.installation.control),
                    tenants: operations.installation.tenants
                )
                return ("\(name) signs now", true)
            } catch CertificateError.notFound {
                return ("has no badges", true)
            }
        }
    }

    private static let keysRotateTenant = Command(
        "keys rotate-tenant",
        "Give tenants a new data key and seal their secrets under it",
        KeyArguments.self
    ) { arguments, console in
        let operations = try KeyOperations.connecting(console)
        return try await operations.run(arguments.tenant, console) { tenant in
            let resealed = try await operations.lms.keyRotation.rotateDataKey(
                tenant.id,
                tenants: operations.installation.tenants
            )
            return (KeyOperations.text(resealed), true)
        }
    }

    private static let keysReseal = Command(
        "keys reseal",
        "Take up an interrupted rotate-tenant",
        KeyArguments.self
    ) { arguments, console in
        let operations = try KeyOperations.connecting(console)
        return try await operations.run(arguments.tenant, console) { tenant in
            let resealed = try await operations.lms.keyRotation.reseal(
                tenant.id,
                tenants: operations.installation.tenants
            )
            return (KeyOperations.text(resealed), true)
        }
    }

    private static let keysRewrap = Command(
        "keys rewrap",
        "Seal the data keys and the operators' second factors under the first master key, so that earlier ones can go",
        KeyArguments.self
    ) { arguments, console in
        let operations = try KeyOperations.connecting(console)
        let tenants = try await operations.run(arguments.tenant, console) { tenant in
            let done = try await operations.lms.keyRotation.rewrap(
                tenant.id,
                tenants: operations.installation.tenants
            )
            return ("\(done.count) sealed anew, \(done.left) left", done.left == 0)
        }
        guard arguments.tenant == nil else { return tenants }
        let operators = try await operations.lms.operators(control: operations.installation.control).rewrap()
        console.print(
            "\(operators.left == 0 ? "" : "FAILED ")operators: \(operators.count) sealed anew, \(operators.left) left"
        )
        return operators.left == 0 ? tenants : .failure
    }
}

extension KeyOperations {
    fileprivate static func connecting(_ console: Console) throws -> KeyOperations {
        let platform = try Platform.connecting(console)
        return KeyOperations(installation: platform.installation, lms: platform.lms)
    }

    fileprivate func run(
        _ slug: String?,
        _ console: Console,
        _ body: (Tenant) async throws -> (text: String, isGood: Bool)
    ) async throws -> ExitCode {
        let isGood = try await each(
            slug,
            report: { console.print("\($0.isGood ? "" : "FAILED ")\($0.tenant.slug): \($0.text)") },
            body
        )
        return isGood ? .success : .failure
    }

    fileprivate static func text(_ resealed: [KeyRotation.Resealed]) -> String {
        resealed.map { "\($0.column): \($0.count) sealed anew" }.joined(separator: ", ")
    }
}

extension Date {
    fileprivate var day: String { String(ISO8601Format().prefix(10)) }
}
