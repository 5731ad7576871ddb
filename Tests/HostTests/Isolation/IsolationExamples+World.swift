// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

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
            "BlockRequest.fileId": [JSONMember("kind", "file")],
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
