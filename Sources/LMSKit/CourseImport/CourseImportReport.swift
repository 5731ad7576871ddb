// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What an import read, and everything that it could not keep as it was.
public struct CourseImportReport: Sendable, Equatable {
    /// Something that a person should look at.
    public struct Finding: Sendable, Equatable {
        /// The kinds of finding.
        @nonexhaustive
        public enum Kind: String, Sendable, CaseIterable {
            /// A block of a kind that has no counterpart; kept with its source.
            case opaqueBlock = "opaque_block"
            /// A file that another names and that is not there; its place is kept.
            case missingFile = "missing_file"
            /// A picture or document that a block names and that is not there.
            case missingAsset = "missing_asset"
            /// A file that is not well-formed; kept as it is.
            case brokenFile = "broken_file"
            /// A block of which a part was removed or has no counterpart.
            case reducedBlock = "reduced_block"
            /// A problem that became no question; kept with its source.
            case unconvertedProblem = "unconverted_problem"
            /// A part of the course, or a file, that was not imported.
            case notImported = "not_imported"
        }

        /// What kind of finding it is.
        public let kind: Kind
        /// The file it is about.
        public let path: String
        /// What exactly.
        public let detail: String
    }

    /// How many modules there are.
    public var modules = 0
    /// How many lessons there are.
    public var lessons = 0
    /// How many blocks there are, by kind.
    public var blocks: [String: Int] = [:]
    /// How many quizzes the course's problems became.
    public internal(set) var quizzes = 0
    /// How many questions they ask.
    public internal(set) var questions = 0
    /// What a person should look at, in the order in which it was found.
    public private(set) var findings: [Finding] = []
    /// How many findings there were; more than are kept if there are very many.
    public private(set) var findingCount = 0

    /// The most findings that are kept.
    public static let findingLimit = 5_000

    /// Begins a report.
    public init() {}

    mutating func add(_ kind: Finding.Kind, _ path: String, _ detail: String) {
        findingCount += 1
        guard findings.count < Self.findingLimit else { return }
        findings.append(Finding(kind: kind, path: path, detail: String(detail.prefix(500))))
    }

    /// The findings of one kind.
    ///
    /// - Parameter kind: The kind.
    /// - Returns: Those findings, in order.
    public func findings(_ kind: Finding.Kind) -> [Finding] {
        findings.filter { $0.kind == kind }
    }
}
