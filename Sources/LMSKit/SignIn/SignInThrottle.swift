// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Slows down who guesses passwords without locking anybody out.
///
/// Attempts are counted for an account as seen from one address, for the account as seen from everywhere, so that a
/// thousand addresses guess no faster than one, and for an address as a whole, so that one password is not tried on
/// every account. After a few free attempts each one must wait twice as long as the one before. Whoever comes from a
/// device that the user is remembered on is counted for that device alone: guesses from elsewhere do not keep them out.
///
/// Processes that share a ledger count together. What they count is counted here as well, so that a ledger that cannot be
/// reached leaves nobody with as many free attempts as at the beginning.
struct SignInThrottle: Sendable {
    private let shared: (any AttemptLedger)?
    private let local = LocalAttempts()

    init(sharing shared: (any AttemptLedger)? = nil) {
        self.shared = shared
    }

    /// Counts an attempt before it is made; `device` is the remembered device of the account that it comes from, if any.
    func attempt(
        _ account: String,
        at tenant: TenantID,
        from address: String,
        device: String? = nil,
        now: Date
    ) async throws(SignInError) {
        let subjects = AttemptSubject.all(account, tenant, address, device)
        var wait = await shared?.attempt(subjects, now: now)
        // What another process let wait was not counted, and is not counted here.
        if wait == nil || wait == 0 {
            let own = local.attempt(subjects, now: now) ?? 0
            if wait == nil { wait = own }
        }
        if let wait, wait > 0 { throw .throttled(seconds: Int(wait.rounded(.up))) }
    }

    /// Forgets an account's attempts from where a good one came, which also does not count for the address and the account.
    func succeed(_ account: String, at tenant: TenantID, from address: String, device: String? = nil) async {
        let subjects = AttemptSubject.all(account, tenant, address, device)
        local.succeed(subjects)
        await shared?.succeed(subjects)
    }
}

extension AttemptSubject {
    /// What an attempt counts for.
    fileprivate static func all(
        _ account: String,
        _ tenant: TenantID,
        _ address: String,
        _ device: String?
    ) -> [AttemptSubject] {
        if let device { return [.device(device, at: tenant)] }
        return [
            .account(account, from: address, at: tenant), .account(account, at: tenant), .address(address, at: tenant),
        ]
    }

    /// An account as seen from one address.
    private static func account(_ account: String, from address: String, at tenant: TenantID) -> AttemptSubject {
        AttemptSubject(
            tenant: tenant,
            name: "pair \(address) \(account)",
            allowance: 5,
            longestWait: memory,
            success: .forgetsAll
        )
    }

    /// An account as seen from everywhere.
    ///
    /// The longest wait is short: whoever guesses decides when the owner must wait, too.
    static func account(_ account: String, at tenant: TenantID) -> AttemptSubject {
        AttemptSubject(
            tenant: tenant,
            name: "account \(account)",
            allowance: 10,
            longestWait: 16,
            success: .takesBackOne
        )
    }

    /// An account as seen from one device that its user asked to be remembered on.
    private static func device(_ device: String, at tenant: TenantID) -> AttemptSubject {
        AttemptSubject(
            tenant: tenant,
            name: "device \(device)",
            allowance: 5,
            longestWait: memory,
            success: .forgetsAll
        )
    }

    /// An address, whatever the account; behind one may be a school.
    private static func address(_ address: String, at tenant: TenantID) -> AttemptSubject {
        AttemptSubject(
            tenant: tenant,
            name: "address \(address)",
            allowance: 50,
            longestWait: memory,
            success: .takesBackOne
        )
    }
}
