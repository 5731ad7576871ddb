// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@Suite struct DatabaseValueTests {
    /// `infinity` and `-infinity` come as the ends of the range.
    @Test(arguments: [Int64.max, .min])
    func `attack: an instant without end that a row holds is bound again, and the process goes on`(count: Int64) {
        let instant = Date(postgresMicroseconds: count)
        let again = instant.addingTimeInterval(86_400).postgresMicroseconds
        #expect(again.magnitude > 9_000_000_000_000_000_000 && again.signum() == count.signum())
    }

    @Test func `an instant beyond what PostgreSQL counts is its infinity`() {
        #expect(Date(timeIntervalSince1970: 1e300).postgresMicroseconds == .max)
        #expect(Date(timeIntervalSince1970: -1e300).postgresMicroseconds == .min)
        #expect(Date(timeIntervalSince1970: 946_684_800.5).postgresMicroseconds == 500_000)
    }
}
