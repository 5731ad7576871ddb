// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func deleteIdempotencyKeys(of actor: Principal.ID, before instant: Date) -> SQL {
        "DELETE FROM idempotency_keys WHERE actor = \(actor) AND created_at < \(instant)"
    }

    static func insertIdempotencyKey(_ key: IdempotencyKey, fingerprint: [UInt8], at instant: Date) -> SQL {
        """
        INSERT INTO idempotency_keys (actor, key, fingerprint, created_at)
        VALUES (\(key.actor), \(key.text), \(Bytes(fingerprint)), \(instant))
        ON CONFLICT ON CONSTRAINT idempotency_keys_actor_key_key DO NOTHING
        """
    }

    static func idempotencyKey(_ key: IdempotencyKey) -> SQL {
        """
        SELECT fingerprint, status, media_type, location, etag, body
        FROM idempotency_keys WHERE actor = \(key.actor) AND key = \(key.text)
        """
    }

    static func updateIdempotencyKey(_ key: IdempotencyKey, reply: RecordedReply) -> SQL {
        """
        UPDATE idempotency_keys
        SET status = \(reply.status), media_type = \(reply.mediaType), location = \(reply.location),
            etag = \(reply.etag), body = \(Bytes(reply.body))
        WHERE actor = \(key.actor) AND key = \(key.text)
        """
    }
}

extension RecordedReply {
    init(row: Row) throws(DatabaseError) {
        let body: Bytes = try row["body"]
        self.init(
            status: try row["status"],
            mediaType: try row["media_type"],
            location: try row["location"],
            etag: try row["etag"],
            body: body.array
        )
    }
}
