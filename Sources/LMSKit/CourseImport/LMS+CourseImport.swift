// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension LMS {
    /// The service that stores imported courses.
    ///
    /// - Parameter store: Keeps the bytes of their files.
    /// - Returns: The service.
    public func courseImports(store: any BlobStore) -> CourseImports {
        CourseImports(
            courses: courses,
            lessons: lessons,
            quizzes: quizzes,
            store: store,
            keys: tenantKeys,
            identifiers: courses.identifiers,
            clock: courses.clock
        )
    }
}
