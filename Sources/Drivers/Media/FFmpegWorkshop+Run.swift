// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

extension FFmpegWorkshop {
    /// Runs a program to its end, and looks after it each second: whether it takes too long, and whether its work is still wanted.
    ///
    /// - Returns: The end of its output.
    func run(
        _ command: [String],
        in folder: WorkFolder,
        within time: Duration,
        _ limits: ConfinedProcess.Limits,
        _ report: (String) async throws -> Void = { _ in }
    ) async throws -> String {
        let process = try await onPool { try ConfinedProcess(command, in: folder.path, limits) }
        let start = ContinuousClock.now
        do {
            while true {
                let status = try await onPool { process.wait(for: 500) }
                if let status {
                    guard status == 0 else { throw Self.error(of: status) }
                    return process.text
                }
                try Task.checkCancellation()
                guard ContinuousClock.now - start < time else { throw MediaWorkError.timedOut }
                try await report(process.text)
            }
        } catch {
            // Releasing it ends it too, but later.
            try? await onPool { process.end() }
            throw error
        }
    }

    /// What an end that was no success means: by a signal it was ended, by itself it could not read the file.
    private static func error(of status: Int32) -> MediaWorkError {
        if status & 0x7F != 0 { return .killed }
        return switch status >> 8 & 0xFF {
        case 126, 127: .unavailable(reason: "ffmpeg cannot be started")
        default: .damaged
        }
    }
}
