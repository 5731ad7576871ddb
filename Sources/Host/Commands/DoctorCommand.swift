// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// `lms doctor`.
struct DoctorArguments: CommandArguments {
    let makesKey: Bool
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        makesKey = arguments.flag("new-key", "Print a new random LMS_MASTER_KEY and do nothing else")
        isJSON = arguments.flag("json", "Print the findings as JSON")
    }
}

extension Command {
    /// Looks at the configuration, and at everything that it names; fails if something is bad.
    ///
    /// - Parameter checks: What to look at if the configuration can be read: databases, ports, files.
    /// - Returns: The command.
    static func doctor(
        _ checks: @escaping @Sendable (Configuration) async -> [Finding]
    ) -> Command {
        Command("doctor", "Check the configuration and what it names", DoctorArguments.self) { arguments, console in
            if arguments.makesKey {
                var generator = SystemRandomNumberGenerator()
                let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                console.print(Base64URL.encode(key))
                return .success
            }
            var findings: [Finding] = []
            do throws(ConfigurationError) {
                let configuration = try Configuration(DevelopmentEnvironment.completing(console.environment))
                findings.append(Finding("configuration", .good, "for \(configuration.environment.rawValue)"))
                findings += configuration.warnings.map { Finding("environment", .odd, $0) }
                findings += await checks(configuration)
            } catch {
                findings += error.problems.map { Finding("configuration", .bad, $0) }
            }
            show(findings, as: arguments, on: console)
            return findings.contains { $0.state == .bad } ? .failure : .success
        }
    }

    private static func show(_ findings: [Finding], as arguments: DoctorArguments, on console: Console) {
        guard !arguments.isJSON else {
            var json = JSONWriter()
            json.value(findings)
            console.print(String(decoding: json.bytes, as: UTF8.self))
            return
        }
        for finding in findings {
            console.print("\(finding.state.rawValue)\t\(finding.subject): \(finding.detail)")
        }
    }
}
