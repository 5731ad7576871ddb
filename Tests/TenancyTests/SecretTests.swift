// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@Suite struct SecretTests {
    @Test func `a secret never prints what it holds`() {
        let secret = Secret("correct horse")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "•••")
        #expect(String(reflecting: secret) == "•••")
        #expect(!dumped.contains("horse"))
    }
}
