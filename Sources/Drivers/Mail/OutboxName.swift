// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// What the names of an outbox's files are made of.
enum OutboxName {
    /// A moment that sorts, in UTC: `20260131T120000Z`.
    static func time(_ date: Date) -> String {
        date.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }

    /// A text as part of a name: letters, digits, `@`, `.`, `-` and `_`; no path can be made of it.
    static func part(_ text: String) -> String {
        let bare = text.utf8.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        let bytes = bare.prefix(200).map { byte in
            switch byte {
            case 0x30...0x39, 0x40...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
