// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Sends to apps by Firebase Cloud Messaging, version 1 of its HTTP interface.
struct FCMTransport: Sendable {
    let http: any HTTPClient
    let clock: WallClock
    let tokens: FCMTokens
    /// Where the service is.
    let address: String

    /// The longest message that is taken, with everything that is said of it.
    private static let limit = 4_000

    func send(
        _ notice: PushNotice,
        to token: Secret<String>,
        _ account: FCMAccount,
        key: Secret<[UInt8]>,
        identity: String
    ) async -> PushResult {
        let lifetime = notice.lifetime(at: clock.now())
        func body(_ content: PushContent) -> [UInt8] {
            Self.message(notice, content, to: token, lifetime: lifetime)
        }
        let content = PushContent(notice, limit: Self.limit + token.reveal().utf8.count, body)
        return await post(body(content), account, key, identity: identity)
    }

    /// Has the service check a message to a topic that nobody listens to, without sending it.
    func check(_ account: FCMAccount, key: Secret<[UInt8]>, identity: String) async -> PushResult {
        var json = JSONWriter()
        json.object { object in
            object.field("validate_only", true)
            object.field(
                "message",
                object: { message in
                    message.field("topic", "lms-check")
                    message.field("data", object: { $0.field("check", "1") })
                }
            )
        }
        return await post(json.bytes, account, key, identity: identity)
    }

    private func post(
        _ body: [UInt8],
        _ account: FCMAccount,
        _ key: Secret<[UInt8]>,
        identity: String
    ) async -> PushResult {
        // A token that the service took back before its end is worth one more try with a new one.
        for isLast in [false, true] {
            let access: Secret<String>
            switch await tokens.access(account, key: key, identity: identity) {
            case .success(let token): access = token
            case .failure(let refusal): return refusal.result
            }
            let request = OutgoingRequest(
                .post,
                "\(address)/v1/projects/\(account.project)/messages:send",
                fields: [("Authorization", "Bearer \(access.reveal())"), ("Content-Type", "application/json")],
                body: body,
                limitInBytes: 65_536
            )
            do throws(OutgoingError) {
                let response = try await http.send(request)
                if response.status == 401, !isLast {
                    tokens.forget(identity)
                    continue
                }
                return Self.result(of: response)
            } catch {
                return PushResult(error)
            }
        }
        return .rejected(code: "http_401")
    }

    private static func result(of response: OutgoingResponse) -> PushResult {
        if (200..<300).contains(response.status) { return .delivered }
        let word = word(in: response.body)
        if word == "UNREGISTERED" { return .gone }
        if response.status == 413 { return .tooLarge }
        return PushResult(waitingAfter: response) ?? .rejected(word, status: response.status)
    }

    /// The service's own code, else the general one.
    private static func word(in body: [UInt8]) -> String? {
        do {
            let error = try JSONValue.parse(body, maximumDepth: 16)["error"]
            if case .array(let details) = error?["details"] {
                for detail in details {
                    if let code = detail["errorCode"]?.text { return code }
                }
            }
            return error?["status"]?.text
        } catch {
            // No JSON: the status alone says what happened.
            return nil
        }
    }

    private static func message(
        _ notice: PushNotice,
        _ content: PushContent,
        to token: Secret<String>,
        lifetime: Int
    ) -> [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.field(
                "message",
                object: { message in
                    message.field("token", token.reveal())
                    message.field(
                        "notification",
                        object: { shown in
                            shown.field("title", content.title)
                            shown.field("body", content.body)
                        }
                    )
                    message.field(
                        "data",
                        object: { data in
                            data.field("id", notice.id.lowercaseText)
                            if let link = notice.link { data.field("url", link) }
                        }
                    )
                    message.field(
                        "android",
                        object: { android in
                            android.field("priority", notice.urgency == .high ? "HIGH" : "NORMAL")
                            android.field("ttl", "\(lifetime)s")
                            android.field("collapse_key", notice.topic)
                            android.field("notification", object: { $0.field("tag", notice.topic) })
                        }
                    )
                }
            )
        }
        return json.bytes
    }
}
