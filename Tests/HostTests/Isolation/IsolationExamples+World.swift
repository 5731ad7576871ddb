// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension IsolationExamples {
    /// Examples that are good for a session's owner.
    ///
    /// - Parameter session: Whose; nobody's are refused.
    init(for session: PlatformHost.Session?) {
        let refresh = JSONValue.string(session?.refresh ?? "never-issued")
        let email = JSONValue.string(session?.email ?? "nobody@example.org")
        let password = JSONValue.string(PlatformHost.password)
        members = [
            "LoginRequest": [JSONMember("email", email), JSONMember("password", password)],
            "FederatedExchange": [
                JSONMember("code", .string(PlantedFactors.federatedCode)),
                JSONMember("codeVerifier", .string(FederationWorld.verifier)),
            ],
            "RefreshRequest": [JSONMember("refreshToken", refresh)],
            "TokenRequest": [JSONMember("grant_type", "refresh_token"), JSONMember("refresh_token", refresh)],
            "RevocationRequest": [JSONMember("token", refresh)],
            "SubmissionCommentRequest": [JSONMember("start", .number("0"))],
            "NewServiceAccountRequest": [JSONMember("permissions", .array([.string("user:read:own")]))],
            "IntrospectionRequest": [JSONMember("token", .string(session?.access ?? "never-issued"))],
            "ChallengeAnswer": [
                JSONMember("challengeToken", .string(PlantedFactors.challenge)),
                JSONMember("code", .string(PlantedFactors.recoveryCode)),
            ],
            "ChallengeRequest": [JSONMember("challengeToken", .string(PlantedFactors.challenge))],
            "FactorConfirmation": [
                JSONMember("method", "email"), JSONMember("code", .string(PlantedFactors.confirmation)),
            ],
            "AnnouncementTextsRequest": [
                JSONMember("en", .object([JSONMember("title", "News"), JSONMember("message", "There is news.")]))
            ],
            "AnnouncementRequest": [JSONMember("audience", "all")],
            "AnnouncementRequest.courseId": [JSONMember("audience", "course")],
            "CertificateTextsRequest": [JSONMember("en", .object([JSONMember("heading", "Certificate")]))],
            "MarkAsReadRequest": [JSONMember("all", .bool(true))],
            "MarkAsReadRequest.notificationIds": [JSONMember("all", .bool(false))],
            "LearnerMigrationRequest": [JSONMember("all", .bool(true))],
            "LearnerMigrationRequest.userIds": [JSONMember("all", .bool(false))],
            "PushDeviceRequest": [
                JSONMember("token", .string(String(repeating: "0a", count: 32))), JSONMember("platform", "ios"),
            ],
            "FCMAccountRequest": [JSONMember("serviceAccount", PlantedPush.serviceAccount)],
            "APNsAccountRequest": [JSONMember("key", .string(PlantedPush.appleKey))],
            "PhoneConfirmation": [JSONMember("code", .string(PlantedFactors.confirmation))],
            "FactorRemoval": [
                JSONMember("method", "email"), JSONMember("code", .string(PlantedFactors.recoveryCode)),
            ],
            "Reauthentication": [JSONMember("code", .string(PlantedFactors.recoveryCode))],
            "Registration": [JSONMember("email", "new@example.org")],
            "NewUserRequest": [JSONMember("email", "new@example.org")],
            "TenantSettingsUpdate": [JSONMember("selfRegistration", .bool(true))],
            "PasswordChangeRequest": [JSONMember("oldPassword", password)],
            "EmailChangeRequest": [JSONMember("email", "new@example.org"), JSONMember("password", password)],
            "UserImportRequest": [JSONMember("csv", .string("email,name\nnew@example.org,New"))],
            "InvitationRequest": [JSONMember("email", "somebody@example.org")],
            "ErasureRequest": [JSONMember("password", password)],
            "NewIdentityProvider": [JSONMember("kind", "google")],
            "DeactivationRequest": [JSONMember("password", password)],
            "BlockRequest": [JSONMember("kind", "html"), JSONMember("text", "A paragraph.")],
            "query.objectId": [
                JSONMember("objectKind", "course"), JSONMember("permission", "course:read"),
            ],
            "NewQuestionRequest": [
                JSONMember(
                    "content",
                    .object([
                        JSONMember("kind", "true_false"), JSONMember("prompt", "Is it?"),
                        JSONMember("answer", .bool(true)),
                    ])
                )
            ],
            // What the draft asks is another matter; a question that is tried is named.
            "QuizSlotsRequest": [JSONMember("slots", .array([]))],
            "QuizSlotsRequest.slots": [],
            // A course does not come before itself.
            "PrerequisitesRequest": [JSONMember("prerequisiteIds", .array([]))],
            "PrerequisitesRequest.prerequisiteIds": [],
            "QuizAnswerRequest": [JSONMember("answer", .object([JSONMember("text", "Because.")]))],
            "RubricLevelRequest": [JSONMember("points", .number("1"))],
            "SubmissionGradeRequest": [JSONMember("points", .number("1"))],
            "PeerReviewExampleRequest": [JSONMember("points", .number("1"))],
            "PeerReviewDraftRequest": [JSONMember("points", .number("1"))],
            "BlockRequest.fileId": [JSONMember("kind", "file")],
            "EventReplayRequest": [
                JSONMember("consumer", .string(IsolationSettler.replayed.name)),
                JSONMember("startTime", .string(Date().addingTimeInterval(-3_600).iso8601Milliseconds)),
                JSONMember("endTime", .string(Date().addingTimeInterval(3_600).iso8601Milliseconds)),
            ],
        ]
        for body in ["VerificationRequest", "PasswordResetRequest", "EmailChangeConfirmation", "InvitationAcceptance"] {
            members[body] = [JSONMember("token", .string(session?.mailed[body] ?? "never-issued"))]
        }
        if let session {
            browser += ["Cookie: lms-refresh=\(session.refresh)", "X-CSRF-Token: \(session.csrfToken)"]
        }
        upload = [
            "--x", "Content-Disposition: form-data; name=\"file\"; filename=\"c.tar\"", "",
            CourseImportRoutesTests.tar(IsolationCourse.files(title: "Uploaded")), "--x--", "",
        ].joined(separator: "\r\n")
    }
}

extension JSONMember {
    fileprivate init(_ name: String, _ value: JSONValue) {
        self.init(name: name, value: value)
    }
}
