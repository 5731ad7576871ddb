// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSOpenSSLDriver
internal import Testing

@testable import LMSHost

@Suite struct CoverageLedgerTests {
    private let ledger: CoverageLedger

    init() throws {
        ledger = try CoverageLedger.load()
    }

    @Test func `every endpoint of the five systems is in the ledger`() {
        #expect(ledger.rows.count == 638)
    }

    @Test func `every route that the ledger names is served`() throws {
        let table = try RouteTable.described
        let reference = ReferenceRoutes(describing: table, version: "1", cryptography: try OpenSSLCryptography())
        let served = Set((table + reference.routes).map(\.name))
        for row in ledger.rows {
            for route in row.routes {
                #expect(served.contains(route), "line \(row.line) of docs/coverage.csv names \(route)")
            }
        }
    }

    @Test func `no endpoint is both answered and declined`() {
        for row in ledger.rows where !row.answers.isEmpty {
            #expect(row.declined.isEmpty, "line \(row.line) of docs/coverage.csv, \(row.method) \(row.path)")
        }
    }

    @Test func `the ledger counts what is answered, declined and open`() {
        for system in Set(ledger.rows.map(\.system)).sorted() {
            let rows = ledger.rows.filter { $0.system == system }
            let answered = rows.count { !$0.answers.isEmpty }
            let declined = rows.count { !$0.declined.isEmpty }
            let open = rows.count - answered - declined
            print("coverage: system \(system): \(answered) answered, \(declined) declined, \(open) open")
            #expect(answered > 0)
        }
    }
}
