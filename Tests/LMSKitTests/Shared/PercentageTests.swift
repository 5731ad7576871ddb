// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import Testing

@Suite struct PercentageTests {
    @Test(
        arguments: [
            (0, 3, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (3, 3, "100.00"), (1, 8, "12.50"), (1, 800, "0.13"),
            (1, 16, "6.25"), (1, 32, "3.13"), (5, 3, "100.00"), (0, 0, "0.00"), (3, 0, "0.00"), (1999, 2000, "99.95"),
            (99_999, 100_000, "100.00"),
        ]
    )
    func `a percentage has two decimals, half up, and is never above 100`(done: Int, total: Int, text: String) {
        #expect(Percentage(completed: done, of: total).description == text)
    }
}
