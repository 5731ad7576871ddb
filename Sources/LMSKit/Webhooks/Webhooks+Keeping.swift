// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Webhooks {
    /// For how many days a delivery that is over is kept, with payload and replies.
    public static let retentionDays = 30
    /// How many are deleted in one transaction.
    public static let keptAtATime = 1_000

    /// Deletes deliveries whose time is over and secrets that no longer sign, and gives deliveries whose job got lost another one.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: How many deliveries were deleted, 1,000 at most; call again while there are many.
    /// - Throws: `WebhookError.database`.
    public func keep(_ tenant: TenantID, tenants: Tenants) async throws(WebhookError) -> Int {
        let now = clock.now()
        let end = now.addingTimeInterval(-Double(Webhooks.retentionDays) * 86_400)
        do {
            return try await tenants.transaction(for: tenant, as: WebhookSender.principal) { session in
                let replies = try await session.batch([
                    .deleteFinishedWebhooks(before: end, limit: Webhooks.keptAtATime),
                    .deleteEndedWebhookSecrets(at: now),
                    .reviveWebhookDeliveries(
                        dueBefore: now.addingTimeInterval(-6 * 3600),
                        limit: Webhooks.keptAtATime,
                        at: now
                    ),
                ])
                try await enqueue([replies[2]], session: session)
                return replies[0].affected
            }
        } catch {
            throw WebhookError(any: error)
        }
    }
}
