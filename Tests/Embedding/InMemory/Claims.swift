// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What the example says of the library, held against what it does.
final class Claims {
    private var held = 0
    private var broken = 0

    /// Notes whether a claim holds.
    func expect(_ claim: String, _ holds: Bool) {
        print(holds ? "holds:  \(claim)" : "BROKEN: \(claim)")
        if holds { held += 1 } else { broken += 1 }
    }

    /// Notes whether a call fails with an error that compares as equal.
    func expect<Failure: Error & Equatable>(
        _ claim: String,
        fails expected: Failure,
        _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            expect(claim, false)
        } catch {
            expect(claim, error as? Failure == expected)
        }
    }

    /// Notes whether a call fails with an error of a type.
    func expect<Failure: Error>(
        _ claim: String,
        fails expected: Failure.Type,
        _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            expect(claim, false)
        } catch {
            expect(claim, error is Failure)
        }
    }

    /// Prints the sum.
    ///
    /// - Returns: The process's exit code.
    func report() -> Int32 {
        print("\(held) claims hold, \(broken) do not")
        return broken == 0 && held > 0 ? 0 : 1
    }
}
