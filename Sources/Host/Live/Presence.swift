// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Who is connected: a mark in the cache that processes share, renewed while a WebSocket of theirs is open.
struct Presence: Sendable {
    let cache: any Cache

    /// How long a mark is good: who left is gone after that.
    static let lifetime = Duration.seconds(60)
    /// How long the answer to who is there is good enough, in seconds.
    static let renewal: TimeInterval = 20

    /// Marks somebody as connected.
    func mark(_ user: Principal.ID, at tenant: TenantID) async {
        await cache.set([1], for: Presence.key(user, tenant), timeToLive: Presence.lifetime)
    }

    /// Which of some members are connected.
    func online(_ users: [Principal.ID], at tenant: TenantID) async -> [Principal.ID] {
        var online: [Principal.ID] = []
        for user in users where await cache.value(of: Presence.key(user, tenant)) != nil { online.append(user) }
        return online
    }

    private static func key(_ user: Principal.ID, _ tenant: TenantID) -> TenantCacheKey {
        TenantCacheKey(tenant, .cache, "presence:\(user)")
    }
}

/// Who of a conversation is connected, for those who take part in it and have not left; between two of whom one blocks the other
/// nothing is told.
final class PresenceFeed: LiveFeed {
    let topic: String
    private let presence: Presence
    private let conversations: Conversations
    private let id: Conversation.ID
    private let tenant: TenantID
    private let shown = Mutex<[Principal.ID]?>(nil)

    init(_ presence: Presence, _ conversations: Conversations, _ id: Conversation.ID, at tenant: TenantID) {
        self.presence = presence
        self.conversations = conversations
        self.id = id
        self.tenant = tenant
        topic = "presence:\(id)"
    }

    func open(_ reader: TenantReader) async throws -> [LiveTopic] {
        _ = try await conversations.company(in: id, reader: reader)
        return [LiveTopic(tenant: reader.tenant, id: id.uuid)]
    }

    func news(_ reader: TenantReader, _ voice: NotificationVoice) async throws -> LiveNews {
        let members = try await conversations.company(in: id, reader: reader)
        let online = await presence.online(members, at: tenant)
        let isNew = shown.withLock { shown in
            defer { shown = online }
            return shown != online
        }
        guard isNew else { return LiveNews() }
        let frame = LiveFrame.make("presence", topic: topic) { json in
            json.field("conversationId", id)
            json.field("online", online)
        }
        return LiveNews(frames: [frame])
    }
}
