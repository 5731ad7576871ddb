// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What the log has that is no change: refusals of who signed in, and reads of what is others'.
extension Pipeline {
    /// Records that somebody who signed in was refused; the refusal is answered whether it could be recorded or not.
    func recordRefusal(_ call: borrowing Call) async {
        guard let audit = services.audit, let site = call.site, var principal = call.principal, call.route >= 0,
            principal.kind != .anonymous
        else { return }
        let route = served[call.route].route
        var permission: Permission?
        if case .permission(let needed) = route.access { permission = needed }
        principal.origin = HostContext(facts: call.facts, tenantLanguage: nil).origin
        do {
            try await audit.note(
                .refused(permission),
                about: route.name,
                by: principal,
                at: site.tenant.id,
                tenants: services.tenants
            )
        } catch {
            recorder.note(.error, "audit.failed", call.facts.requestID, "\(error)")
        }
    }

    /// Records a read before it is answered: what cannot be recorded is not shown.
    ///
    /// Nobody's own things are recorded: they are theirs to read.
    func recordRead(_ action: StaticString, _ raw: RawInput, _ context: RequestContext) async throws {
        guard let audit = services.audit else { return }
        let object = raw.path.first?.value.text.flatMap { UUID(uuidString: $0) }
        if let object, object == context.principal.user?.uuid { return }
        try await audit.note(
            AuditEvent(action, onAny: object),
            by: context.acting,
            at: context.tenant.id,
            tenants: services.tenants
        )
    }
}
