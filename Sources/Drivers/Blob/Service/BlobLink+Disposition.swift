// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

extension BlobLink {
    /// What a service is to say of how a file is used, if it has a name to be saved under.
    static func disposition(_ mediaType: String, _ name: String?) -> String? {
        let way = MediaType.isShown(mediaType) ? "inline" : "attachment"
        // Quotes and line breaks have no place in an encoded name (RFC 8187 §3.2).
        return name.map { "\(way); filename*=UTF-8''\(PercentEncoding.encode($0))" }
    }
}
