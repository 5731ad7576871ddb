// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The passwords that are guessed first, of those that are long enough to be chosen.
enum CommonPasswords {
    static func contain(_ password: String) -> Bool {
        let lowered = password.lowercased()
        if Set(lowered.unicodeScalars).count <= 2 { return true }
        return list.contains(lowered)
    }

    private static let list: Set<String> = [
        "12345678", "123456789", "1234567890", "87654321", "987654321", "0987654321", "11223344", "12341234",
        "123123123", "123321123", "1234qwer", "qwer1234", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "zaq12wsx",
        "qazwsxedc", "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "asdfghjk", "asdfghjkl", "zxcvbnm1",
        "abc12345", "abcd1234", "abcdefgh", "a1b2c3d4", "password", "password!", "password1", "password12",
        "password123", "password1234", "passw0rd", "p@ssw0rd", "p@ssword", "pa$$word", "mypassword", "changeme",
        "changeme1", "changeme123", "letmein1", "letmein123", "welcome1", "welcome123", "iloveyou", "iloveyou1",
        "sunshine", "princess", "football", "baseball", "superman", "trustno1", "dragon123", "monkey123",
        "master123", "starwars", "computer", "internet", "whatever", "michelle", "jennifer", "admin123",
        "admin1234", "administrator", "secret123", "default1", "samsung1", "student1", "student123", "teacher1",
        "teacher123", "learning", "learning1",
    ]
}
