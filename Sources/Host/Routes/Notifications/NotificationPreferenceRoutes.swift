// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// By which channels people want to be told things, and when.
struct NotificationPreferenceRoutes: Sendable {
    let notifications: Notifications

    /// The web client's address and the mobile one's.
    var routes: [Route] {
        [
            reading("/api/v1/notification-preferences", "Show how I want to be told things"),
            choosing("/api/v1/notification-preferences", "Choose whether a type goes by a channel"),
            replacing("/api/v1/notification-preferences", "Replace all that I chose"),
            reading("/api/v1/notifications/preferences", "Show how I want to be told things, for the mobile client"),
            choosing(
                "/api/v1/notifications/preferences",
                "Choose whether a type goes by a channel, as the mobile client does"
            ),
            replacing("/api/v1/notifications/preferences", "Replace all that I chose, as the mobile client does"),
        ]
    }

    private func reading(_ path: StaticString, _ summary: String) -> Route {
        Route(
            .get,
            path,
            summary,
            access: .signedIn,
            problems: [.notificationsOfUsersOnly],
            caching: .revalidated
        ) {
            (_: Input<Nothing, Nothing, Nothing>, context: RequestContext) async throws
                -> Reply<NotificationPreferencesBody> in
            let preferences = try await notifications.preferences(at: context.tenant, reader: context.reader)
            return .ok(NotificationPreferencesBody(preferences: preferences))
        }
    }

    private func choosing(_ path: StaticString, _ summary: String) -> Route {
        Route(
            .post,
            path,
            summary,
            access: .signedIn,
            problems: [.notificationsOfUsersOnly, .notificationMandatory, .courseNotFound]
        ) {
            (input: Input<Nothing, Nothing, NotificationChoiceRequest>, context: RequestContext) async throws
                -> Reply<NotificationPreferenceBody> in
            let stored = try await context.transaction { session in
                try await notifications.choose([input.body.choice], session: session)
            }
            guard let preference = stored.first else { throw Problem(.unavailable) }
            return .ok(NotificationPreferenceBody(preference))
        }
    }

    private func replacing(_ path: StaticString, _ summary: String) -> Route {
        Route(
            .put,
            path,
            summary,
            access: .signedIn,
            problems: [.notificationsOfUsersOnly, .notificationMandatory, .courseNotFound]
        ) {
            (input: Input<Nothing, Nothing, NotificationPreferencesRequest>, context: RequestContext) async throws
                -> Reply<NotificationPreferencesBody> in
            let tenant = context.tenant
            let preferences = try await context.transaction { session in
                try await notifications.replacePreferences(
                    input.body.choices,
                    input.body.schedule,
                    at: tenant,
                    session: session
                )
            }
            return .ok(NotificationPreferencesBody(preferences: preferences))
        }
    }
}
