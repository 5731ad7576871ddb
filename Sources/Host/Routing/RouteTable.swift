// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSTenancy

/// Every route of the platform; each feature adds one line.
struct RouteTable: Sendable {
    let system: SystemRoutes
    let lms: LMSKit.LMS
    let importer: CourseImporter
    let uploads: Uploads
    let courier: MailCourier
    let pushDelivery: PushDelivery
    let platform: PlatformServices
    let webhooks: WebhookSender
    let outbox: Outbox
    let settings: Settings
    /// Whether the installation sends text messages.
    let sendsSMS: Bool
    /// Tells those who watch.
    let live: LiveHub

    /// The routes in the order of the reference.
    var routes: [Route] {
        system.routes
            + AuthRoutes(
                signIn: lms.signIn,
                accounts: lms.accounts,
                users: lms.users,
                signingKeys: lms.signingKeys,
                introspection: lms.introspection,
                federation: lms.federation.signIn,
                impersonations: lms.impersonations,
                services: lms.serviceSignIn
            ).routes
            + RevocationRoutes(lms: lms).routes
            + SecondFactorRoutes(signIn: lms.signIn, factors: lms.factors).routes
            + BrowserSessionRoutes(signIn: lms.signIn, federation: lms.federation.signIn).routes
            + SessionRoutes(signIn: lms.signIn).routes
            + DeviceRoutes(signIn: lms.signIn).routes
            + AccountRoutes(accounts: lms.accounts).routes
            + PhoneRoutes(phones: lms.phones, isOffered: sendsSMS).routes
            + APIKeyRoutes(keys: lms.apiKeys).routes
            + ServiceAccountRoutes(accounts: lms.serviceAccounts).routes
            + InvitationRoutes(invitations: lms.invitations).routes
            + ErasureRoutes(users: lms.users, signIn: lms.signIn).routes
            + UserTransferRoutes(transfer: lms.userTransfer).routes
            + FederationRoutes(federation: lms.federation).routes
            + IdentityProviderRoutes(providers: lms.federation.providers).routes
            + UserRoutes(users: lms.users, passwords: lms.passwords, signIn: lms.signIn).routes
            + TenantSettingsRoutes(settings: settings).routes
            + MailRoutes(mail: lms.tenantMail, courier: courier).routes
            + PushRoutes(push: lms.push, delivery: pushDelivery).routes
            + PushAccountRoutes(accounts: lms.push.accounts, delivery: pushDelivery).routes
            + WebhookRoutes(webhooks: lms.webhooks, sender: webhooks).routes
            + WebhookDeliveryRoutes(webhooks: lms.webhooks).routes
            + WebhookSubscriptionRoutes(webhooks: lms.webhooks).routes
            + RoleRoutes(roles: lms.roles).routes
            + AuditRoutes(log: lms.auditLog).routes
            + EventRoutes(history: lms.events, outbox: outbox).routes
            + ImpersonationRoutes(impersonations: lms.impersonations).routes
            + PermissionRoutes(permissions: lms.permissions).routes
            + CourseRoutes(courses: lms.courses).routes
            + CourseStaffRoutes(courses: lms.courses).routes
            + PrerequisiteRoutes(prerequisites: lms.prerequisites).routes
            + ApprovalRoutes(approvals: lms.approvals).routes
            + CourseVersionRoutes(versions: lms.courseVersions).routes
            + CourseTemplateRoutes(templates: lms.courseTemplates).routes
            + CourseLabelRoutes(labels: lms.courseLabels).routes
            + WishRoutes(wishes: lms.wishes).routes
            + TrendingRoutes(trending: lms.trending).routes
            + DashboardRoutes(dashboards: lms.dashboards).routes
            + CalendarRoutes(calendars: lms.calendars).routes
            + CohortRoutes(cohorts: lms.cohorts).routes
            + ModuleRoutes(courses: lms.courses, modules: lms.modules, lessons: lms.lessons).routes
            + LessonRoutes(lessons: lms.lessons).routes
            + EnrollmentRoutes(
                enrollments: lms.enrollments,
                entitlements: lms.entitlements,
                progress: lms.progress
            ).routes
            + ProgressRoutes(progress: lms.progress).routes
            + ReviewRoutes(reviews: lms.reviews, enrollments: lms.enrollments).routes
            + CertificateRoutes(certificates: lms.certificates).routes
            + BadgeRoutes(certificates: lms.certificates).routes
            + IssuerRoutes(certificates: lms.certificates, services: platform).routes
            + VerificationRoutes(certificates: lms.certificates).routes
            + CertificateTemplateRoutes(templates: lms.certificateTemplates).routes
            + GradebookRoutes(gradebook: lms.gradebook).routes
            + GradeEntryRoutes(gradebook: lms.gradebook).routes
            + GradeTableRoutes(gradebook: lms.gradebook).routes
            + NotificationRoutes(notifications: lms.notifications).routes
            + ConversationRoutes(conversations: lms.conversations).routes
            + JobRoutes(jobs: lms.jobs).routes
            + DiscussionRoutes(discussions: lms.discussions).routes
            + ModerationRoutes(moderation: lms.moderation).routes
            + QuizRoutes(quizzes: lms.quizzes, files: importer.files).routes
            + AssignmentRoutes(assignments: lms.assignments, files: importer.files).routes
            + PeerReviewRoutes(reviews: lms.peerReviews, files: importer.files).routes
            + CourseImportRoutes(importer: importer).routes
            + FileRoutes(files: importer.files).routes
            + UploadRoutes(uploads: uploads, cryptography: importer.cryptography).routes
            + StorageRoutes(uploads: uploads, platform: platform).routes
            + MediaRoutes(media: lms.media).routes
            + PlaybackRoutes(media: lms.media).routes
            + LiveRoutes(hub: live, notifications: lms.notifications).routes
            + SocketRoutes(
                hub: live,
                sources: LiveSocket.Sources(
                    notifications: lms.notifications,
                    progress: lms.progress,
                    conversations: lms.conversations,
                    quizzes: lms.quizzes
                )
            ).routes
            + PlatformRoutes(services: platform).routes
    }

