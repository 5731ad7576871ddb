// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A language that the platform speaks.
public enum Language: String, Sendable, Hashable, CaseIterable {
    /// English.
    case english = "en"
    /// Spanish.
    case spanish = "es"
    /// Arabic, which is written from right to left.
    case arabic = "ar"
}
