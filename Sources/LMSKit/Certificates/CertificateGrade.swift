// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// The grade that a certificate says, as it was when it was issued.
public struct CertificateGrade: Sendable, Hashable, CustomStringConvertible {
    /// The most that is said, in hundredths of a percent; extra credit may lead above 100 percent.
    static let limit = 1_000_000
    /// The final grade.
    public let percentage: GradePercentage
    /// Its letter, if the course has letters.
    public let letter: String?
    /// Whether whoever checks the certificate is told.
    public let isPublic: Bool

    package init(_ percentage: GradePercentage, letter: String?, isPublic: Bool) {
        self.percentage = percentage
        self.letter = letter
        self.isPublic = isPublic
    }

    /// The percentage, with the letter behind it: `87.5 % (B)`.
    public var description: String { "\(percentage) %" + (letter.map { " (\($0))" } ?? "") }
}

extension CertificateRule {
    /// Where a certificate's grade is said.
    @nonexhaustive
    public enum GradeShown: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Nowhere; certificates have none.
        case nowhere
        /// On the certificate and in its badge, which their learner shows to whom they like.
        case certificate
        /// There, and to whoever checks the certificate by its number.
        case everywhere
    }
}

extension Certificates {
    /// Gives a certificate the grade of the place that it is of, if the course's rule has it said.
    ///
    /// It is the grade by which completion is decided: what is not released, and what is still open, has no points in it. Who
    /// has no released grade has none.
    func graded(_ certificate: Certificate, session: borrowing TenantSession) async throws -> Certificate {
        guard let course = certificate.course, let place = certificate.enrollment else { return certificate }
        let replies = try await session.batch(
            [.selectCertificateRule(of: course)] + SQL.selectGradebook(of: "\(course)")
                + [.selectGradeGrid(of: "\(course)", place: place, limit: 1)]
        )
        guard replies.count == 5 else { throw DatabaseError.connectionLost }
        let shown = try CourseCertificateRule(of: course, row: replies[0].only).rule.gradeShown
        var grade: CertificateGrade?
        if shown != .nowhere, let row = replies[4].only {
            let book = try CourseGradebook(course: course, replies[1...3])
            let learner = try LearnerGrades(row: row, in: book, .decided, at: clock.now())
            let sum = learner.sum
            if let percentage = sum.override ?? sum.final, sum.override != nil || !learner.grades.all.isEmpty {
                grade = CertificateGrade(
                    GradePercentage(hundredths: min(percentage.hundredths, CertificateGrade.limit)),
                    letter: sum.finalLetter,
                    isPublic: shown == .everywhere
                )
            }
        }
        guard grade != certificate.grade else { return certificate }
        let rows = try await session.execute(.keepGrade(grade, of: certificate.id))
        guard let row = rows.only else { throw CertificateError.notFound }
        return try Certificate(row: row)
    }
}

extension SQL {
    fileprivate static func keepGrade(_ grade: CertificateGrade?, of id: Certificate.ID) -> SQL {
        """
        UPDATE certificates f SET grade = \(grade?.percentage.hundredths), grade_letter = \(grade?.letter),
            is_grade_public = \(grade?.isPublic ?? false)
        WHERE f.id = \(id) RETURNING \(.certificateColumns)
        """
    }
}
