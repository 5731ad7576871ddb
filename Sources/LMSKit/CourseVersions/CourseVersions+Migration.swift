// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension CourseVersions {
    /// Says what would become of the learners of a version who were moved to another, the first enrolled first.
    ///
    /// - Parameters:
    ///   - id: Any version of the course.
    ///   - source: The number of the version that they leave.
    ///   - edition: The number of the version that they would be moved to.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most learners to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page. Nobody changes.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `enrollment:manage`; `.versionNotFound`; `.invalidPosition`.
    public func preview(
        of id: Course.ID,
        from source: Int,
        to edition: Int,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(CourseError) -> Page<VersionMove> {
        if let position, position.order != Self.previewOrder { throw .invalidPosition }
        let after = position.map { Enrollment.ID($0.id) }
        return try await CourseError.translating {
            let rows = try await reader.read([
                .selectVersions(of: id, for: reader.principal.user),
                .selectMoves(ofVersionsOf: id, from: source, to: edition, after: after, limit: limit.withProbe),
            ])
            let versions = try rows[0].map(Course.init(row:))
            _ = try Self.pair(in: versions, of: id, from: source, to: edition, by: reader.principal)
            let moves = try rows[1].map(VersionMove.init(row:))
            return Page(cutting: moves, limit: limit.count) { move in
                PagePosition(order: Self.previewOrder, id: move.enrollment?.uuid ?? move.user.uuid)
            }
        }
    }

    /// Moves learners of an earlier version to the one that is offered.
    ///
    /// Each gets a place there, for as much as they did: lessons that were in their version too are completed when they were, and what
    /// was released of their grades is taken over. Their old place ends as `migrated` and stays readable with its attempts and
    /// submissions. Neither prerequisites nor a price are asked for, seats are. Doing it again moves nobody twice.
    ///
    /// - Parameters:
    ///   - learners: Whose places.
    ///   - id: Any version of the course.
    ///   - source: The number of the version that they leave.
    ///   - edition: The number of the version that they go on in; nobody is moved within one.
    ///   - session: The tenant's open transaction. Both courses and the places are locked until it ends.
    /// - Returns: What became of each; of all, those that moved.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `enrollment:manage`; `.versionNotFound`; `.versionNotCurrent` unless
    ///   the other version is published and later; `.seatsMissing` if it has not seats enough: then nobody is moved.
    public func migrate(
        _ learners: MovedLearners,
        of id: Course.ID,
        from source: Int,
        to edition: Int,
        session: borrowing TenantSession
    ) async throws(CourseError) -> VersionMoves {
        let principal = session.principal
        return try await CourseError.translating {
            let rows = try await session.execute(.selectVersions(of: id, for: principal.user))
            let versions = try rows.map(Course.init(row:))
            let pair = try Self.pair(in: versions, of: id, from: source, to: edition, by: principal)
            guard pair.from.id != pair.to.id else { return VersionMoves(moves: [], hasMore: false) }
            do {
                return try await move(learners, from: pair.from.id, to: pair.to.id, session: session)
            } catch DatabaseError.constraint(.check, name: "courses_seats_taken_ck") {
                throw CourseError.seatsMissing
            }
        }
    }

    /// Moves the principal's own place to the version that is offered now.
    ///
    /// - Parameters:
    ///   - id: The place; nothing happens to one in the version that is offered, or that was moved.
    ///   - session: The tenant's open transaction.
    /// - Returns: The place that they have now.
    /// - Throws: `EnrollmentError.notFound` for anybody else's; `.alreadyCompleted`; `.notActive`, also while an attempt at a quiz
    ///   goes on; `.alreadyEnrolled` if they have a place in the other version; `.courseFull`; `.notPublished`.
    public func migrate(
        _ id: Enrollment.ID,
        session: borrowing TenantSession
    ) async throws(EnrollmentError) -> Enrollment {
        guard let me = session.principal.user else { throw .notFound }
        return try await EnrollmentError.translating {
            let replies = try await session.batch([.selectEnrollment(id, for: me), .selectSuccessor(of: id)])
            guard let row = replies[0].only else { throw EnrollmentError.notFound }
            let place = try EnrollmentListing(row: row).enrollment
            guard place.user == me else { throw EnrollmentError.notFound }
            guard let row = replies[1].only else { return place }
            let successor: Course.ID = try row[0]
            let moves: VersionMoves
            do {
                moves = try await move(.users([me]), from: place.course, to: successor, session: session)
            } catch is CourseError {
                // It was offered a moment ago.
                throw EnrollmentError.notPublished(successor)
            }
            guard let move = moves.moves.first else { throw EnrollmentError.notFound }
            switch move.outcome {
            case .moved, .alreadyMoved: break
            case .completed: throw EnrollmentError.alreadyCompleted
            case .hasPlace: throw EnrollmentError.alreadyEnrolled(move.target ?? id)
            case .paymentPending, .inAttempt, .notEnrolled: throw EnrollmentError.notActive(place.status)
            }
            guard let target = move.target,
                let moved = try await session.execute(.selectEnrollment(target, for: me)).only
            else { return place }
            return try EnrollmentListing(row: moved).enrollment
        }
    }
}

