// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop

@main
struct LMS {
    static func main() {
        SignalMask.clear()
        let code = CommandRunner.run(.all, Array(CommandLine.arguments.dropFirst()))
        exit(code.status)
    }
}
