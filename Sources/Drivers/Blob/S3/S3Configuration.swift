// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Where a bucket is, and who asks.
public struct S3Configuration: Sendable {
    /// The service: scheme, host and, if it is not the scheme's, port.
    public let endpoint: S3Endpoint
    /// The bucket.
    public let bucket: String
    /// The region that requests are signed for.
    public let region: String
    /// Who asks.
    public let credentials: Credentials
    /// What leads the keys of all files, such as `lms/`.
    public var prefix = ""
    /// Where the bucket's name stands.
    public var style = Style.path
    /// How long a request with a part may take, from the first try's beginning to its end.
    public var timeout = Duration.seconds(60)
    /// How often a request is sent until it is given up.
    public var attempts = 5

    /// Who asks.
    public struct Credentials: Sendable {
        let accessKey: String
        let secret: Secret<String>
        let sessionToken: Secret<String>?

        /// Names an access key.
        ///
        /// - Parameters:
        ///   - accessKey: Its identifier.
        ///   - secret: Its secret.
        ///   - sessionToken: What temporary keys have besides.
        public init(accessKey: String, secret: Secret<String>, sessionToken: Secret<String>? = nil) {
            self.accessKey = accessKey
            self.secret = secret
            self.sessionToken = sessionToken
        }
    }

    /// Where the bucket's name stands in an address.
    public enum Style: String, Sendable {
        /// `https://host/bucket/key`, which every service understands but newer regions of AWS.
        case path
        /// `https://bucket.host/key`.
        case host
    }

    /// Describes a bucket.
    ///
    /// - Parameters:
    ///   - endpoint: The service.
    ///   - bucket: The bucket.
    ///   - region: The region that requests are signed for.
    ///   - credentials: Who asks.
    public init(endpoint: S3Endpoint, bucket: String, region: String, credentials: Credentials) {
        self.endpoint = endpoint
        self.bucket = bucket
        self.region = region
        self.credentials = credentials
    }

    /// The `Host` of requests.
    var host: String { style == .host ? "\(bucket).\(endpoint.authority)" : endpoint.authority }

    /// The path of a key, or of the bucket itself.
    func path(_ key: String) -> String {
        style == .host ? "/\(key)" : key.isEmpty ? "/\(bucket)" : "/\(bucket)/\(key)"
    }
}

/// A service that speaks S3.
public struct S3Endpoint: Sendable, Hashable {
    /// `https` or `http`.
    let scheme: String
    /// Host, and port if it is not the scheme's, as `Host` has them.
    let authority: String

    /// Whether what is sent there is encrypted on the way.
    public var isEncrypted: Bool { scheme == "https" }

    /// Parses `https://s3.example.org` or `http://127.0.0.1:9000`.
    ///
    /// - Parameter text: The address, without a path.
    public init?(_ text: String) {
        let schemes = ["https": "443", "http": "80"]
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4 && parts[3].isEmpty, parts[1].isEmpty, parts[0].hasSuffix(":"),
            let standard = schemes[String(parts[0].dropLast())]
        else { return nil }
        let place = parts[2].lowercased()
        let port = place.hasSuffix("]") ? nil : place.lastIndex(of: ":").map { place[place.index(after: $0)...] }
        let host = port.map { place.dropLast($0.utf8.count + 1) } ?? place[...]
        let isName = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "-._".utf8.contains($0)
        }
        let isAddress = host.hasPrefix("[") && NetworkAddress(String(host.dropFirst().dropLast())) != nil
        guard !host.isEmpty, isName || isAddress, port.map({ UInt16($0) != nil && $0.utf8.first != 0x2B }) ?? true
        else {
            return nil
        }
        scheme = String(parts[0].dropLast())
        authority = port.map { $0 == standard[...] ? String(host) : "\(host):\($0)" } ?? String(host)
    }
}
