// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What was erased of one person, and what is kept and why (GDPR, article 17).
public struct ErasureReceipt: Sendable {
    /// The person; the identifier names nobody any more.
    public let user: User.ID
    /// When it was, in UTC.
    public let erasedAt: Date
    /// The stores that named the person, in order.
    public let stores: [Store]

    /// A store that named the person.
    public struct Store: Sendable, Hashable {
        /// The table.
        public let table: String
        /// How many of its rows did.
        public let rows: Int
        /// What became of them.
        public let fate: Fate

        package init(table: String, rows: Int, fate: Fate) {
            self.table = table
            self.rows = rows
            self.fate = fate
        }
    }

    /// What became of rows.
    public enum Fate: String, Sendable, CaseIterable {
        /// They are gone.
        case erased
        /// They stay without the person.
        case detached
        /// They stay with an identifier that names nobody: the record of who did what must not be changed.
        case kept
    }

    package init(user: User.ID, erasedAt: Date, stores: [Store]) {
        self.user = user
        self.erasedAt = erasedAt
        self.stores = stores
    }
}
