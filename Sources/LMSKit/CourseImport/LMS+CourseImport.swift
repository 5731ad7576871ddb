// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension LMS {
    /// The service that stores imported courses.
    ///
    /// - Parameters:
    ///   - store: Keeps the bytes of their files.
    ///   - scanner: Looks for malware in their files; nobody does without.
    /// - Returns: The service.
    public func courseImports(store: any BlobStore, scanner: (any MalwareScanner)? = nil) -> CourseImports {
        CourseImports(
            courses: courses,
            lessons: lessons,
            quizzes: quizzes,
            store: store,
            keys: tenantKeys,
            identifiers: courses.identifiers,
            clock: courses.clock,
            scanner: scanner,
            audit: audit
        )
    }
}
