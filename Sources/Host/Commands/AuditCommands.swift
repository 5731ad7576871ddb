// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct AuditVerifyArguments: CommandArguments {
    let tenant: String
    let expected: AuditHead?

    init(arguments: inout ArgumentReader) {
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        expected = arguments.optional("expect", "POSITION:HASH", "What an earlier run printed as the end") { text in
            let parts = text.split(separator: ":")
            guard parts.count == 2, let position = Int(parts[0]), let hash = [UInt8](hexadecimal: parts[1]) else {
                return nil
            }
            return AuditHead(position: position, hash: hash)
        }
    }
}

extension Command {
    /// `lms audit verify`.
    static let auditVerify = Command(
        "audit verify",
        "Check that nobody changed a tenant's audit log; fails if somebody did",
        AuditVerifyArguments.self
    ) { arguments, console in
        let operations = try TenantOperations.connecting(console)
        let tenant = try await operations.find(arguments.tenant)
        let reader = operations.installation.tenants.reader(for: tenant.id, as: KeyOperations.principal)
        let result = try await operations.lms.auditLog.verify(expecting: arguments.expected, reader: reader)
        console.print("\(tenant.slug): \(result.checked) rows checked, \(result.anchors) anchors agree")
        if result.prunedThrough > 0 { console.print("Rows 1 to \(result.prunedThrough) were pruned") }
        if result.unchained > 0 { console.print("\(result.unchained) rows are older than the chain") }
        if let head = result.head { console.print("End: \(head.position):\(head.hash.hexadecimal)") }
        for finding in result.findings {
            let place = finding.position.map { " at \($0)" } ?? ""
            let count = finding.count.map { " (\($0) rows)" } ?? ""
            console.print("WRONG: \(finding.kind)\(place)\(count)")
        }
        return result.isSound ? .success : .failure
    }
}
