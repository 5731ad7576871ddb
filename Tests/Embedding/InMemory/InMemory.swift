// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy

/// LMSKit over a driver of its own: two tenants, their courses and their secrets, without a server or a C library.
@main
struct InMemory {
    static func main() async throws {
        let claims = Claims()
        let example = try InMemory()
        try await example.teach(claims)
        try await example.keepTenantsApart(claims)
        try await example.takeBackWhatFailed(claims)
        try await example.sealSecrets(claims)
        try await example.hashPasswords(claims)
        exit(claims.report())
    }

    let acme: TenantID
    let globex: TenantID
    let tenants: Tenants
    let lms: LMS
    let instructor = Principal(.user(IdentifierSource().next()), grants: BuiltInRole.instructor.grants)
    let student = Principal(.user(IdentifierSource().next()), grants: BuiltInRole.student.grants)

    /// What a host does once, at its start.
    init() throws {
        let acme: TenantID = IdentifierSource().next()
        let globex: TenantID = IdentifierSource().next()
        (self.acme, self.globex) = (acme, globex)

        // Where each tenant lives. With PostgreSQL the directory says so; here it is a dictionary.
        let placements = Dictionary(uniqueKeysWithValues: [acme, globex].map { ($0, InMemory.placement(of: $0)) })
        tenants = Tenants(cells: [.main: MemoryDatabase()]) { tenant throws(DatabaseError) in placements[tenant] }

        let cryptography = ExampleCryptography()
        guard let key = MasterKey(name: "example", secret: Secret(cryptography.randomBytes(32))) else {
            throw CryptographyError.badKey
        }
        lms = LMS(
            cryptography: cryptography,
            passwordHashing: ExamplePasswordHashing(),
            masterKeys: MasterKeys(current: key)
        )
    }

    private static func placement(of tenant: TenantID) -> TenantPlacement {
        TenantPlacement(
            tenant: tenant,
            cell: .main,
            schema: SchemaName(tenant),
            role: RoleName(tenant, installation: .standard),
            shard: 0
        )
    }

    /// An instructor publishes a course; a student may not, and finds it in the catalog.
    private func teach(_ claims: Claims) async throws {
        let course = try await tenants.transaction(for: acme, as: instructor) { session in
            var details = CourseChanges()
            details.description = .set("What a tenant is, and how it is kept.")
            details.level = .set(.beginner)
            let draft = try await lms.courses.create(
                NewCourse(title: "Tenancy, zero to one", changes: details),
                session: session
            )
            return try await lms.courses.setStatus(.published, of: draft.id, session: session)
        }
        claims.expect("a slug is made from the title", course.slug.description == "tenancy-zero-to-one")

        let catalog = try await lms.courses.list(reader: tenants.reader(for: acme, as: student))
        claims.expect("a student finds it in the catalog", catalog.page.items.map(\.title) == [course.title])
        claims.expect(
            "its instructor is the one who made it",
            catalog.page.items.first?.instructors.first == instructor.user
        )
        claims.expect("the catalog is counted", catalog.total == 1)

        await claims.expect("a student may not create a course", fails: CourseError.forbidden) {
            try await tenants.transaction(for: acme, as: student) { session in
                _ = try await lms.courses.create(NewCourse(title: "Mine"), session: session)
            }
        }
        await claims.expect("a slug that was asked for is given once", fails: CourseError.slugTaken) {
            try await tenants.transaction(for: acme, as: instructor) { session in
                _ = try await lms.courses.create(NewCourse(title: "Again", slug: course.slug), session: session)
            }
        }
    }

    /// What one tenant has does not exist for the other, not even by its identifier.
    private func keepTenantsApart(_ claims: Claims) async throws {
        let ours = try await lms.courses.list(reader: tenants.reader(for: acme, as: .anonymous)).page.items
        let theirs = try await lms.courses.list(reader: tenants.reader(for: globex, as: .anonymous))
        claims.expect("the other tenant's catalog is empty", ours.count == 1 && theirs.total == 0)
        await claims.expect("the course is unknown to the other tenant", fails: CourseError.notFound) {
            for course in ours {
                _ = try await lms.courses.fetch(course.id, reader: tenants.reader(for: globex, as: instructor))
            }
        }
    }

    /// A transaction that throws leaves nothing behind.
    private func takeBackWhatFailed(_ claims: Claims) async throws {
        await claims.expect("what a body throws reaches the caller", fails: CancellationError.self) {
            try await tenants.transaction(for: globex, as: instructor) { session in
                let course = try await lms.courses.create(NewCourse(title: "Never seen"), session: session)
                _ = try await lms.courses.setStatus(.published, of: course.id, session: session)
                throw CancellationError()
            }
        }
        let catalog = try await lms.courses.list(reader: tenants.reader(for: globex, as: .anonymous))
        claims.expect("and what it wrote is gone", catalog.total == 0)
    }

    /// Each tenant's secrets are sealed under its own key, which the master key seals in turn.
    private func sealSecrets(_ claims: Claims) async throws {
        let secret = Array("gateway password".utf8)
        let sealed = try await tenants.transaction(for: acme, as: instructor) { session in
            try await lms.tenantKeys.current(session: session).seal(Secret(secret), for: "gateway")
        }
        let opened = try await tenants.transaction(for: acme, as: instructor) { session in
            try await lms.tenantKeys.current(session: session).open(sealed, for: "gateway").reveal()
        }
        claims.expect("a sealed secret opens in its tenant", opened == secret && sealed != secret)
        await claims.expect("and in no other", fails: KeyError.unusable) {
            try await tenants.transaction(for: globex, as: instructor) { session in
                _ = try await lms.tenantKeys.current(session: session).open(sealed, for: "gateway")
            }
        }
    }

    /// Passwords are hashed by the port that was given, before a transaction is opened.
    private func hashPasswords(_ claims: Claims) async throws {
        let hashing = ExamplePasswordHashing()
        let hash = try await hashing.hash(Password("correct horse battery staple").secret)
        let right = try await hashing.verify(Secret("correct horse battery staple"), against: hash)
        let wrong = try await hashing.verify(Secret("correct horse"), against: hash)
        claims.expect("a password is known by its hash", right == .match && wrong == .mismatch)
        let digest = ExampleCryptography().sha256(Array("abc".utf8)).prefix(4)
        claims.expect("SHA-256 is SHA-256", Array(digest) == [0xBA, 0x78, 0x16, 0xBF])
    }
}
