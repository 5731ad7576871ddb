// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A whole curriculum as an editor or an import wants it to be.
public struct CurriculumDraft: Sendable {
    /// The modules, in order.
    public var modules: [ModuleDraft]

    /// Describes a curriculum.
    ///
    /// - Parameter modules: The modules, in order.
    public init(modules: [ModuleDraft]) {
        self.modules = modules
    }

    /// One module of the curriculum.
    public struct ModuleDraft: Sendable {
        /// The module that this is, or `nil` for a new one.
        public var id: Module.ID?
        /// The title, 1–255 characters.
        public var title: String
        /// Its lessons, in order.
        public var lessons: [LessonDraft]

        /// Describes a module.
        ///
        /// - Parameters:
        ///   - id: The module that this is, or `nil` for a new one.
        ///   - title: The title, 1–255 characters.
        ///   - lessons: Its lessons, in order.
        public init(id: Module.ID? = nil, title: String, lessons: [LessonDraft]) {
            self.id = id
            self.title = title
            self.lessons = lessons
        }
    }

    /// One lesson of the curriculum.
    public struct LessonDraft: Sendable {
        /// The lesson that this is, perhaps from another module of the course, or `nil` for a new one.
        public var id: Lesson.ID?
        /// The title, 1–255 characters.
        public var title: String
        /// What the learner does in it.
        public var kind: Lesson.Kind
        /// Whether learners see it; `nil` leaves it as it is, and publishes a new one.
        public var status: Lesson.Status?
        /// Whether everybody who sees the course may read it.
        public var isPreview: Bool
        /// How long it takes, in minutes.
        public var durationMinutes: Int?
        /// Its content; `nil` leaves it as it is.
        public var blocks: [LessonBlock]?

        /// Describes a lesson.
        ///
        /// - Parameters:
        ///   - id: The lesson that this is, or `nil` for a new one.
        ///   - title: The title, 1–255 characters.
        ///   - kind: What the learner does in it.
        ///   - status: Whether learners see it; `nil` leaves it as it is, and publishes a new one.
        ///   - isPreview: Whether everybody who sees the course may read it.
        ///   - durationMinutes: How long it takes, in minutes.
        ///   - blocks: Its content; `nil` leaves it as it is.
        public init(
            id: Lesson.ID? = nil,
            title: String,
            kind: Lesson.Kind,
            status: Lesson.Status? = nil,
            isPreview: Bool = false,
            durationMinutes: Int? = nil,
            blocks: [LessonBlock]? = nil
        ) {
            self.id = id
            self.title = title
            self.kind = kind
            self.status = status
            self.isPreview = isPreview
            self.durationMinutes = durationMinutes
            self.blocks = blocks
        }
    }
}
