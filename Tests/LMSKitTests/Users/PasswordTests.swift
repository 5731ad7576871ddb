// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import Testing

@Suite struct PasswordTests {
    @Test(arguments: [
        ("seven77", PasswordProblem.tooShort), ("", .tooShort), (String(repeating: "é", count: 7), .tooShort),
        (String(repeating: "ab3", count: 43), .tooLong), (String(repeating: "💡x", count: 64) + "😀", .tooLong),
        ("aaaaaaaaaaaa", .tooCommon), ("password", .tooCommon), ("PassWord1", .tooCommon), ("12345678", .tooCommon),
        ("null\0byte", .unusable),
    ])
    func `a password that is too weak or too long is refused`(text: String, problem: PasswordProblem) {
        #expect(throws: problem) { try Password(text) }
    }

    @Test(arguments: ["eigh#8ch", "correct horse battery staple", "пароль-12", String(repeating: "ab3!", count: 32)])
    func `a password of 8 to 128 characters is taken`(text: String) throws {
        #expect(try Password(text).secret.reveal() == text)
    }
}
