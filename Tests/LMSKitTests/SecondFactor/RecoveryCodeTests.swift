// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct RecoveryCodeTests {
    @Test func `a recovery code has more bits than anybody can try`() throws {
        let cryptography = try TestPlatform().cryptography
        let codes = (0..<200).map { _ in RecoveryCode(cryptography).text.reveal() }
        #expect(Set(codes).count == codes.count)
        for code in codes {
            let characters = code.utf8.filter { $0 != UInt8(ascii: "-") }
            // Five bits each; below 112 a plain hash would not do (OWASP ASVS 5, 6.5.2).
            #expect(characters.count * 5 >= 112)
            #expect(RecoveryCode(code.uppercased().replacing("-", with: " "))?.text.reveal() == code)
            #expect(RecoveryCode(String(code.dropLast())) == nil)
        }
        // Each place takes every value: none is fixed or left out.
        for place in 0..<24 {
            let values = Set(codes.map { Array($0.utf8.filter { $0 != UInt8(ascii: "-") })[place] })
            #expect(values.count > 16)
        }
    }
}
