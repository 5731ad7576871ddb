// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct WebhookTurnsTests {
    private static let cases: [(failures: Int, range: ClosedRange<Double>)] = [
        (0, 1...10), (1, 30...120), (4, 30...120), (20, 30...600), (60, 30...1_800), (1_000_000, 30...1_800),
    ]

    @Test(arguments: cases)
    func `who waits behind an endpoint that fails waits longer with each failure`(
        failures: Int,
        range: ClosedRange<Double>
    ) {
        let waits = (0..<1_000).map { _ in WebhookTurns.wait(afterFailures: failures) }
        #expect(waits.allSatisfy(range.contains))
        #expect(waits.contains { $0 > (range.lowerBound + range.upperBound) / 2 })
    }
}
