// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Where a bucket is, and who asks.
public struct S3Configuration: Sendable {
    /// The service: scheme, host and, if it is not the scheme's, port.
    public let endpoint: ServiceEndpoint
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
    public init(endpoint: ServiceEndpoint, bucket: String, region: String, credentials: Credentials) {
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
