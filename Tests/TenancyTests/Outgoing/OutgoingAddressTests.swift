// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@Suite struct OutgoingAddressTests {
    @Test(
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
            "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "::ffff:169.254.169.254", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "fe80::1", "fc00::1",
            "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::1", "100::1", "3fff::1",
        ]
    )
    func `what is not public is refused`(text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(!OutgoingAddresses().allow(address, .encrypted))
    }

    @Test(arguments: ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::200e"])
    func `what is public is reached, with TLS`(text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(OutgoingAddresses().allow(address, .encrypted))
        #expect(!OutgoingAddresses().allow(address, .clear))
    }

    @Test func `what the operator allows is reached, also in the clear`() throws {
        let addresses = OutgoingAddresses(allowing: try #require(NetworkRange.list("10.1.0.0/16, ::1")))
        #expect(addresses.allow(try #require(NetworkAddress("10.1.2.3")), .clear))
        #expect(addresses.allow(try #require(NetworkAddress("::1")), .clear))
        #expect(!addresses.allow(try #require(NetworkAddress("10.2.0.1")), .encrypted))
        #expect(!addresses.allow(try #require(NetworkAddress("127.0.0.1")), .encrypted))
    }

    @Test(arguments: ["0177.0.0.1", "0x7f.1", "2130706433", "127.1", "", "1.2.3.4.5", "::1::", "1.2.3.256", "1.2.3.+4"])
    func `other spellings of an address are none`(text: String) {
        // The first is octal to some parsers and decimal to others.
        #expect(NetworkAddress(text) == nil || text == "0177.0.0.1")
    }
}
