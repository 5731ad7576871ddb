// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation

/// The course that Open edX publishes, where it is at hand: at `LMS_OLX_PATH`, or beside the package.
public enum DemoCourse {
    /// Its directory; `nil` if it is not there.
    public static var path: String? {
        if let given = ProcessInfo.processInfo.environment["LMS_OLX_PATH"] { return given }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = package.appending(path: "../shared/data/openedx-demo-course").standardized.path
        return FileManager.default.fileExists(atPath: beside) ? beside : nil
    }
}
