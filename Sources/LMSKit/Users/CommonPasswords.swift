// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The passwords that are guessed first, of those that are long enough to be chosen.
enum CommonPasswords {
    static func contain(_ password: String) -> Bool {
        let lowered = password.lowercased()
        if Set(lowered.unicodeScalars).count <= 2 { return true }
        return list.contains(lowered)
    }

    /// Some 700 KB, made when the first password is chosen.
    private static let list = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
}
