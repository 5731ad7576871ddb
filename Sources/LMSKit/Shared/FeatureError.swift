// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A feature's error, which can tell a failure of the database in the feature's own words.
protocol FeatureError: Error {
    init(_ error: DatabaseError)
}

extension FeatureError {
    /// Runs database work with its failures told in the words of the feature.
    ///
    /// - Parameter body: Throws `DatabaseError` or the feature's own error and nothing else.
    /// - Returns: What `body` returned.
    /// - Throws: The feature's error.
    static func translating<Result>(_ body: () async throws -> Result) async throws(Self) -> Result {
        do {
            return try await body()
        } catch let error as Self {
            throw error
        } catch let error as DatabaseError {
            throw Self(error)
        } catch {
            throw Self(.cancelled)
        }
    }
}
