// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSClamdDriver
internal import LMSEventLoop
internal import LMSKit

extension Configuration {
    /// Looks for malware in files, if that is wanted.
    ///
    /// - Parameters:
    ///   - loop: Where its connections are.
    ///   - pool: The threads that look up its name.
    /// - Returns: The scanner.
    func scanner(on loop: EventLoop, pool: SidePool) -> (any MalwareScanner)? {
        clamd.map { ClamdScanner(at: $0, on: loop, pool: pool) }
    }

    /// Asks the daemon whether it answers; what `lms doctor` says of it.
    ///
    /// - Returns: `nil` if there is none.
    func scannerFinding() async -> Finding? {
        guard let clamd else { return nil }
        do {
            let loops = try EventLoopGroup(count: 1, name: "clamd")
            defer { loops.stop() }
            let scanner = scanner(on: loops.next(), pool: try SidePool(threads: 1, queueLimit: 4))
            try await scanner?.probe()
            return Finding("malware scanner", .good, "\(clamd) answers")
        } catch MalwareScannerError.unreachable(let reason), MalwareScannerError.failed(let reason) {
            let advice = "\(clamd): \(reason); look at LMS_CLAMD_URL. Files wait until it answers"
            return Finding("malware scanner", .bad, advice)
        } catch {
            return Finding("malware scanner", .bad, "\(error)")
        }
    }
}
