// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Erase a person (GDPR, article 17).
struct ErasureRoutes: Sendable {
    let users: Users
    let signIn: SignIn

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/users/me/delete-account",
                "Erase me and everything that names me",
                access: .permission(.userDeactivate),
                problems: [.passwordNeeded, .lastOwner, .signInThrottled, .unavailable, .reauthenticationRequired],
                rate: .auth,
                handler: eraseMe
            ),
            Route(
                .post,
                "/api/v1/users/{userId}/erasure",
                "Erase a person and everything that names them",
                access: .permission(.userDeactivate),
                problems: [.notFound, .ownAccount, .beyondOwnGrants, .lastOwner],
                rate: .expensive,
                assurance: .recent,
                handler: erase
            ),
        ]
    }

    private func eraseMe(
        _ input: Input<Nothing, Nothing, ErasureRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ErasureBody> {
        let id = try context.ownID
        // A stolen token must not be enough.
        guard let password = input.body.password else {
            try context.requireRecent()
            return .ok(ErasureBody(try await context.transaction { try await users.erase(id, session: $0) }))
        }
        do {
            try await signIn.confirm(
                id,
                password: password,
                clientAddress: context.host.client.text,
                at: context.tenant.id,
                tenants: context.tenants
            )
        } catch .invalidCredentials {
            throw Problem(.passwordNeeded)
        }
        return .ok(ErasureBody(try await context.transaction { try await users.erase(id, session: $0) }))
    }

    private func erase(
        _ input: Input<UserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ErasureBody> {
        let id = input.path.userId
        // One's own account asks for the password: see above.
        guard context.principal.user != id else { throw Problem(.ownAccount) }
        return .ok(ErasureBody(try await context.transaction { try await users.erase(id, session: $0) }))
    }
}

/// `POST /api/v1/users/me/delete-account`.
struct ErasureRequest: RequestBody {
    /// Without one, who they are must have been shown a moment ago: not everybody has a password.
    let password: Secret<String>?

    init(fields: inout FieldReader) {
        password = fields.optional("password", .typedPassword)
    }
}

/// The receipt of an erasure.
struct ErasureBody: ResponseBody {
    private let receipt: ErasureReceipt

    init(_ receipt: ErasureReceipt) {
        self.receipt = receipt
    }

    static var example: ErasureBody {
        ErasureBody(
            ErasureReceipt(
                user: UserBody.example.id,
                erasedAt: Date(timeIntervalSince1970: 1_800_000_000),
                stores: [ErasureReceipt.Store(table: "users", rows: 1, fate: .erased)]
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", receipt.user)
            object.field("erasedAt", receipt.erasedAt)
            object.field("stores", receipt.stores.map(StoreBody.init))
        }
    }

    private struct StoreBody: JSONWritable {
        let store: ErasureReceipt.Store

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("store", store.table)
                object.field("rows", store.rows)
                object.field("fate", store.fate.rawValue)
            }
        }
    }
}
