// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A course with its modules and lessons, in their order.
public struct CourseOutline: Sendable {
    /// The course.
    public let course: Course
    /// Its modules, in order.
    public let modules: [ModuleOutline]

    /// One module with its lessons.
    public struct ModuleOutline: Sendable {
        /// The module.
        public let module: Module
        /// Its lessons, in order.
        public let lessons: [Lesson]
        /// Whether the reader may use it already.
        public let availability: Availability
    }

    init(course: Course, modules: [Module], lessons: [Lesson], availability: [Module.ID: Availability] = [:]) {
        self.course = course
        let byModule = Dictionary(grouping: lessons, by: \.module)
        self.modules = modules.map {
            ModuleOutline(module: $0, lessons: byModule[$0.id] ?? [], availability: availability[$0.id] ?? .now)
        }
    }
}
