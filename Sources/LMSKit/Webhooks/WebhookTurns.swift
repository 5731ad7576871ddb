// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// How many requests are on their way to each endpoint from this process, so that one that hangs does not have all workers wait for it.
final class WebhookTurns: Sendable {
    private let running = Mutex<[WebhookEndpoint.ID: Int]>([:])

    /// For an endpoint that answers, and for one whose last attempt failed.
    static let limits = (healthy: 4, failing: 1)

    func enter(_ endpoint: WebhookEndpoint.ID, isFailing: Bool) -> Bool {
        running.withLock { running in
            let count = running[endpoint, default: 0]
            guard count < (isFailing ? WebhookTurns.limits.failing : WebhookTurns.limits.healthy) else { return false }
            running[endpoint] = count + 1
            return true
        }
    }

    /// How long one waits for whom there was no turn, in seconds.
    ///
    /// Behind an endpoint that fails it is longer with each failure, up to half an hour: whatever waits is looked at each time, so
    /// that a hundred thousand that wait for days would otherwise have the database do nothing else.
    static func wait(afterFailures failures: Int) -> Double {
        failures == 0 ? .random(in: 1...10) : .random(in: 30...Double(min(max(120, 30 * failures), 1_800)))
    }

    func leave(_ endpoint: WebhookEndpoint.ID) {
        running.withLock { running in
            let left = running[endpoint, default: 1] - 1
            running[endpoint] = left > 0 ? left : nil
        }
    }
}
