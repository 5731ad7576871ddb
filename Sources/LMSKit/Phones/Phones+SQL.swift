// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Stores a code in the place of the one before; no row if it is too soon.
    static func requestPhoneProof(
        _ id: PhoneProof.ID,
        of user: User.ID,
        _ phone: PhoneNumber,
        hash: Bytes,
        key: TenantKey.ID,
        sealed: Bytes,
        at instant: Date
    ) -> SQL {
        let (pause, end) = (
            instant.addingTimeInterval(-Phones.pause), instant.addingTimeInterval(Phones.codeLifetime)
        )
        let yesterday = instant.addingTimeInterval(-86_400)
        return """
            INSERT INTO phone_proofs AS p (id, user_id, phone, code_hash, first_requested_at, requested_at, expires_at, tenant_key_id,
                sealed_code)
            VALUES (\(id), \(user), \(phone), \(hash), \(instant), \(instant), \(end), \(key), \(sealed))
            ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, phone = excluded.phone, code_hash = excluded.code_hash, failures = 0,
                requests = CASE WHEN p.first_requested_at <= \(yesterday) THEN 1 ELSE p.requests + 1 END,
                first_requested_at = CASE WHEN p.first_requested_at <= \(yesterday) THEN \(instant)::timestamptz
                    ELSE p.first_requested_at END,
                requested_at = excluded.requested_at, expires_at = excluded.expires_at,
                tenant_key_id = excluded.tenant_key_id, sealed_code = excluded.sealed_code
            WHERE p.requested_at <= \(pause) AND (p.requests < \(Phones.dailyRequests) OR p.first_requested_at <= \(yesterday))
            RETURNING id
            """
    }

    /// Counts a message to a number; no row if it is too soon, or there were too many in a day.
    static func countPhoneRequest(_ number: Bytes, at instant: Date) -> SQL {
        let (pause, yesterday) = (instant.addingTimeInterval(-Phones.pause), instant.addingTimeInterval(-86_400))
        return """
            INSERT INTO phone_requests AS p (number_hash, first_requested_at, requested_at)
            VALUES (\(number), \(instant), \(instant))
            ON CONFLICT ON CONSTRAINT phone_requests_number_hash_key DO UPDATE SET
                requests = CASE WHEN p.first_requested_at <= \(yesterday) THEN 1 ELSE p.requests + 1 END,
                first_requested_at = CASE WHEN p.first_requested_at <= \(yesterday) THEN \(instant)::timestamptz
                    ELSE p.first_requested_at END,
                requested_at = excluded.requested_at
            WHERE p.requested_at <= \(pause)
                AND (p.requests < \(Phones.dailyNumberRequests) OR p.first_requested_at <= \(yesterday))
            RETURNING requests
            """
    }

    /// Forgets a few numbers that nobody asked for since: each request brings one and takes more than one.
    static func deletePhoneRequests(before instant: Date) -> SQL {
        """
        DELETE FROM phone_requests WHERE number_hash = ANY(ARRAY(
            SELECT number_hash FROM phone_requests WHERE requested_at < \(instant)
            ORDER BY requested_at LIMIT 5 FOR UPDATE SKIP LOCKED))
        """
    }

    static func lockPhoneProof(of user: User.ID, at instant: Date) -> SQL {
        """
        SELECT id, phone, code_hash FROM phone_proofs
        WHERE user_id = \(user) AND expires_at > \(instant) AND failures < \(Phones.guesses) FOR UPDATE
        """
    }

    static func countWrongPhoneCode(_ id: PhoneProof.ID) -> SQL {
        "UPDATE phone_proofs SET failures = failures + 1 WHERE id = \(id)"
    }

    static func takePhone(_ phone: PhoneNumber, of user: User.ID, at instant: Date) -> SQL {
        """
        UPDATE users SET phone = \(phone), phone_verified_at = \(instant), updated_at = \(instant), version = version + 1
        WHERE id = \(user)
        """
    }

    /// Ends a code that was used; how many were asked for stays known.
    static func endPhoneProof(_ id: PhoneProof.ID, at instant: Date) -> SQL {
        "UPDATE phone_proofs SET expires_at = \(instant), tenant_key_id = NULL, sealed_code = NULL WHERE id = \(id)"
    }

    /// A code that is to be sent, and to whom.
    static func selectUnsentPhoneProof(_ id: PhoneProof.ID, at instant: Date) -> SQL {
        """
        SELECT p.phone, p.sealed_code, p.tenant_key_id, u.locale FROM phone_proofs p JOIN users u ON u.id = p.user_id
        WHERE p.id = \(id) AND p.sealed_code IS NOT NULL AND p.expires_at > \(instant)
        """
    }

    static func forgetSentPhoneCode(_ id: PhoneProof.ID) -> SQL {
        "UPDATE phone_proofs SET tenant_key_id = NULL, sealed_code = NULL WHERE id = \(id)"
    }
}
