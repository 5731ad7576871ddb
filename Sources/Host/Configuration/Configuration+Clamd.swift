// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSClamdDriver

extension Configuration {
    /// Where the daemon is that looks for malware in files; `nil` for none.
    static func clamd(_ reader: inout EnvironmentReader, environment: Deployment) -> ClamdAddress? {
        let expectation = "like unix:///run/clamav/clamd.ctl or tcp://host:3310"
        let address = reader.value("LMS_CLAMD_URL", expectation, ClamdAddress.init)
        if let address, environment == .production, !address.isOnThisMachine {
            reader.refuse("LMS_CLAMD_URL must not send files in the clear: use a socket, or a port of this machine")
        }
        return address
    }
}
