// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@Suite struct GrantsTests {
    static let update = Permission("course:update")

    @Test func `a permission on own objects does not reach another's`() {
        let grants = Grants([Self.update: .own])
        #expect(grants.allow(Self.update, on: .own))
        #expect(!grants.allow(Self.update, on: .foreign))
    }

    @Test func `the wider scope of two roles wins`() {
        var grants = Grants([Self.update: .any])
        grants.formUnion(Grants([Self.update: .own]))
        #expect(grants.scope(of: Self.update) == .any)
    }

    @Test func `somebody who is not signed in may do nothing`() {
        #expect(!Principal.anonymous.may(Self.update, on: .own))
    }

    @Test func `an object without an owner is nobody's own`() {
        let principal = Principal(.anonymous, grants: Grants([Self.update: .own]))
        #expect(!principal.may(Self.update, owner: nil))
    }
}
