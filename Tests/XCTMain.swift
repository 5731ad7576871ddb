// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Testing

/// Where SwiftPM's test program begins.
///
/// Every test here is of Swift Testing, which finds its own. Without this file SwiftPM looks for tests of XCTest in an index of
/// the sources, which the build would have to write for that alone.
@main struct Tests {
    static func main() async {
        await __swiftPMEntryPoint() as Never
    }
}