    /// The routes and their description.
    var routesWithReference: [Route] {
        let routes = self.routes
        let reference = ReferenceRoutes(
            describing: routes,
            version: BuildInformation.version,
            cryptography: importer.cryptography
        )
        return routes + reference.routes
    }

    /// The same routes with nothing behind them, for what only describes them.
    ///
    /// - Throws: If OpenSSL cannot be used.
    static var described: [Route] {
        get throws {
            let cryptography = try OpenSSLCryptography()
            guard let key = MasterKey(name: "none", secret: Secret(cryptography.randomBytes(32))) else { return [] }
            let lms = LMSKit.LMS(
                cryptography: cryptography,
                passwordHashing: NoPasswordHashing(),
                masterKeys: MasterKeys(current: key)
            )
            let system = SystemRoutes(version: BuildInformation.version, checkComponents: { [] })
            let importer = try CourseImporter(describing: lms, cryptography: cryptography)
            let settings = Settings(describing: lms)
            return RouteTable(
                system: system,
                lms: lms,
                importer: importer,
                uploads: lms.uploads(
                    store: NoBlobStore(),
                    ports: UploadPorts(types: nil, digesting: cryptography)
                ),
                courier: MailCourier(describing: lms),
                pushDelivery: PushDelivery(describing: lms),
                platform: PlatformServices(describing: lms),
                webhooks: .describing(lms),
                outbox: Outbox(cell: NoDatabase(), installation: .standard),
                settings: settings,
                sendsSMS: false,
                live: LiveHub(settings: LiveSettings(), broadcast: LocalBroadcast())
            ).routes
        }
    }
}

/// Stands where nobody signs in: every password is refused.
private struct NoPasswordHashing: PasswordHashing {
    func hash(_ password: Secret<String>) async throws(PasswordHashingError) -> String { throw .busy }
    func verify(
        _ password: Secret<String>,
        against hash: String?
    ) async throws(PasswordHashingError) -> PasswordVerdict { throw .busy }
}
