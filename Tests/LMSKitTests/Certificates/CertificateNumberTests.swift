// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CertificateNumberTests {
    private func number(_ seed: UInt8) -> CertificateNumber {
        CertificateNumber(random: (0..<10).map { seed &* 31 &+ UInt8($0) &* 17 })
    }

    @Test func `a number is read back however it is typed`() {
        for seed in UInt8.min ... .max {
            let number = number(seed)
            let text = number.description
            #expect(text.count == 21)
            for typed in [text, text.lowercased(), text.replacing("-", with: " "), text.replacing("-", with: "")] {
                #expect(CertificateNumber(typed) == number)
            }
            #expect(CertificateNumber(text.replacing("0", with: "O").replacing("1", with: "l")) == number)
        }
    }

    @Test func `one wrong character and almost every swap of neighbors are noticed`() {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        var (swaps, missed) = (0, 0)
        for seed in stride(from: UInt8.min, to: .max, by: 5) {
            let text = Array(number(seed).text)
            for index in text.indices {
                for character in alphabet where character != text[index] {
                    var wrong = text
                    wrong[index] = character
                    #expect(CertificateNumber(String(wrong)) == nil)
                }
                guard index > 0, text[index] != text[index - 1] else { continue }
                var swapped = text
                swapped.swapAt(index, index - 1)
                swaps += 1
                if CertificateNumber(String(swapped)) != nil { missed += 1 }
            }
        }
        #expect(missed * 100 < swaps)
    }

    @Test(arguments: ["", "-", "7ZK3", "U", String(repeating: "0", count: 16), String(repeating: "0", count: 65), "٧"])
    func `what is no number is refused`(text: String) {
        #expect(CertificateNumber(text) == nil)
    }

    @Test func `all bits of the randomness are in the number`() {
        let zero = CertificateNumber(random: Array(repeating: 0, count: 10))
        for bit in 0..<80 {
            var bytes = [UInt8](repeating: 0, count: 10)
            bytes[bit / 8] = 1 << UInt8(bit % 8)
            #expect(CertificateNumber(random: bytes) != zero)
        }
        #expect(CertificateNumber(random: Array(repeating: 0xFF, count: 10)).text.prefix(16) == "ZZZZZZZZZZZZZZZZ")
    }
}