extension CourseVersions {
    private static let previewOrder = "version-moves"

    /// Finds the versions that learners move between, and refuses those who may not move them.
    private static func pair(
        in versions: [Course],
        of id: Course.ID,
        from source: Int,
        to edition: Int,
        by principal: Principal
    ) throws -> (from: Course, to: Course) {
        guard let course = versions.first(where: { $0.id == id }) else { throw CourseError.notFound }
        guard principal.may(.enrollmentManage, on: .foreign) else {
            throw CoursePolicy.isKnown(course, to: principal) ? CourseError.forbidden : .notFound
        }
        guard let from = versions.first(where: { $0.edition == source }),
            let to = versions.first(where: { $0.edition == edition })
        else { throw CourseError.versionNotFound }
        guard from.id == to.id || (to.status == .published && from.edition < to.edition) else {
            throw CourseError.versionNotCurrent
        }
        return (from, to)
    }

    /// Moves places under the locks of both courses, then of the places.
    private func move(
        _ learners: MovedLearners,
        from: Course.ID,
        to: Course.ID,
        session: borrowing TenantSession
    ) async throws -> VersionMoves {
        let principal = session.principal
        let limit = CourseVersions.batchLimit
        var named: [Principal.ID]?
        if case .users(let users) = learners {
            var seen: Set<Principal.ID> = []
            named = Array(users.filter { seen.insert($0).inserted }.prefix(limit))
        }
        let locked = try await session.batch([
            .lockCourses([from, to]),
            .lockMoving(named ?? [], isEverybody: named == nil, from: from, to: to, limit: limit + 1),
        ])
        let target = try locked[0].map(Course.init(row:)).first { $0.id == to }
        guard let target, target.status == .published else { throw CourseError.versionNotCurrent }
        let ids: [Enrollment.ID] = try locked[1].map { row in try row[0] }
        let places = Array(ids.prefix(limit))
        var moves = try await session.execute(.selectMoves(of: places, from: from, to: to)).map(VersionMove.init(row:))
        let moving = moves.compactMap { $0.outcome == .moved ? $0.enrollment : nil }
        let targets: [Enrollment.ID] = moving.map { _ in courses.identifiers.next() }
        if !moving.isEmpty {
            let now = courses.clock.now()
            try await session.batch(
                SQL.movePlaces(moving, as: targets, from: from, to: to, by: principal, at: now)
                    + SQL.moveGrades(moving, from: from, to: to, by: principal.user, at: now)
                    + [
                        .recountMoved(targets, by: principal, at: now),
                        courses.audit.recording(AuditEvent("course.learners_migrated", on: to), by: principal),
                    ]
            )
            let names = Dictionary(uniqueKeysWithValues: zip(moving, targets))
            moves = moves.map { move in
                guard let old = move.enrollment, let new = names[old] else { return move }
                return move.targeting(new)
            }
        }
        let found = Set(moves.map(\.user))
        for user in named ?? [] where !found.contains(user) { moves.append(VersionMove(absent: user)) }
        return VersionMoves(
            moves: named == nil ? moves.filter { $0.outcome == .moved } : moves,
            hasMore: named == nil && ids.count > limit
        )
    }
}

extension VersionMove {
    /// Reads a row of `selectMoves`.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        enrollment = try fields.next()
        let status: Enrollment.Status = try fields.next()
        let place: Enrollment.ID? = try fields.next()
        let movedTo: Enrollment.ID? = try fields.next()
        let isInAttempt: Bool = try fields.next()
        let done: Int = try fields.next()
        let carried: Int = try fields.next()
        (carriedLessons, lostLessons) = (carried, done - carried)
        switch status {
        case .migrated: (outcome, target) = (.alreadyMoved, movedTo)
        case .completed: (outcome, target) = (.completed, nil)
        case .pendingPayment: (outcome, target) = (.paymentPending, nil)
        case .dropped, .expired: (outcome, target) = (.notEnrolled, nil)
        case .active:
            if let place {
                (outcome, target) = (.hasPlace, place)
            } else {
                (outcome, target) = (isInAttempt ? .inAttempt : .moved, nil)
            }
        }
    }

    fileprivate init(absent user: Principal.ID) {
        self.init(
            user: user,
            enrollment: nil,
            outcome: .notEnrolled,
            target: nil,
            carriedLessons: 0,
            lostLessons: 0
        )
    }

    fileprivate func targeting(_ place: Enrollment.ID) -> VersionMove {
        VersionMove(
            user: user,
            enrollment: enrollment,
            outcome: outcome,
            target: place,
            carriedLessons: carriedLessons,
            lostLessons: lostLessons
        )
    }
}
