// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension Operators {
    /// Seals the secrets of all second factors under the current master key, so that earlier ones can go.
    ///
    /// Each is a transaction of its own; who is given another factor meanwhile keeps that.
    ///
    /// - Returns: How many were sealed anew, and how many are left under keys that are not known.
    /// - Throws: `OperatorError.keys` if one does not open under the key that it names; `.database`.
    public func rewrap() async throws(OperatorError) -> (count: Int, left: Int) {
        let found: [(id: Operator.ID, key: String, sealed: Bytes)]
        do {
            let statement = SQL.selectFactors(exceptUnder: masterKeys.current.name)
            found =
                try await control.read([statement], scope: .control).first?.map { row throws(DatabaseError) in
                    (try row[0], try row[1], try row[2])
                } ?? []
        } catch {
            throw .database(error)
        }
        var (count, left) = (0, 0)
        for (id, name, sealed) in found {
            guard masterKeys.key(named: name) != nil else {
                left += 1
                continue
            }
            let anew = try resealed(try openFactor(sealed, of: id, masterKey: name), for: id)
            try await write([.resealFactor(of: id, from: sealed, to: anew, under: masterKeys.current.name)])
            count += 1
        }
        return (count, left)
    }

    private func resealed(_ factor: Secret<[UInt8]>, for id: Operator.ID) throws(OperatorError) -> Bytes {
        do {
            return Bytes(try seal(factor, for: id))
        } catch {
            throw .keys
        }
    }
}

extension SQL {
    fileprivate static func selectFactors(exceptUnder name: String) -> SQL {
        "SELECT id, factor_master_key, factor_sealed FROM operators WHERE factor_master_key <> \(name) ORDER BY id"
    }

    fileprivate static func resealFactor(of id: Operator.ID, from old: Bytes, to new: Bytes, under name: String) -> SQL
    {
        """
        UPDATE operators SET factor_sealed = \(new), factor_master_key = \(name)
        WHERE id = \(id) AND factor_sealed = \(old)
        """
    }
}
