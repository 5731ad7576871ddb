// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
internal import LMSEventLoop

@main
struct LMS {
    static func main() {
        SignalMask.clear()
        LargeBuffers.giveBack()
        let code = CommandRunner.run(.all, Array(CommandLine.arguments.dropFirst()))
        // Not `exit`: what OpenSSL frees there, threads that still end free as well. Output is not buffered.
        _exit(code.status)
    }
}
