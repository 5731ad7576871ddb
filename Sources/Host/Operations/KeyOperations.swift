// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `lms keys …`: does something to the keys of one tenant or of all.
///
/// It needs no more than the serving process's logins: keys are rows in the tenants' schemas. A run that is interrupted is started
/// again; what is done stays done.
struct KeyOperations: Sendable {
    let installation: Installation
    let lms: LMSKit.LMS

    static let principal = Principal(.system("operator"), grants: Grants())

    /// What became of a tenant.
    struct Outcome: Sendable {
        let tenant: Tenant
        /// What was done, for people; why not, if it failed.
        let text: String
        let isGood: Bool
    }

    /// Does something to each tenant; one that fails does not keep the others from it.
    ///
    /// - Parameters:
    ///   - slug: The only tenant; all if there is none.
    ///   - report: Told what became of each.
    ///   - body: Does it, and says what it did.
    /// - Returns: Whether all succeeded.
    /// - Throws: `CommandFailure` if there is no such tenant; `TenantAdministrationError`.
    func each(
        _ slug: String?,
        report: (Outcome) -> Void,
        _ body: (Tenant) async throws -> (text: String, isGood: Bool)
    ) async throws -> Bool {
        var isGood = true
        var last: TenantSlug?
        if let slug {
            let tenant = try await TenantOperations(installation: installation, lms: lms).find(slug)
            return try await run(tenant, report: report, body)
        }
        repeat {
            let page = try await installation.administration.list(after: last, limit: 100)
            for tenant in page { isGood = try await run(tenant, report: report, body) && isGood }
            last = page.count == 100 ? page.last?.slug : nil
        } while last != nil
        return isGood
    }

    private func run(
        _ tenant: Tenant,
        report: (Outcome) -> Void,
        _ body: (Tenant) async throws -> (text: String, isGood: Bool)
    ) async throws -> Bool {
        do {
            let (text, isGood) = try await body(tenant)
            report(Outcome(tenant: tenant, text: text, isGood: isGood))
            return isGood
        } catch let error as KeyError {
            report(Outcome(tenant: tenant, text: error.advice, isGood: false))
        } catch TokenError.keys(let error) {
            report(Outcome(tenant: tenant, text: error.advice, isGood: false))
        } catch {
            report(Outcome(tenant: tenant, text: "\(error)", isGood: false))
        }
        return false
    }
}

extension KeyError {
    /// What is wrong and what to do, for people.
    var advice: String {
        switch self {
        case .masterKeyMissing(let name): "the master key \(name) is missing: add it to LMS_MASTER_KEY_FILE"
        case .unusable: "a stored key or secret does not open: it was changed, or another master key has the same name"
        case .database(let error): "\(error)"
        }
    }
}
