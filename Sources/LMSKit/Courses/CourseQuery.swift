// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Which courses a list shows, and in which order.
public struct CourseQuery: Sendable, Hashable {
    /// Whose courses are listed.
    public var scope: Scope = .catalog
    /// Only courses of this status; of those that the reader may see.
    public var status: Course.Status?
    /// Only courses under this heading.
    public var category: String?
    /// Only courses for these learners.
    public var level: Course.Level?
    /// Only featured courses, or only others.
    public var isFeatured: Bool?
    /// Only trending courses, or only others.
    public var isTrending: Bool?
    /// Only free courses, or only others.
    public var isFree: Bool?
    /// Only courses that have all of these tags.
    public var tags: [String] = []
    /// Only courses with this text in the title or the description, in any case.
    public var search: String?
    /// The order of the list.
    public var order: Order = .newest

    /// Describes the whole catalog, newest first.
    public init() {}

    /// Whose courses are listed.
    public enum Scope: Sendable, Hashable {
        /// What is published: the same for everybody, so that it can be cached.
        case catalog
        /// Everything that the reader may see.
        case visible
        /// What the reader has a role in.
        case mine
    }

    /// The orders that a list may have.
    @nonexhaustive
    public enum Order: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The last created first.
        case newest
        /// By title.
        case title
        /// The cheapest first.
        case priceAscending = "price"
        /// The dearest first.
        case priceDescending = "price_desc"
        /// The best rated first.
        case rating
        /// The one with the most learners first.
        case popularity
    }
}
