// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("12.50", "USD", 1250, "12.50"), ("0", "USD", 0, "0.00"), ("0.05", "EUR", 5, "0.05"),
        ("500", "JPY", 500, "500"),
        ("1.234", "KWD", 1234, "1.234"), ("7.1", "USD", 710, "7.10"),
    ])
    func `an amount is read to its minor unit and printed with all its digits`(
        text: String,
        code: String,
        minorUnits: Int,
        printed: String
    ) throws {
        let currency = try #require(Currency(code))
        let money = try #require(Money(amount: text, currency: currency))
        #expect(money.minorUnits == minorUnits)
        #expect(money.amount == printed)
    }

    @Test(arguments: ["", ".5", "1.", "1.234", "-1", "1e3", "1,50", " 1", "99999999999999999999"])
    func `an amount that is not exact is refused`(text: String) throws {
        #expect(Money(amount: text, currency: try #require(Currency("USD"))) == nil)
    }

    @Test(arguments: ["usd", "US", "USDT", "U$D"])
    func `what is no ISO 4217 code is refused`(code: String) {
        #expect(Currency(code) == nil)
    }
}
