// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

@main
struct LMS {
    static func main() {
        SignalMask.clear()
        LargeBuffers.giveBack()
        let code = CommandRunner.run(.all, Array(CommandLine.arguments.dropFirst()))
        ProcessEnd.now(code.status)
    }
}
