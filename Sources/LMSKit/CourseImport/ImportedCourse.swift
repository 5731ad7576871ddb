// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A course as it was read from outside, before it is stored.
public struct ImportedCourse: Sendable, Equatable {
    /// The title.
    public var title: String
    /// The description as plain text; may be empty.
    public var description: String
    /// The language tag, such as `ar`, if the course names one.
    public var language: String?
    /// The modules, in order.
    public var modules: [ImportedModule]
    /// The paths of the files that blocks name as `/static/…` and that are there.
    public var assets: [String]
    /// What was read, and everything that could not be kept as it was.
    public var report: CourseImportReport
}

/// A chapter.
public struct ImportedModule: Sendable, Equatable {
    /// The title.
    public var title: String
    /// The lessons, in order.
    public var lessons: [ImportedLesson]
}

/// A unit of a chapter.
public struct ImportedLesson: Sendable, Equatable {
    /// The title.
    public var title: String
    /// The title of the sequence it is part of.
    public var section: String?
    /// The content, in order.
    public var blocks: [ImportedBlock]
}

/// A piece of a lesson.
public struct ImportedBlock: Sendable, Equatable {
    /// What it holds.
    public enum Content: Sendable, Hashable {
        /// Sanitized markup.
        case html(String)
        /// A video by its address, or by its identifier at a provider.
        case video(source: String, provider: String?, durationSeconds: Int?)
        /// A file among the course's assets, by its path.
        case file(path: String, name: String?)
        /// An exercise with its source.
        case problem(kind: String, source: String)
        /// Anything else with its source.
        case opaque(kind: String, source: String)
    }

    /// What it holds.
    public var content: Content
    /// Its name in the source.
    public var name: String?
    /// The file that defines it.
    public var path: String
}

extension ImportedCourse {
    /// How many lessons it has.
    public var lessonCount: Int { modules.reduce(0) { $0 + $1.lessons.count } }
    /// Every block, in order.
    public var blocks: [ImportedBlock] { modules.flatMap(\.lessons).flatMap(\.blocks) }
}
