// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSClamdDriver
internal import Testing

@testable import LMSHost

@Suite struct ClamdConfigurationTests {
    private func problems(_ variables: [String: String]) -> [String] {
        do {
            _ = try Configuration(variables)
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `nobody looks for malware unless that is wanted`() throws {
        #expect(try Configuration([:]).clamd == nil)
        let chosen = try Configuration(["LMS_CLAMD_URL": "unix:///run/clamav/clamd.ctl"])
        #expect(chosen.clamd == ClamdAddress("unix:///run/clamav/clamd.ctl") && chosen.warnings.isEmpty)
    }

    @Test(arguments: ["clamd.ctl", "http://127.0.0.1:3310", "unix://clamd.ctl", "tcp://"])
    func `what is no address is told`(url: String) {
        let problems = problems(["LMS_CLAMD_URL": url])
        #expect(problems.count == 1 && problems.first?.hasPrefix("LMS_CLAMD_URL must be like unix://") == true)
    }

    @Test func `attack: files do not leave the machine in the clear in production`() {
        func refuses(_ url: String) -> Bool {
            problems(["LMS_ENV": "production", "LMS_CLAMD_URL": url]).contains { $0.hasPrefix("LMS_CLAMD_URL ") }
        }
        #expect(refuses("tcp://clamav:3310"))
        #expect(!refuses("tcp://127.0.0.1:3310") && !refuses("unix:///run/clamav/clamd.ctl"))
    }
}
