// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
import LMSCryptDriver
import LMSEventLoop
import LMSTenancy
import Testing

@Suite struct CryptPasswordHashingTests {
    let hashing: CryptPasswordHashing

    init() throws {
        hashing = try CryptPasswordHashing(pool: SidePool(threads: 2, queueLimit: 100), cost: 1)
    }

    /// `U*U` under the salts of crypt_blowfish's own test vectors.
    static let bcryptHash = "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

    @Test func `a new hash is yescrypt, salted, and matches its password only`() async throws {
        let hash = try await hashing.hash(Secret("correct horse"))
        #expect(hash.hasPrefix("$y$"))
        #expect(try await hashing.hash(Secret("correct horse")) != hash)
        #expect(try await hashing.verify(Secret("correct horse"), against: hash) == .match)
        #expect(try await hashing.verify(Secret("correct horsf"), against: hash) == .mismatch)
        #expect(try await hashing.verify(Secret("كلمة السر"), against: hash) == .mismatch)
    }

    @Test func `the default cost is that of crypt's own default`() async throws {
        let usual = try CryptPasswordHashing(pool: SidePool(threads: 1, queueLimit: 10))
        let hash = try await usual.hash(Secret("a"))
        #expect(hash.hasPrefix("$y$j9T$"))
        #expect(try await usual.verify(Secret("a"), against: hash) == .match)
        let cheaper = try await hashing.hash(Secret("a"))
        #expect(try await usual.verify(Secret("a"), against: cheaper) == .matchToRehash)
    }

    @Test(arguments: ["$2a$", "$2b$", "$2y$"])
    func `bcrypt of an imported account matches and asks for a new hash`(prefix: String) async throws {
        let hash = prefix + Self.bcryptHash
        #expect(try await hashing.verify(Secret("U*U"), against: hash) == .matchToRehash)
        #expect(try await hashing.verify(Secret("U*V"), against: hash) == .mismatch)
    }

    @Test(arguments: [
        "", "*", "*0", "!", "plain", "$y$", "$y$j75$$", "$y$j75$abc", "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
        "$2b$05$tooshort", "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e",
        "$y$jZZT$LdJMENpBABJJ3hIHjB1Bi.$"
            + "HboGM6qPrsK.StKYGt6KErmUYtioHreJd98oIugoNB6",
    ])
    func `another or malformed hash never matches`(hash: String) async throws {
        #expect(try await hashing.verify(Secret("U*U"), against: hash) == .mismatch)
        #expect(try await hashing.verify(Secret(hash), against: hash) == .mismatch)
    }

    @Test func `a missing hash takes the time of a good one`() async throws {
        let pool = try SidePool(threads: 1, queueLimit: 10)
        let costly = try CryptPasswordHashing(pool: pool, cost: 4)
        let good = try await costly.hash(Secret("a"))
        // In turn, and the shortest of each: what else the machine does meets all three alike.
        var shortest: [Duration] = [.seconds(60), .seconds(60), .seconds(60)]
        for _ in 0..<15 {
            for (index, hash) in [good, nil, "$y$broken"].enumerated() {
                let before = try await pool.run(Self.processorTime)
                _ = try await costly.verify(Secret("b"), against: hash)
                shortest[index] = min(shortest[index], try await pool.run(Self.processorTime) - before)
            }
        }
        let (of, missing, malformed) = (shortest[0], shortest[1], shortest[2])
        #expect(missing > of / 2 && missing < of * 2)
        #expect(malformed > of / 2 && malformed < of * 2)
    }

    /// What the calling thread has computed; it does not grow while other tests have the processor.
    private static func processorTime() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test(arguments: ["", String(repeating: "a", count: 512), "before\0after"])
    func `an unusable password is refused and matches nothing`(password: String) async throws {
        await #expect(throws: PasswordHashingError.unusable) { try await hashing.hash(Secret(password)) }
        let hash = try await hashing.hash(Secret("before"))
        #expect(try await hashing.verify(Secret(password), against: hash) == .mismatch)
    }

    @Test func `all 511 bytes of a long password count`() async throws {
        let long = String(repeating: "a", count: 511)
        let hash = try await hashing.hash(Secret(long))
        #expect(try await hashing.verify(Secret(long), against: hash) == .match)
        #expect(try await hashing.verify(Secret(long.dropLast() + "b"), against: hash) == .mismatch)
    }

    @Test func `a full queue answers busy and the others still finish`() async throws {
        let narrow = try CryptPasswordHashing(pool: SidePool(threads: 1, queueLimit: 2), cost: 5)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 {
                group.addTask { (try? await narrow.hash(Secret("a"))) != nil }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(true) && outcomes.contains(false))
        await #expect(throws: Never.self) { try await narrow.hash(Secret("a")) }
    }

    @Test func `a cost that libcrypt lacks is refused when hashing is prepared`() throws {
        let pool = try SidePool(threads: 1, queueLimit: 1)
        #expect(throws: CryptError.unsupported(cost: 99)) { try CryptPasswordHashing(pool: pool, cost: 99) }
        #expect(throws: CryptError.unsupported(cost: 0)) { try CryptPasswordHashing(pool: pool, cost: 0) }
    }
}
