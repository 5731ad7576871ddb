// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct NaturalTests {
    /// Numbers of one, two and five limbs, and what they are divided by.
    private static let divisors: [Natural] = [
        Natural(1), Natural(3), Natural(.max), Natural(.max) * .max,
        (1...4).reduce(Natural(.max)) { product, _ in product * .max },
    ]

    @Test(arguments: [0, 1, 2, 99, 10_000, 1 << 40, 1 << 52, 1 << 56] as [UInt64])
    func `a multiple is divided without a rest, and what is a little more leaves one`(factor: UInt64) {
        for divisor in Self.divisors {
            let multiple = divisor * factor
            #expect(multiple.quotient(by: divisor, limit: 1 << 56) == factor)
            let half = (multiple + Natural(1)).quotient(by: divisor * 2, limit: 1 << 56)
            #expect(half == (divisor == Natural(1) ? factor + 1 : factor) / 2)
        }
    }

    @Test func `a quotient beyond the limit is the limit`() {
        #expect((Natural(.max) * .max).quotient(by: Natural(3), limit: 1 << 56) == 1 << 56)
        #expect((Natural(1 << 57)).quotient(by: Natural(1), limit: 1 << 56) == 1 << 56)
    }
}
